"""Who may call what listens here: programs, and the pages of this very stack; no other web page.

A browser lets any page send requests to 127.0.0.1, and the stack may hold a real account's token.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class OwnPagesOnly:
    """Answers 403 where ``Host`` is not this machine's loopback, or ``Origin`` is another page's."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        host, origin = environ.get("HTTP_HOST", ""), environ.get("HTTP_ORIGIN")
        if not is_loopback(host):
            return _refuse(start_response, "Host is not this machine's. Use the address 127.0.0.1.")
        if origin is not None and origin != f"http://{host}":
            return _refuse(
                start_response, "Origin is another web page's. Call it from a program, or from its own pages."
            )
        return self._app(environ, start_response)


def is_loopback(host: str) -> bool:
    """Whether a ``Host`` header names the loopback."""
    try:
        return urlsplit(f"//{host}").hostname in LOOPBACK and "@" not in host
    except ValueError:
        return False


def _refuse(start_response: Any, detail: str) -> list[bytes]:
    problem = {"type": "about:blank", "title": "Forbidden", "status": 403, "detail": detail}
    body = json.dumps(problem).encode()
    headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))]
    start_response("403 Forbidden", headers)
    return [body]
