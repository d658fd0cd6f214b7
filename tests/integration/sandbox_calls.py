"""Plain calls to a sandbox, for tests of what it does."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

from tests.conftest import Sandbox


@dataclass
class Caller:
    """One user's calls."""

    sandbox: Sandbox
    token: str

    def __call__(self, method: str, path: str, status: int = 200, **how: Any) -> Any:
        """The answer's document, once it has the status."""
        answer = self.answer(method, path, **how)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    def answer(self, method: str, path: str, **how: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}", **how.pop("headers", {})}
        url = path if path.startswith("http") else f"{self.sandbox.url}{path}"
        return requests.request(method, url, headers=headers, timeout=20, **how)

    def details(self, method: str, path: str, **how: Any) -> list[tuple[str, str]]:
        """What a refusal with 400 names."""
        body = self(method, path, 400, **how)
        return [(each["parameter"], each["message"]) for each in body["details"]]


def caller(sandbox: Sandbox, position: int = 0, scopes: list[str] | None = None) -> Caller:
    return Caller(sandbox, sandbox.token(position, scopes))


def in_days(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def free_times(call: Caller, event_type: str, start: str = "", end: str = "") -> list[dict[str, Any]]:
    query = {"event_type": event_type, "start_time": start or in_days(1), "end_time": end or in_days(25)}
    found: list[dict[str, Any]] = call("GET", "/event_type_available_times", params=query)["collection"]
    return found


@dataclass
class Receiver:
    """Takes deliveries on this machine."""

    url: str = ""
    status: int = 200
    taken: list[dict[str, Any]] = field(default_factory=list)

    def wait(self, count: int) -> list[dict[str, Any]]:
        end = time.monotonic() + 10
        while len(self.taken) < count:
            assert time.monotonic() < end, self.taken
            time.sleep(0.01)
        return self.taken

    def names(self, count: int) -> list[str]:
        return sorted(document["event"] for document in self.wait(count))


def receiver() -> tuple[Receiver, ThreadingHTTPServer]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            found.taken.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(found.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    found.url = f"http://127.0.0.1:{server.server_port}"
    return found, server
