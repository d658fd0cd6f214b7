"""Lambda's Runtime API, from which ``awslambdaric`` fetches events and to which it posts answers.

There is one server per function process, because the API's paths do not identify the caller.
Source: "Using the Lambda runtime API" in AWS's Lambda developer guide.
"""

from __future__ import annotations

import queue
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from local.ports import HOST


@dataclass
class Invocation:
    """One event for a function, and its answer."""

    request_id: str
    event: bytes
    deadline: float
    arn: str
    trace_id: str
    client_context: str = ""
    done: threading.Event = field(default_factory=threading.Event)
    answer: bytes = b""
    failed: bool = False

    def finish(self, answer: bytes, *, failed: bool) -> None:
        if not self.done.is_set():
            self.answer, self.failed = answer, failed
            self.done.set()


class RuntimeApi:
    """The Runtime API of one function process."""

    def __init__(self) -> None:
        self.pending: queue.Queue[Invocation | None] = queue.Queue()
        self.current: Invocation | None = None
        self.init_error: bytes | None = None
        runtime = self

        class Handler(_Handler):
            api = runtime

        self._server = ThreadingHTTPServer((HOST, 0), Handler)
        self._server.daemon_threads = True
        self.address = f"{HOST}:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.pending.put(None)
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    api: RuntimeApi
    protocol_version = "HTTP/1.1"
    # Without both, each call waits for a delayed TCP acknowledgement: 88 ms instead of 0.3.
    wbufsize = 64 * 1024
    disable_nagle_algorithm = True

    def log_message(self, *_: Any) -> None:
        """Log nothing."""

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            self.close_connection = True  # the function was stopped

    def do_GET(self) -> None:
        invocation = self.api.pending.get()
        if invocation is None:
            self.close_connection = True
            return
        self.api.current = invocation
        self._answer(
            200,
            invocation.event,
            {
                # awslambdaric crashes without a content type.
                "Content-Type": "application/json",
                "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
                "Lambda-Runtime-Deadline-Ms": str(int(invocation.deadline * 1000)),
                "Lambda-Runtime-Invoked-Function-Arn": invocation.arn,
                "Lambda-Runtime-Trace-Id": invocation.trace_id,
                **({"Lambda-Runtime-Client-Context": invocation.client_context} if invocation.client_context else {}),
            },
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.endswith("/init/error"):
            self.api.init_error = body
        elif self.api.current is not None and self.api.current.request_id in self.path:
            self.api.current.finish(body, failed=self.path.endswith("/error"))
        self._answer(202, b'{"status":"OK"}', {"Content-Type": "application/json"})

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        try:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()
        except OSError:
            self.close_connection = True


def now() -> float:
    """Seconds since the epoch, as in the deadline header."""
    return time.time()
