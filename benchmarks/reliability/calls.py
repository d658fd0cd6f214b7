"""One call through one of the doors, and what came of it."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import requests

from benchmarks.stacks import ROOT
from local.stack import LocalStack

Row = dict[str, Any]

ROUTES = {
    "RetrieveUser": ("GET", "/users/{user}"),
    "RetrieveEvent": ("GET", "/scheduled_events/{event}"),
    "RetrieveEvents": ("GET", "/scheduled_events"),
    "CreateSingleUseSchedulingLink": ("POST", "/scheduling_links"),
    "CreateInvitee": ("POST", "/invitees"),
    "CancelEvent": ("POST", "/scheduled_events/{event}/cancellation"),
}
"""The actions that are called, with method and path below the account."""

OF_LAMBDA = ("Runtime.ExitError", "Sandbox.Timedout", "a 5xx of API Gateway's")
"""What a caller gets where no function answers. docs/step-functions.md says how to go on."""

PASSING = {
    *("RateLimitedError", "CalendlyUnavailableError", "AccountUnavailableError", "OutcomeUnknownError"),
}
"""Classes that may answer a call in which nothing is wrong. Another class says that the caller is at fault: it is not."""


def documented() -> dict[str, int]:
    """The classes in the table of docs/errors.md, with their statuses over HTTP."""
    rows = re.findall(r"^\| `(\w+Error)` \| (\d+) \|", (ROOT / "docs" / "errors.md").read_text(), re.MULTILINE)
    return {name: int(status) for name, status in rows}


DOCUMENTED = documented()


class Said(NamedTuple):
    """What a call came to.

    Attributes:
        document: the answer, or what stands in its place.
        error: the error's class; None for an answer.
        status: over HTTP.
    """

    document: Any
    error: str | None = None
    status: int | None = None


Check = Callable[[Any], str | None]
"""Says what is wrong with an answer, or None."""


@dataclass
class Tally:
    """What callers saw, and how long it took.

    Attributes:
        right: answers that are what Calendly's world says.
        errors: typed errors by class.
        of_lambda: what AWS answered in place of a function.
        undocumented: classes that docs/errors.md does not have, or with another status.
        wrong: what was wrong, each in a line.
        seconds: of each call.
    """

    right: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    of_lambda: Counter[str] = field(default_factory=Counter)
    undocumented: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @property
    def unclear(self) -> int:
        """Errors after which a write may have been carried out."""
        return self.errors["OutcomeUnknownError"] + self.of_lambda.total()

    def note(self, action: str, said: Said, check: Check) -> bool:
        """Note what a call came to; returns whether it was answered right."""
        if said.error is None:
            try:
                problem = check(said.document)
            except (LookupError, TypeError) as error:
                problem = f"no such document: {type(error).__name__}"
            if problem:
                self.wrong.append(f"{action}: {problem}")
                return False
            self.right += 1
            return True
        if said.error in OF_LAMBDA:
            self.of_lambda[said.error] += 1
        elif said.error not in DOCUMENTED or said.status not in (None, DOCUMENTED[said.error]):
            self.undocumented[f"{said.error} {said.status or ''}".strip()] += 1
        else:
            self.errors[said.error] += 1
            if said.error not in PASSING:
                self.wrong.append(f"{action}: {said.error}: {said.document}")
        return False

    def add(self, other: Tally) -> None:
        self.right += other.right
        self.wrong += other.wrong
        self.seconds += other.seconds
        for name in ("errors", "of_lambda", "undocumented"):
            getattr(self, name).update(getattr(other, name))


class Doors:
    """Both ways into an action, for one caller."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._session = requests.Session()

    def close(self) -> None:
        self._session.close()

    def call(self, action: str, input: Row, *, over_http: bool, tally: Tally, check: Check) -> Any:
        """The answer if there was one and it is right, otherwise None. The tally has the rest."""
        started = time.perf_counter()
        said = self._http(action, input) if over_http else self._direct(action, input)
        tally.seconds.append(time.perf_counter() - started)
        return said.document if tally.note(action, said, check) else None

    def _direct(self, action: str, input: Row) -> Said:
        answer = self._stack.invoke(action, input)
        document = answer["Payload"]
        if "FunctionError" in answer:
            return Said(document, str(document.get("errorType")))
        return Said(document)

    def _http(self, action: str, input: Row) -> Said:
        method, path = ROUTES[action]
        rest = {name: value for name, value in input.items() if f"{{{name}}}" not in path}
        url = f"{self._stack.api_url}/accounts/default{path.format(**input)}"
        content = {"params": rest} if method == "GET" else {"json": rest}
        answer = self._session.request(method, url, timeout=90, **content)
        try:
            document = answer.json()
        except ValueError:
            return Said(answer.text[:200], "no JSON", answer.status_code)
        if answer.ok:
            return Said(document)
        if answer.headers["Content-Type"] == "application/problem+json":
            return Said(document, str(document.get("title")), answer.status_code)
        # API Gateway's own answer where a function gives none: 502 in AWS, 500 from SAM CLI.
        is_gateways = answer.status_code in (500, 502, 504) and set(document) == {"message"}
        return Said(document, OF_LAMBDA[-1] if is_gateways else f"HTTP {answer.status_code}", answer.status_code)
