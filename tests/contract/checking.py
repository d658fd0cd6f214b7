"""A WSGI middleware that holds every request and answer against the contract document."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse
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
        answer = MockResponse(response.get_data(), response.status_code, content_type=response.mimetype)
        try:
            if not refused:
                _openapi().validate_request(request)
            # 429 is possible everywhere and described nowhere; a fault answers whatever a test wants.
            if response.status_code != 429 and response.get_data() and not environ["sandbox.faults"]:
                _openapi().validate_response(request, answer)
            self.checked.add(f"{method} {path}")
        except OpenAPIError as error:
            self.violations.append(f"{method} {path}: {_explain(error)}")


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
