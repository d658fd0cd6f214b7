"""The right to change one account, and the changes. One item holds it all, so that a condition decides any race."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.account import Account
from accounts.entry import (
    HEALTHY,
    NEEDS_REAUTHENTICATION,
    Connecting,
    Disconnecting,
    Early,
    Entry,
    Exchanged,
    Intent,
    Refusal,
)
from accounts.sealing import Pad
from accounts.table import ConditionFailedError, Table
from calendly.errors import AccountUnavailableError

PARTITION = "account"

LEASE_SECONDS = 120
"""Longer than a refresh may take (``refresh.TIME_FOR_ONE``); a holder that dies is replaced after it."""


class LeaseTakenError(Exception):
    """Somebody else is changing this account right now."""


class LeaseLostError(AccountUnavailableError):
    """The lease ran out and is somebody else's, or what was to be changed has changed meanwhile."""


class Lease:
    """The right to change one account, and the changes."""

    _MINE = "lease_holder = :holder"

    def __init__(self, table: Table, name: str, holder: str) -> None:
        self._table = table
        self._name = name
        self._holder = holder
        self._until = 0.0

    def take(self, now: float) -> bool:
        """Whether it is this holder's now; somebody else's lease is not touched before it ran out."""
        until = now + LEASE_SECONDS
        try:
            self._table.update(
                PARTITION,
                self._name,
                "SET lease_holder = :holder, lease_until = :until",
                {":holder": self._holder, ":now": now, ":until": until},
                # Its own, if the answer to its first try was lost.
                condition="attribute_not_exists(lease_until) OR lease_until < :now OR lease_holder = :holder",
            )
        except ConditionFailedError:
            return False
        self._until = until
        return True

    def lasts(self, now: float, seconds: float) -> bool:
        """Whether it is this holder's for so long at least, by the clock alone: the table may not answer."""
        return now + seconds < self._until

    def release(self) -> None:
        """Let go. A lease that cannot be released runs out by itself."""
        try:
            self._change("REMOVE lease_holder, lease_until")
        except AccountUnavailableError:
            return

    def record_intent(self, intent: Intent, exchanges: Iterable[float], early: Early | None = None) -> None:
        """Write down that this generation's refresh token is about to be used. It also proves that writing works.

        Args:
            intent: what is about to be exchanged.
            exchanges: when this grant's tokens were exchanged in the last minute, this time included.
            early: how often in a row they were exchanged before their time, this time included; None for in time.
        """
        expression = "SET intent = :intent, exchanges = :exchanges"
        values: dict[str, Any] = {":intent": intent.to_item(), ":exchanges": list(exchanges)}
        if early:
            expression += ", early = :early"
            values[":early"] = early.to_item()
        self._change(expression, values)

    def clear_intent(self) -> None:
        """The intended exchange provably did not happen."""
        self._change("REMOVE intent")

    def begin_connect(self, connecting: Connecting) -> None:
        """Write down that the secret is about to change: whoever finds this looks at the secret."""
        self._change("SET connecting = :connecting", {":connecting": connecting.to_item()})

    def clear_connect(self) -> None:
        """The secret is as it was."""
        self._change("REMOVE connecting")

    def begin_disconnect(self, disconnecting: Disconnecting) -> None:
        """Write down that the account is about to go: until it is gone it is not called healthy."""
        self._change("SET disconnecting = :disconnecting", {":disconnecting": disconnecting.to_item()})

    def park(self, generation: int, sealed: bytes, pad: Pad) -> None:
        """Keep a refresh token that Secrets Manager would not take. No lease is needed: it must not be lost."""
        parked = {"generation": generation, "sealed": sealed, "pad": list(pad.wrapped)}
        self._update(
            "SET parked = :parked",
            {":parked": parked, ":generation": generation},
            condition="attribute_exists(summary) AND summary.generation < :generation",
        )

    def promote(
        self,
        account: Account,
        *,
        unconfirmed: Intent | None = None,
        versions: Iterable[float] = (),
        exchanged: Exchanged | None = None,
        was: Mapping[str, Any] | None = None,
        role_unknown: bool = False,
        connected_at: float | None = None,
    ) -> None:
        """The account's new tokens are stored: its summary follows, and whatever led there is cleared.

        It needs a newer generation rather than the lease: whoever stored tokens may say so, however late.

        Args:
            account: what is stored.
            unconfirmed: an intent to keep, for tokens of which it is not known whether they can be exchanged.
            versions: when versions of the secret were written in the last day, this one included.
            exchanged: the exchange that brought them.
            was: what the grant was when the world was told last, if it is another now.
            role_unknown: the role is to be asked.
            connected_at: when somebody connected it: a new grant, of which nothing was exchanged.
        """
        summary = account.summary()
        parts = ["summary = :summary", "account_state = :state", "versions = :versions"]
        # A new account that is healthy is no news. Noted from the start, so that what is told of it later is not
        # taken for the first word, should the note of that be lost.
        parts.append("announced = if_not_exists(announced, :state)")
        values: dict[str, Any] = {
            ":summary": summary,
            ":state": HEALTHY,
            ":generation": account.generation,
            ":versions": list(versions),
        }
        gone = ["reason", "parked", "refusal", "connecting", "disconnecting"]
        members = {
            "intent": unconfirmed.to_item() if unconfirmed else None,
            "exchanged": exchanged.to_item() if exchanged else None,
            "was": dict(was) if was is not None else None,
            "role_unknown": True if role_unknown else None,
            "connected_at": connected_at,
        }
        for name, member in members.items():
            if member is not None:
                parts.append(f"{name} = :{name}")
                values[f":{name}"] = member
        if unconfirmed is None:
            gone.append("intent")
        if not role_unknown:
            gone.append("role_unknown")
        if connected_at is not None:
            gone += ["exchanges", "early"]
        try:
            self._update(
                f"SET {', '.join(parts)} REMOVE {', '.join(gone)}",
                values,
                condition=(
                    "attribute_exists(pk) AND (attribute_not_exists(summary) OR summary.generation < :generation)"
                ),
            )
        except LeaseLostError:
            # It may have been written by the very request whose answer was lost, and which was sent again.
            item = self._table.get(PARTITION, self._name) or {}
            if item.get("summary", {}).get("refreshed_at") != summary["refreshed_at"]:
                raise

    def drop_parked(self) -> None:
        """The parked token is stored, or worth nothing."""
        self._change("REMOVE parked")

    def leave_role(self) -> None:
        """The grant does not let us ask for the role."""
        self._change("REMOVE role_unknown")

    def refuse(self, refusal: Refusal) -> None:
        """Calendly refused the token. What follows from it is not this holder's to say (``verdicts``)."""
        self._change("SET refusal = :refusal REMOVE intent, parked", {":refusal": refusal.to_item()})

    def accept(self) -> None:
        """Calendly takes the token after all."""
        self._change("SET account_state = :state REMOVE refusal, reason", {":state": HEALTHY})

    def give_up(self, generation: int, reason: str, refusal: Refusal | None = None) -> None:
        """Only a person can bring the account back: mark it, so that people are told."""
        self._update(
            "SET account_state = :state, reason = :reason"
            + (", refusal = :refusal" if refusal else "")
            + " REMOVE intent, parked",
            {":state": NEEDS_REAUTHENTICATION, ":reason": reason, ":generation": generation, ":holder": self._holder}
            | ({":refusal": refusal.to_item()} if refusal else {}),
            condition=f"{self._MINE} AND summary.generation <= :generation",
        )

    def remove(self) -> None:
        """The account is disconnected. Somebody else's, connected under the name meanwhile, is left alone."""
        try:
            self._table.remove(PARTITION, self._name, condition=self._MINE, values={":holder": self._holder})
        except ConditionFailedError:
            # It may have been removed by the very request whose answer was lost, and which was sent again.
            if self._table.get(PARTITION, self._name) is not None:
                raise LeaseLostError(f"'{self._name}' was changed by another function meanwhile. Try again.") from None

    def entry(self) -> Entry | None:
        """The account's item as it is now, listed or not."""
        item = self._table.get(PARTITION, self._name)
        return Entry.of(item) if item else None

    def _change(self, expression: str, values: dict[str, Any] | None = None) -> None:
        self._update(expression, {**(values or {}), ":holder": self._holder}, condition=self._MINE)

    def _update(self, expression: str, values: dict[str, Any], *, condition: str) -> None:
        try:
            self._table.update(PARTITION, self._name, expression, values, condition=condition)
        except ConditionFailedError:
            raise LeaseLostError(f"'{self._name}' was changed by another function meanwhile. Try again.") from None
