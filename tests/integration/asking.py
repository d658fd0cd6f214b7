"""Asking, with what is usual left out."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from calendly.deadline import Deadline
from calendly.http import Answer, Http
from tests.integration.serving import Server

HEAD = b"HTTP/1.1 200 OK\r\n"
OK = HEAD + b"Content-Length: 2\r\nX-Thing: yes\r\n\r\n{}"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SLACK = 0.3
"""Seconds past a deadline."""


def get(http: Http, server: Server, path: str = "/path?q=1", **how: Any) -> Answer:
    return send(http, f"{server.url}{path}", **how)


def send(http: Http, url: str, *, method: str = "GET", **how: Any) -> Answer:
    usual: dict[str, Any] = {"headers": {"A": "b"}, "body": None, "deadline": Deadline(2.0)}
    return http.send(method, url, **{**usual, **how})


def took_until(deadline: float, error: type[Exception], call: Callable[[Deadline], object]) -> None:
    """The call is given up at its deadline, and not long before or after."""
    started = time.monotonic()
    with pytest.raises(error):
        call(Deadline(deadline))
    assert deadline - 0.1 < time.monotonic() - started < deadline + SLACK
