"""A WSGI middleware that holds every request and answer against the contract document."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import jsonschema_rs
import yaml
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest
from werkzeug.test import run_wsgi_app
from werkzeug.wrappers import Response

CONTRACT = Path(__file__).with_name("calendly.openapi.yaml")


@functools.lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(CONTRACT.read_text(), Loader=yaml.CSafeLoader)
    return found


@functools.lru_cache(maxsize=1)
def _openapi() -> OpenAPI:
    # That the document itself is valid is a test of its own; here it would take seconds in every worker.
    return OpenAPI.from_dict(document(), config=Config(spec_validator_cls=None))


@functools.lru_cache(maxsize=1)
def _operations() -> list[tuple[str, str, re.Pattern[str]]]:
    """Method, path and pattern of the path of each operation; paths without parameters come first."""
    return [
        (method.upper(), path, re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path))))
        for path, operations in sorted(document()["paths"].items(), key=lambda each: each[0].count("{"))
        for method in operations
        if method in ("get", "post", "put", "patch", "delete")
    ]


def _answer(method: str, path: str, status: int) -> Any:
    """What checks the JSON of an answer.

    openapi-core does the same in Python alone, which took a sixth of the end-to-end tests' own work.

    Raises:
        LookupError: the contract has no such answer.
    """
    found = (known for verb, known, pattern in _operations() if verb == method and pattern.fullmatch(path))
    operation = next(found, None)
    if operation is None:
        raise LookupError("there is no such operation")
    return _validator(method.lower(), operation, status)


@functools.cache
def _validator(method: str, path: str, status: int) -> Any:
    """As ``_answer``, for the path as the contract writes it."""
    responses = document()["paths"][path][method]["responses"]
    if str(status) not in responses:
        if status == 401:  # possible everywhere, and not described everywhere
            return jsonschema_rs.Draft202012Validator({})
        raise LookupError(f"the operation has no status {status}")
    response = responses[str(status)]
    if "$ref" in response:
        response = document()["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    schema = response["content"]["application/json"]["schema"]
    return jsonschema_rs.Draft202012Validator({**schema, "components": document()["components"]}, validate_formats=True)


class ContractChecked:
    """The sandbox, with a witness in between. ``violations`` tells what did not agree, by operation."""

    def __init__(self, app: Any) -> None:
        _openapi()  # takes a second, which must not be one of a caller with a deadline
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
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        request = MockRequest(
            "https://api.calendly.com",
            method.lower(),
            path,
            args=dict(parse_qsl(environ["QUERY_STRING"], keep_blank_values=True)),
            headers={"Authorization": environ.get("HTTP_AUTHORIZATION", "")},
            data=sent or None,
            content_type=environ.get("CONTENT_TYPE") or "application/json",
        )
        refused = response.status_code in (400, 401)
        try:
            if not refused:
                _openapi().validate_request(request)
            # 429 is possible everywhere and described nowhere; a fault answers whatever a test wants.
            if response.status_code != 429 and response.get_data() and not environ["sandbox.faults"]:
                _answer(method, path, response.status_code).validate(json.loads(response.get_data()))
            self.checked.add(f"{method} {path}")
        except OpenAPIError as error:
            self.violations.append(f"{method} {path}: {_explain(error)}")
        except (LookupError, ValueError) as error:
            self.violations.append(f"{method} {path} {response.status_code}: {error}"[:600])


def _read_body(environ: dict[str, Any]) -> bytes:
    import io

    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def _explain(error: BaseException) -> str:
    details = getattr(error.__cause__, "schema_errors", None) or ()
    causes = "; ".join(str(detail.message)[:200] for detail in details)
    return re.sub(r"\s+", " ", f"{causes} {error!r} {error.__cause__ or ''}")[:600]
