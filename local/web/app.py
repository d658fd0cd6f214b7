"""The pages in front of the HTTP API: what they do not serve goes to the actions."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask import Flask, Response

from local.web import docs, home

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Pages:
    """Serves ``/``, ``/docs`` and what belongs to them; everything else is the API's.

    Args:
        stack: the local stack that the pages show.
        api: the HTTP API.
    """

    def __init__(self, stack: Any, api: Any) -> None:
        self._api = api
        self._pages = _make(stack)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        ours = path in ("/", "/docs") or path.startswith(("/docs/", "/_local/"))
        app = self._pages if ours else self._api
        answer: Iterable[bytes] = app(environ, start_response)
        return answer


def _make(stack: Any) -> Flask:
    app = Flask(__name__, static_url_path="/_local/static")
    app.config["STACK"] = stack
    app.jinja_env.filters["pretty"] = lambda value: json.dumps(value, indent=2, default=str)
    app.register_blueprint(home.blueprint)
    app.register_blueprint(docs.blueprint)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers.extend(_HEADERS)
        return response

    return app
