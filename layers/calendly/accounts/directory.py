"""What is known of connected accounts that is not secret, in DynamoDB.

One item per account holds a summary of its secret, its state, the lease of whoever is changing it, the intent of an
exchange under way, and a parked token. Being one item, a conditional write decides any race.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from accounts.account import Account
from accounts.sealing import Pad
from accounts.table import ConditionFailedError, Table
from calendly.deadline import Deadline
from calendly.errors import AccountUnavailableError

HEALTHY = "healthy"
NEEDS_REAUTHENTICATION = "needs_reauthentication"

_PARTITION = "account"
LEASE_SECONDS = 120
"""Longer than a refresh may take (``refresh.TIME_FOR_ONE``); a holder that dies is replaced after it."""


@dataclass(frozen=True)
class Intent:
    """An exchange that was about to happen: of this generation's refresh token.

    Attributes:
        generation: whose refresh token.
        pad: for sealing its result, wrapped.
    """

    generation: int
    pad: tuple[bytes, ...] = field(repr=False)

    def to_item(self) -> dict[str, Any]:
        return {"generation": self.generation, "pad": list(self.pad)}


@dataclass(frozen=True)
class Parked:
    """A sealed refresh token that could not be stored: of this generation, under this pad."""

    generation: int
    sealed: bytes = field(repr=False)
    pad: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True)
class Entry:
    """One account as the directory knows it.

    Attributes:
        summary: the account's secret without its tokens.
        state: ``healthy`` or ``needs_reauthentication``.
        reason: why it is not healthy, for a person.
        intent: what was about to be exchanged and whose result is not known; None when there is no such thing.
        parked: a token waiting for Secrets Manager.
        announced: the state that was last told to the world.
        exchanges: when refresh tokens of this grant were used lately, in seconds since the epoch.
    """

    name: str
    summary: dict[str, Any] = field(default_factory=dict)
    state: str = HEALTHY
    reason: str | None = None
    intent: Intent | None = None
    parked: Parked | None = None
    announced: str | None = None
    exchanges: tuple[float, ...] = ()

    @property
    def generation(self) -> int:
        return int(self.summary.get("generation", 0))

    @classmethod
    def of(cls, item: dict[str, Any]) -> Entry:
        intent, parked = item.get("intent"), item.get("parked")
        return cls(
            name=item["sk"],
            summary=item.get("summary", {}),
            state=item.get("account_state", HEALTHY),
            reason=item.get("reason"),
            intent=Intent(intent["generation"], tuple(intent["pad"])) if intent else None,
            parked=Parked(parked["generation"], parked["sealed"], tuple(parked["pad"])) if parked else None,
            announced=item.get("announced"),
            exchanges=tuple(item.get("exchanges", ())),
        )


class LeaseTakenError(Exception):
    """Somebody else is changing this account right now."""


class LeaseLostError(AccountUnavailableError):
    """The lease ran out and is somebody else's, or what was to be changed has changed meanwhile."""


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

    def announce(self, name: str, state: str, before: str | None) -> bool:
        """Note that a state is being told to the world; False if somebody else did, or the account is gone."""
        condition = "attribute_exists(summary) AND " + (
            "attribute_not_exists(announced)" if before is None else "announced = :before"
        )
        values = {":state": state} | ({} if before is None else {":before": before})
        try:
            self._table.update(_PARTITION, name, "SET announced = :state", values, condition=condition)
        except ConditionFailedError:
            return False
        return True

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
    """The right to change one account, and the changes."""

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
                # Its own, if the answer to its first try was lost.
                condition="attribute_not_exists(lease_until) OR lease_until < :now OR lease_holder = :holder",
            )
        except ConditionFailedError:
            return False
        return True

    def release(self) -> None:
        """Let go. A lease that cannot be released runs out by itself."""
        try:
            self._change("REMOVE lease_holder, lease_until")
        except AccountUnavailableError:
            return

    def record_intent(self, intent: Intent, exchanges: Iterable[float]) -> None:
        """Write down that this generation's refresh token is about to be used. It also proves that writing works."""
        self._change(
            "SET intent = :intent, exchanges = :exchanges",
            {":intent": intent.to_item(), ":exchanges": list(exchanges)},
        )

    def clear_intent(self) -> None:
        """The intended exchange provably did not happen."""
        self._change("REMOVE intent")

    def park(self, generation: int, sealed: bytes, pad: Pad) -> None:
        """Keep a refresh token that Secrets Manager would not take. No lease is needed: it must not be lost."""
        parked = {"generation": generation, "sealed": sealed, "pad": list(pad.wrapped)}
        self._update(
            "SET parked = :parked",
            {":parked": parked, ":generation": generation},
            condition="attribute_exists(summary) AND summary.generation < :generation",
        )

    def forget_exchanges(self) -> None:
        """A new grant: what was exchanged before does not count any more."""
        self._change("REMOVE exchanges")

    def promote(self, account: Account, *, unconfirmed: Intent | None = None) -> None:
        """The account's new tokens are stored: its summary follows, and whatever led there is cleared.

        It needs a newer generation rather than the lease: whoever stored tokens may say so, however late.

        Args:
            account: what is stored.
            unconfirmed: an intent to keep, for tokens of which it is not known whether they can be exchanged.
        """
        summary = account.summary()
        try:
            self._update(
                "SET summary = :summary, account_state = :state"
                + (", intent = :intent REMOVE reason, parked" if unconfirmed else " REMOVE intent, reason, parked"),
                {":summary": summary, ":state": HEALTHY, ":generation": account.generation}
                | ({":intent": unconfirmed.to_item()} if unconfirmed else {}),
                condition=(
                    "attribute_exists(pk) AND (attribute_not_exists(summary) OR summary.generation < :generation)"
                ),
            )
        except LeaseLostError:
            # It may have been written by the very request whose answer was lost, and which was sent again.
            item = self._table.get(_PARTITION, self._name) or {}
            if item.get("summary", {}).get("refreshed_at") != summary["refreshed_at"]:
                raise

    def drop_parked(self) -> None:
        """The parked token is stored, or worth nothing."""
        self._change("REMOVE parked")

    def give_up(self, generation: int, reason: str) -> None:
        """Only a person can bring the account back: mark it, so that nobody tries again."""
        self._update(
            "SET account_state = :state, reason = :reason REMOVE intent, parked",
            {":state": NEEDS_REAUTHENTICATION, ":reason": reason, ":generation": generation, ":holder": self._holder},
            condition=f"{self._MINE} AND summary.generation <= :generation",
        )

    def remove(self) -> None:
        """The account is disconnected."""
        self._table.take(_PARTITION, self._name)

    def _change(self, expression: str, values: dict[str, Any] | None = None) -> None:
        self._update(expression, {**(values or {}), ":holder": self._holder}, condition=self._MINE)

    def _update(self, expression: str, values: dict[str, Any], *, condition: str) -> None:
        try:
            self._table.update(_PARTITION, self._name, expression, values, condition=condition)
        except ConditionFailedError:
            raise LeaseLostError(f"'{self._name}' was changed by another function meanwhile. Try again.") from None
