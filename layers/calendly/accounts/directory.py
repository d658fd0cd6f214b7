"""What is known of accounts and of the application that is not secret, in DynamoDB: an item each."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from accounts.application import Application
from accounts.entry import HEALTHY, NEEDS_REAUTHENTICATION, Entry, Intent, Parked
from accounts.lease import LEASE_SECONDS, PARTITION, Lease, LeaseLostError, LeaseTakenError
from accounts.table import ConditionFailedError, Table
from calendly.deadline import Deadline

__all__ = [
    "HEALTHY",
    "LEASE_SECONDS",
    "NEEDS_REAUTHENTICATION",
    "Directory",
    "Entry",
    "Intent",
    "Lease",
    "LeaseLostError",
    "LeaseTakenError",
    "Parked",
    "Seen",
]

_APPLICATION = "application"
_OAUTH = "oauth"
_ROTATION = "rotation"


class Seen(NamedTuple):
    """The application as whoever may read its secret saw it last; without its secret.

    Attributes:
        state, problem: as an ``Application`` has them.
        client_id: None where it has none.
        digest: tells these credentials from others.
    """

    state: str
    problem: str | None
    client_id: str | None
    digest: str | None

    @classmethod
    def of(cls, application: Application) -> Seen:
        return cls(application.state, application.problem, application.client_id, application.digest)


class Directory:
    """The accounts of a stack and who may change them."""

    def __init__(
        self, table: Table, *, now: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._table = table
        self._now = now
        self._sleep = sleep

    def all(self) -> list[Entry]:
        """Every account by name, also those whose connect was not finished."""
        return [Entry.of(item) for item in self._table.query(PARTITION)]

    def list(self) -> list[Entry]:
        """Every connected account, by name."""
        return [entry for entry in self.all() if entry.summary]

    def get(self, name: str) -> Entry | None:
        """A connected account."""
        entry = self.find(name)
        return entry if entry and entry.summary else None

    def find(self, name: str) -> Entry | None:
        """An account, also one whose connect was not finished."""
        item = self._table.get(PARTITION, name)
        return Entry.of(item) if item else None

    def note_run(self) -> None:
        """Keep when a run of the schedule ended."""
        self._table.update(_APPLICATION, _ROTATION, "SET ran_at = :now", {":now": int(self._now())})

    def last_run(self) -> int | None:
        """When a run of the schedule ended last, in seconds since the epoch; None if none did yet."""
        for item in self._table.query(_APPLICATION, _ROTATION):
            return int(item["ran_at"])
        return None

    def application(self) -> Seen | None:
        """The application as it was seen last; None if nobody looked yet."""
        for item in self._table.query(_APPLICATION, _OAUTH):
            return Seen(item.get("state", ""), item.get("problem"), item.get("client_id"), item.get("digest"))
        return None

    def note_application(self, seen: Seen) -> None:
        """Keep what was seen of the application, for those who may not read its secret."""
        expression = "SET #state = :state, problem = :problem, client_id = :client_id, digest = :digest"
        values = {f":{name}": value for name, value in seen._asdict().items()}
        self._table.update(_APPLICATION, _OAUTH, expression, values, names={"#state": "state"})

    def announce(self, name: str, state: str, before: str | None) -> bool:
        """Note that a state was told to the world; False if somebody else noted one, or the account is gone."""
        condition = "attribute_exists(summary) AND " + (
            "attribute_not_exists(announced)" if before is None else "announced = :before"
        )
        values = {":state": state} | ({} if before is None else {":before": before})
        return self._try(name, "SET announced = :state", values, condition)

    def told_change(self, entry: Entry) -> bool:
        """Note that the world was told of a changed grant; False if it changed again meanwhile."""
        return self._try(
            entry.name,
            "REMOVE was",
            {":was": entry.was, ":generation": entry.generation},
            "was = :was AND summary.generation = :generation",
        )

    def judge(self, entry: Entry, state: str, reason: str) -> bool:
        """Write down what follows from a refusal; False if the account is not as it was when it was judged."""
        assert entry.refusal is not None  # noqa: S101 - the caller judges refusals alone
        return self._try(
            entry.name,
            "SET account_state = :state, reason = :reason",
            {
                ":state": state,
                ":reason": reason,
                ":generation": entry.generation,
                ":asked": entry.refusal.asked_at,
            },
            "summary.generation = :generation AND refusal.asked_at = :asked",
        )

    @contextmanager
    def lease(self, name: str, *, wait: Deadline | None = None) -> Iterator[Lease]:
        """Hold the account for the length of the block.

        Args:
            name: the account.
            wait: keep trying until then; without it, give up at once.

        Raises:
            LeaseTakenError: somebody else holds it.
        """
        lease = Lease(self._table, name, uuid.uuid4().hex)
        while not lease.take(self._now()):
            if wait is None or wait.remaining() < 0.25:
                raise LeaseTakenError(name)
            self._sleep(0.2)
        try:
            yield lease
        finally:
            lease.release()

    def _try(self, name: str, expression: str, values: dict[str, Any], condition: str) -> bool:
        try:
            self._table.update(PARTITION, name, expression, values, condition=condition)
        except ConditionFailedError:
            return False
        return True
