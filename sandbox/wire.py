"""What is around every answer: headers, preflights, and methods that a path does not have."""

from __future__ import annotations

import re
import uuid
from typing import Any

from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from sandbox.errors import error_body

METHODS = "GET, POST, PUT, PATCH, DELETE, OPTIONS"
SHOWN = (
    "etag",
    "x-ratelimit-limit",
    "x-ratelimit-remaining",
    "x-ratelimit-reset",
    "x-ratelimit-tier",
    "x-ratelimit-key",
    "x-request-id",
)
_ABSENT = (("DELETE", r"/event_types/[^/]+"), ("POST", r"/event_type_memberships"))
"""Calendly was seen to answer these with a 404; all other methods that a path does not have are a 405."""


def install(app: Flask) -> None:
    """Answer as Calendly's servers do, whatever the operation."""

    @app.before_request
    def answer_preflight() -> Response | None:
        if request.method != "OPTIONS":
            return None
        answer = Response(status=204)
        answer.headers["Access-Control-Allow-Methods"] = METHODS
        answer.headers["Access-Control-Allow-Headers"] = request.headers.get(
            "Access-Control-Request-Headers", "authorization, content-type"
        )
        answer.headers["Access-Control-Max-Age"] = "7200"
        return answer

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers["Access-Control-Allow-Origin"] = "*"
        headers["Access-Control-Expose-Headers"] = ", ".join(SHOWN)
        headers["X-Request-Id"] = str(uuid.uuid4())
        headers.extend(g.get("rate_limit_headers", {}))
        if response.status_code == 200 and request.method == "GET":
            headers["Cache-Control"] = "max-age=0, private, must-revalidate"
            response.add_etag(weak=True)
            response.make_conditional(request)
            return response
        headers["Cache-Control"] = "no-cache"
        return response

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Any:
        absent = any(request.method == method and re.fullmatch(path, request.path) for method, path in _ABSENT)
        status = 404 if absent else error.code or 500
        answer = jsonify(error_body(status))
        answer.status_code = status
        if status == 405 and isinstance(error, MethodNotAllowed):
            answer.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return answer
