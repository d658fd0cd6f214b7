"""A WSGI middleware that holds every request and answer against the contract document.

jsonschema-rs checks them; docs/decisions.md says why.
"""

from __future__ import annotations

import functools
import io
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
import yaml
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

CONTRACT = Path(__file__).with_name("calendly.openapi.yaml")


@functools.lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(CONTRACT.read_text(), Loader=yaml.CSafeLoader)
    return found


@functools.lru_cache(maxsize=1)
def _operations() -> list[tuple[str, str, re.Pattern[str]]]:
    """Method, path and pattern of the path of each operation; paths without parameters come first."""
    return [
        (method, path, re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))))
        for path, operations in sorted(document()["paths"].items(), key=lambda each: each[0].count("{"))
        for method in operations
        if method in ("get", "post", "put", "patch", "delete")
    ]


def _operation(method: str, path: str) -> tuple[str, str]:
    """Method and path as the contract writes them. Raises LookupError where it has no such operation."""
    for verb, known, pattern in _operations():
        if verb == method.lower() and pattern.fullmatch(path):
            return verb, known
    raise LookupError("there is no such operation")


def _validator(schema: Any) -> Any:
    found = {**schema, "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(found, validate_formats=True)


@functools.cache
def _query(method: str, path: str) -> tuple[dict[str, str], Any]:
    """The type of each parameter of the query, and what checks all of them."""
    parameters = document()["paths"][path][method].get("parameters", ())
    named = {each["name"]: each for each in parameters if each["in"] == "query"}
    required = [name for name, each in named.items() if each["required"]]
    schemas = {name: each["schema"] for name, each in named.items()}
    types = {name: schema["type"] for name, schema in schemas.items()}
    return types, _validator({"type": "object", "properties": schemas, "required": required})


@functools.cache
def _sent(method: str, path: str) -> Any:
    """What checks the JSON of a request; None where the operation takes none."""
    operation = document()["paths"][path][method]
    if "requestBody" not in operation:
        return None
    return _validator(operation["requestBody"]["content"]["application/json"]["schema"])


@functools.cache
def _answer(method: str, path: str, status: int) -> Any:
    """What checks the JSON of an answer. Raises LookupError where the contract has no such answer."""
    responses = document()["paths"][path][method]["responses"]
    if str(status) not in responses:
        if status == 401:  # possible everywhere, and not described everywhere
            return _validator({})
        raise LookupError(f"the operation has no status {status}")
    response = responses[str(status)]
    if "$ref" in response:
        response = document()["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    return _validator(response["content"]["application/json"]["schema"])


def _typed(values: list[str], type_: str) -> Any:
    """A parameter as JSON; as it is where it does not look like its type, so that the schema says so."""
    if type_ == "array":
        return values
    text = values[-1]
    if type_ == "integer" and text.isdecimal():
        return int(text)
    return text == "true" if type_ == "boolean" and text in ("true", "false") else text


class ContractChecked:
    """The sandbox, with a witness in between. ``violations`` tells what did not agree, by operation."""

    def __init__(self, app: Any) -> None:
        document()  # takes a while, which must not be one of a caller with a deadline
        self._app = app
        self.violations: list[str] = []
        self.checked: set[str] = set()
        self.paused = False

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        preflight = environ["REQUEST_METHOD"] == "OPTIONS"
        if path.startswith(("/_sandbox", "/oauth")) or preflight or self.paused:
            return self._app(environ, start_response)
        sent = _read_body(environ)
        environ["sandbox.faults"] = []
        iterable, status, headers = run_wsgi_app(self._app, environ, buffered=True)
        response = Response(iterable, status, headers)
        self._check(environ, sent, response)
        return response(environ, start_response)

    def _check(self, environ: dict[str, Any], sent: bytes, response: Response) -> None:
        method, path, status = environ["REQUEST_METHOD"], environ["PATH_INFO"], response.status_code
        try:
            operation = _operation(method, path)
            if status not in (400, 401):
                self._check_request(operation, environ, sent)
            # 429 is possible everywhere and described nowhere; a fault answers whatever a test wants.
            if status != 429 and response.get_data() and not environ["sandbox.faults"]:
                _answer(*operation, status).validate(json.loads(response.get_data()))
            self.checked.add(f"{method} {path}")
        except (LookupError, ValueError) as error:
            self.violations.append(f"{method} {path} {status}: {error}"[:600])

    @staticmethod
    def _check_request(operation: tuple[str, str], environ: dict[str, Any], sent: bytes) -> None:
        if not environ.get("HTTP_AUTHORIZATION", "").startswith("Bearer "):
            raise ValueError("there is no token")
        types, query = _query(*operation)
        values: dict[str, list[str]] = {}
        for name, value in parse_qsl(environ["QUERY_STRING"], keep_blank_values=True):
            values.setdefault(name.removesuffix("[]"), []).append(value)
        query.validate({name: _typed(values[name], type_) for name, type_ in types.items() if name in values})
        if sent and (body := _sent(*operation)):
            if environ.get("CONTENT_TYPE", "application/json").partition(";")[0] != "application/json":
                raise ValueError(f"the body is {environ['CONTENT_TYPE']}")
            body.validate(json.loads(sent))


def _read_body(environ: dict[str, Any]) -> bytes:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = io.BytesIO(body)
    return body
