"""The whole stack, started once per worker; its logs are searched for secrets when it stops."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

from local import operator
from local.ports import Ports
from local.stack import LocalStack
from sandbox.world import World
from tests.contract.checking import ContractChecked


@dataclass
class AwsWatch:
    """Counts the calls of AWS services by operation, and lets a test do something at one of them.

    Attributes:
        before, after: called with the operation and how often it was called, around each call. A call for which
            ``before`` says True never arrives.
    """

    calls: Counter[str] = field(default_factory=Counter)
    before: Callable[[str, int], bool | None] = lambda *_: None
    after: Callable[[str, int], bool | None] = lambda *_: None

    def reset(self) -> None:
        self.calls.clear()
        self.before = self.after = lambda *_: None

    def wrap(self, app: Any) -> Any:
        def watched(environ: dict[str, Any], start_response: Any) -> Any:
            target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
            self.calls[target] += 1
            count = self.calls[target]
            if self.before(target, count):
                start_response("500 Never arrived", [])
                return []
            answer = list(app(environ, start_response))
            self.after(target, count)
            return answer

        return watched


@dataclass
class Running:
    """The running stack and what watches it."""

    stack: LocalStack
    aws: AwsWatch
    contract: ContractChecked
    logs: Path

    @property
    def world(self) -> World:
        found: World = self.stack.sandbox.extensions["world"]
        return found

    def sandbox(self, call: str, **document: Any) -> Any:
        answer = requests.post(f"{self.stack.calendly_url}/_sandbox/{call}", json=document, timeout=10)
        assert answer.ok, answer.text
        return answer.json()

    def http(self, method: str, path: str, **content: Any) -> requests.Response:
        return requests.request(method, f"{self.stack.api_url}{path}", timeout=60, **content)

    def direct(self, function: str, **input: Any) -> Any:
        """The payload of a direct call; an error payload has ``errorType``."""
        return self.stack.invoke(function, input)["Payload"]

    def connect(self, account: str = "default", user: int = 0) -> None:
        url = operator.authorize_url(self.stack, account)
        person = self.world.data.users[user]["uri"]
        answer = requests.post(url, data={"user": person, "decision": "allow"}, timeout=60)
        assert answer.status_code == 200, answer.text

    def account(self, name: str = "default") -> Any:
        """An account as ``GET /accounts`` shows it."""
        accounts = self.http("GET", "/accounts").json()["accounts"]
        return next(account for account in accounts if account["account"] == name)

    def secret(self, account: str = "default") -> Any:
        client = self.stack.aws.client("secretsmanager")
        return json.loads(client.get_secret_value(SecretId=f"local/accounts/{account}")["SecretString"])

    def log(self) -> str:
        return "".join(path.read_text(errors="replace") for path in sorted(self.logs.glob("*.log")))

    def calendly_requests(self) -> dict[str, int]:
        return dict(self.world.requests)


@pytest.fixture(scope="session")
def running_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    watch = AwsWatch()
    contract: list[ContractChecked] = []

    def witness(app: Any) -> Any:
        contract.append(ContractChecked(app))
        return contract[0]

    logs = tmp_path_factory.mktemp("logs")
    with LocalStack(Ports.free(), logs=logs, wrap={"aws": watch.wrap, "calendly": witness}) as stack:
        running = Running(stack, watch, contract[0], logs)
        yield running
        secrets = [*running.world.issued, *(app.client_secret or "" for app in running.world.apps.values())]
    text = running.log()
    assert "FailedInvalidRequestError" in text or "done" in text, "the functions logged nothing"
    assert [secret[:12] for secret in secrets if secret and secret in text] == [], "the log holds secrets"
    assert contract[0].violations == []


@pytest.fixture
def running(running_stack: Running) -> Iterator[Running]:
    """The stack with a fresh data set, a freshly connected ``default`` account, and limits out of the way."""
    running_stack.sandbox("reset")
    running_stack.sandbox("limits", per_minute=1_000_000, tokens_per_minute=1_000_000)
    running_stack.connect()
    yield running_stack
    running_stack.sandbox("reset")
