"""Serving the sandbox over real HTTP."""

from __future__ import annotations

import io
import socket
import threading
from typing import Any

from werkzeug.serving import BaseWSGIServer, ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.test import run_wsgi_app


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log(self, *_: Any) -> None:
        """Say nothing."""

    def make_environ(self) -> dict[str, Any]:
        """Read the whole request first, so that the next one on the connection begins at its beginning.

        Raises:
            ConnectionError: the client went away within it, so that there is no request.
        """
        environ = super().make_environ()
        length = None if environ.get("wsgi.input_terminated") else int(environ.get("CONTENT_LENGTH") or 0)
        body = environ["wsgi.input"].read(length)
        if length is not None and len(body) < length:
            raise ConnectionError
        environ["wsgi.input"] = io.BytesIO(body)
        return environ

    def run_wsgi(self) -> None:
        """Answer one request and leave the connection open, as Calendly does; werkzeug's own way closes it."""
        try:
            if self.headers.get("Expect", "").strip().lower() == "100-continue":
                self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            iterable, status, headers = run_wsgi_app(self.server.app, self.make_environ(), buffered=True)
            body = b"".join(iterable)
            code, _, phrase = status.partition(" ")
            self.send_response(int(code), phrase)
            for name, value in headers:
                self.send_header(name, value)
            if "Content-Length" not in headers and code not in ("204", "304"):
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except OSError:
            # The connection was cut on purpose, or the client went away.
            self.close_connection = True


class _Server(ThreadedWSGIServer):
    """Threads for connections, all of which end with the server."""

    def __init__(self, app: Any, port: int) -> None:
        self._open: set[socket.socket] = set()
        super().__init__("127.0.0.1", port, app, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # it has just ended by itself


def serve(app: Any, port: int) -> BaseWSGIServer:
    """Serve on 127.0.0.1 in a thread; ``shutdown()`` and ``server_close()`` end it. Port 0 takes a free one."""
    server = _Server(app, port)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server
