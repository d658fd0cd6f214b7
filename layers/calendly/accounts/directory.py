"""What is known of connected accounts that is not secret, in DynamoDB.

One item per account holds a summary of its secret, its state, the lease of whoever is changing it, and the intent of
an exchange under way. Being one item, a conditional write decides any race.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from accounts.account import Account
from accounts.table import ConditionFailedError, Table
from calendly.deadline import Deadline

HEALTHY = "healthy"
NEEDS_REAUTHENTICATION = "needs_reauthentication"

_PARTITION = "account"
LEASE_SECONDS = 60
"""Longer than an exchange and its storing can take; a holder that dies is replaced after it."""


@dataclass(frozen=True)
class Entry:
    """One account as the directory knows it.

    Attributes:
        summary: the account's secret without its tokens.
        state: ``healthy`` or ``needs_reauthentication``.
        reason: why it is not healthy, for a person.
        intent: the generation whose refresh token was being exchanged; None when none is under way.
    """

    name: str
    summary: dict[str, Any] = field(default_factory=dict)
    state: str = HEALTHY
    reason: str | None = None
    intent: int | None = None

    @classmethod
    def of(cls, item: dict[str, Any]) -> Entry:
        return cls(
            name=item["sk"],
            summary=item.get("summary", {}),
            state=item.get("account_state", HEALTHY),
            reason=item.get("reason"),
            intent=item.get("intent"),
        )


class LeaseTakenError(Exception):
    """Somebody else is changing this account right now."""


class Directory:
    """The accounts of a stack and who may change them."""

    def __init__(
        self, table: Table, *, now: Callable[[], float] = time.time, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._table = table
        self._now = now
        self._sleep = sleep

    def list(self) -> list[Entry]:
        """Every connected account, by name."""
        return [Entry.of(item) for item in self._table.query(_PARTITION) if "summary" in item]

    def get(self, name: str) -> Entry | None:
        item = self._table.get(_PARTITION, name)
        return Entry.of(item) if item and "summary" in item else None

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


class Lease:
    """The right to change one account, and the changes: each is refused once the lease is somebody else's."""

    _MINE = "lease_holder = :holder"

    def __init__(self, table: Table, name: str, holder: str) -> None:
        self._table = table
        self._name = name
        self._holder = holder

    def take(self, now: float) -> bool:
        try:
            self._table.update(
                _PARTITION,
                self._name,
                "SET lease_holder = :holder, lease_until = :until",
                {":holder": self._holder, ":now": now, ":until": now + LEASE_SECONDS},
                condition="attribute_not_exists(lease_until) OR lease_until < :now",
            )
        except ConditionFailedError:
            return False
        return True

    def release(self) -> None:
        try:
            self._update("REMOVE lease_holder, lease_until")
        except ConditionFailedError:
            # It ran out and is somebody else's, or the account was removed.
            return

    def record_intent(self, generation: int) -> None:
        """Write down that this generation's refresh token is about to be used. It also proves that writing works."""
        self._update("SET intent = :generation", {":generation": generation})

    def clear_intent(self) -> None:
        """The intended exchange provably did not happen."""
        self._update("REMOVE intent")

    def promote(self, account: Account) -> None:
        """The account's new tokens are stored: update its summary, clear the intent, call it healthy."""
        self._update(
            "SET summary = :summary, account_state = :state REMOVE intent, reason",
            {":summary": account.summary(), ":state": HEALTHY},
        )

    def give_up(self, reason: str) -> None:
        """Only a person can bring the account back: mark it, so that nobody tries again."""
        self._update(
            "SET account_state = :state, reason = :reason REMOVE intent",
            {":state": NEEDS_REAUTHENTICATION, ":reason": reason},
        )

    def remove(self) -> None:
        """The account is disconnected."""
        self._table.take(_PARTITION, self._name)

    def _update(self, expression: str, values: dict[str, Any] | None = None) -> None:
        self._table.update(
            _PARTITION,
            self._name,
            expression,
            {**(values or {}), ":holder": self._holder},
            condition=self._MINE,
        )
