"""Serving the sandbox over real HTTP."""

from __future__ import annotations

import threading
from typing import Any

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class _Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # connections stay open, as Calendly's do
    disable_nagle_algorithm = True

    def log(self, *_: Any) -> None:
        """Say nothing."""

    def run_wsgi(self) -> None:
        try:
            super().run_wsgi()
        except OSError:
            # The connection was cut on purpose, or the client went away.
            self.close_connection = True


def serve(app: Any, port: int) -> BaseWSGIServer:
    """Serve on 127.0.0.1 in a thread; ``shutdown()`` and ``server_close()`` end it. Port 0 takes a free one."""
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server
