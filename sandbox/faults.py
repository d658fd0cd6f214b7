"""Misbehaviour on demand: the next so many matching calls fail, hang, or lose their answer."""

from __future__ import annotations

import re
import socket
import time
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify, request

from sandbox.errors import error_body


@dataclass
class Fault:
    """What goes wrong, and how often.

    Attributes:
        method: which method; ``*`` for any.
        path: which calls, as a path or with ``{...}`` for any one segment; ``*`` for any.
        times: how many more calls.
        status: answer with this status instead.
        delay: seconds to wait before the answer.
        drop: cut the connection instead of answering.
        after: let the call do its work first.
        headers, body: of the answer; Calendly's own for the status if not given. A text is sent as it is, and an empty
            one is no body at all.
    """

    method: str = "*"
    path: str = "*"
    times: int = 1
    status: int | None = None
    delay: float = 0
    drop: bool = False
    after: bool = False
    headers: dict[str, str] | None = None
    body: Any = None

    def matches(self, method: str, path: str) -> bool:
        pattern = re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(self.path)).replace(r"\*", ".*")
        return self.times > 0 and self.method.upper() in ("*", method) and bool(re.fullmatch(pattern, path))

    def strike(self, answer: Response | None) -> Response | None:
        """Fail now. ``answer`` is what the call came to, for faults that strike after it; None means no change."""
        # Whoever watches the sandbox can tell its answers from those it was told to give.
        request.environ.get("sandbox.faults", []).append(self)
        if self.delay:
            time.sleep(self.delay)
        if self.drop:
            cut_connection()
            return Response(status=500)
        if self.status is None and self.body is None:
            return answer
        status = self.status or (answer.status_code if answer else 200)
        if isinstance(self.body, str):
            response = Response(self.body, content_type="text/plain")
        else:
            response = jsonify(error_body(status) if self.body is None else self.body)
        response.status_code = status
        for name, value in (self.headers or {}).items():
            response.headers[name] = value
        return response


def cut_connection() -> None:
    """Close the socket under the request: the client sees its connection break, and no answer gets out."""
    connection: socket.socket | None = request.environ.get("werkzeug.socket")
    if connection is not None:
        connection.shutdown(socket.SHUT_RDWR)
