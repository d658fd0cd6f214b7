"""The example events in ``events/``, and how to send them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from local.root import ROOT
from local.stack import LocalStack


@dataclass(frozen=True)
class Example:
    """An action's example event for each door."""

    action: str
    http: dict[str, Any]
    direct: dict[str, Any]

    @property
    def family(self) -> str:
        """The folder of the action's file, which is Calendly's resource."""
        return next((ROOT / "functions").glob(f"*/{self.action}.py")).parent.name

    @property
    def function(self) -> str:
        """The function's logical id: ``RetrieveEvent`` for ``retrieve_event``."""
        return "".join(word.capitalize() for word in self.action.split("_"))

    @property
    def writes(self) -> bool:
        return bool(self.http["httpMethod"] != "GET")

    def refresh(self, stack: LocalStack) -> None:
        """Reset the sandbox before a write, because some writes work only once. The new data set has the same URIs."""
        if self.writes:
            requests.post(f"{stack.calendly_url}/_sandbox/reset", timeout=30).raise_for_status()

    def call_http(self, stack: LocalStack) -> requests.Response:
        """Send the HTTP request that the proxy event represents."""
        return requests.request(
            self.http["httpMethod"],
            stack.api_url + self.http["path"],
            params=self.http["multiValueQueryStringParameters"],
            data=self.http["body"],
            headers=self.http["headers"],
            timeout=60,
        )

    def call_direct(self, stack: LocalStack) -> Any:
        return stack.invoke(self.function, self.direct)


def examples(folder: Path = ROOT / "events") -> list[Example]:
    """All examples, sorted by action."""
    return [
        Example(path.name, *(json.loads((path / f"{door}.json").read_text()) for door in ("http", "direct")))
        for path in sorted(folder.iterdir())
        if path.is_dir()
    ]
