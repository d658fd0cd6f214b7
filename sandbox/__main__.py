"""``python -m sandbox``: the sandbox alone, until Ctrl-C."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from sandbox.app import CalendlySandbox
from sandbox.dataset.own import Own, SeedError
from sandbox.seed_file import read_seed
from sandbox.server import serve
from sandbox.world import App

_ABOUT = """Calendly on your own machine: all operations of its API, with state, over real HTTP.

It sends no e-mails, talks to no calendars, and delivers webhooks to this machine alone."""
_MORE = """Get a token with: curl -d '{}' http://127.0.0.1:4010/_sandbox/personal_access_tokens
All controls, and the fields of a seed file: docs/sandbox.md"""


def main() -> None:
    options = _parser().parse_args()
    origin = f"http://127.0.0.1:{options.port}"
    app = App("sandbox", "sandbox-application-secret", tuple(options.redirect_uri))
    size = {name: value for name in ("events", "users") if (value := getattr(options, name)) is not None}
    try:
        own = read_seed(options.seed) if options.seed else Own()
        application = CalendlySandbox(origin, apps=[app], own=own, **size)
    except SeedError as error:
        sys.exit(str(error))
    try:
        server = serve(application, options.port)
    except OSError as error:
        sys.exit(f"Port {options.port} cannot be used ({error.strerror}). Choose another one with --port.")
    print(f"Calendly sandbox at {origin}. Open it in a browser to look inside. Ctrl-C stops it.", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        signal.pause()
    except KeyboardInterrupt:
        server.shutdown()
        server.server_close()


def _parser() -> argparse.ArgumentParser:
    how = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("python -m sandbox", description=_ABOUT, epilog=_MORE, formatter_class=how)
    parser.add_argument("--port", type=_port, default=4010, help="on 127.0.0.1 (4010)")
    parser.add_argument("--seed", type=Path, metavar="FILE", help="your own users, event types and bookings, in YAML")
    made_up = "how many are made up, if the seed file names none"
    parser.add_argument("--events", type=int, metavar="N", help=f"{made_up} (60)")
    parser.add_argument("--users", type=int, metavar="N", help=f"{made_up} (5)")
    parser.add_argument(
        "--redirect-uri", action="append", default=[], metavar="URI", help="of the OAuth application; can be repeated"
    )
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; give a number from 1 to 65535")
    return int(text)


if __name__ == "__main__":
    main()
