"""What all suites share: a sandbox over real HTTP, checked against Calendly's contract at every answer."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import requests

sys.dont_write_bytecode = True  # function folders are what gets deployed
os.environ.setdefault("STACK_NAME", "test")
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "test")
# Nothing that is imported and collected is garbage, but looking whether it is takes a twentieth of all the time.
gc.disable()

from calendly import Api, Calendly, Deadline, StaticToken, Transport
from sandbox.app import CalendlySandbox
from sandbox.server import serve
from sandbox.world import App, World
from tests.contract.checking import ContractChecked


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of the whole stack come first: moto is one for a process, and a mock of AWS empties it."""
    items.sort(key=lambda item: item.path.parent.name != "e2e")


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()
    gc.set_threshold(5_000, 10, 5)  # moto keeps much that each look goes through


@dataclass
class Sandbox:
    """A running sandbox, its world at hand for what the controls do not show."""

    url: str
    world: World
    checked: ContractChecked

    def control(self, call: str, **document: Any) -> Any:
        answer = requests.post(f"{self.url}/_sandbox/{call}", json=document, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def state(self) -> Any:
        return requests.get(f"{self.url}/_sandbox/state", timeout=10).json()

    def sent(self) -> dict[str, int]:
        """Requests by operation so far."""
        return dict(self.world.requests)

    def fault(self, **fault: Any) -> None:
        self.control("faults", **fault)

    def token(self, position: int = 0, scopes: list[str] | None = None) -> str:
        """A personal access token of the user at a position in the data set."""
        user = self.world.data.users[position]["uri"]
        return str(self.control("personal_access_tokens", user=user, scopes=scopes)["token"])

    def client(self, position: int = 0, *, seconds: float = 20, sleep: Any = None, **how: Any) -> Calendly:
        """A client for a user; sleeps are kept in a list if one is given."""
        transport = Transport(sleep=sleep.append) if sleep is not None else Transport(sleep=lambda _: None)
        tokens = how.pop("tokens", None) or StaticToken(self.token(position, how.pop("scopes", None)))
        return Calendly(Api(transport, tokens, deadline=Deadline(seconds), api=self.url))


REDIRECT = "http://127.0.0.1:9/oauth/callback"
APP = App("test-app", "the-application's-secret", (REDIRECT,))


@contextmanager
def running() -> Iterator[Sandbox]:
    """A fresh sandbox. Every answer and every request that it takes is checked against the contract."""
    server = serve(None, 0)
    url = f"http://127.0.0.1:{server.server_port}"
    app = CalendlySandbox(url, apps=[APP])
    checked = ContractChecked(app)
    server.app = checked
    yield Sandbox(url, app.world, checked)
    server.shutdown()
    server.server_close()
    assert checked.violations == []


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with running() as started:
        yield started
