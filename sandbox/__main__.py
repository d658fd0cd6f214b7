"""``python -m sandbox``: the sandbox alone, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal

from sandbox.app import create_app
from sandbox.server import serve
from sandbox.world import App


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="Calendly on your own machine.")
    parser.add_argument("--port", type=int, default=4010)
    parser.add_argument("--events", type=int, default=60)
    parser.add_argument("--users", type=int, default=5)
    parser.add_argument("--redirect-uri", action="append", default=[], help="of the OAuth application")
    options = parser.parse_args()
    origin = f"http://127.0.0.1:{options.port}"
    app = App("sandbox", "sandbox-application-secret", tuple(options.redirect_uri))
    server = serve(create_app(origin, apps=[app], events=options.events, users=options.users), options.port)
    print(f"Calendly sandbox at {origin}, look inside at {origin}/_sandbox/state. Ctrl-C stops it.", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    main()
