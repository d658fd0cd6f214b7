"""What is known of an account's webhook subscriptions to this stack's receiver, in items of their own.

They outlive the account: who owned a name before, and what was subscribed for them, has to be known when Calendly
delivers once more. Keys: ``pk`` is ``webhooks``; ``sk`` is the account's name, or begins with it and ``#``.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from accounts.table import ConditionFailedError, Table

PARTITION = "webhooks"
NOTE_SECONDS = 3600
"""How often the last delivery is noted."""

_SUBSCRIPTION, _REPLACEMENT = "#subscription#", "#replacement#"
OWNER = ("scope", "organization", "user", "group")


@dataclass(frozen=True)
class Subscription:
    """A subscription as it was seen last.

    Attributes:
        account: whose receiver it delivers to.
        uri, callback_url, scope, organization, user, group, creator, events, state, retry_started_at, created_at,
            updated_at: as Calendly has them.
        made: whether this stack made it.
        key: a fingerprint of the key that it was made with; None where Calendly signs with the application's.
        seen_at: when it was looked at last, in seconds since the epoch.
    """

    account: str
    uri: str
    callback_url: str = ""
    scope: str = ""
    organization: str | None = None
    user: str | None = None
    group: str | None = None
    creator: str | None = None
    events: tuple[str, ...] = ()
    state: str = ""
    retry_started_at: str | None = None
    created_at: str | None = None
    updated_at: str | None = None
    made: bool = False
    key: str | None = None
    seen_at: float = 0.0

    @classmethod
    def of(cls, account: str, row: dict[str, Any], **more: Any) -> Subscription:
        """A subscription as Calendly answers it, or as the table has it."""
        known = {name: row[name] for name in cls.__dataclass_fields__ if name in row}
        return cls(**{**known, **more, "account": account, "events": tuple(row.get("events") or ())})


@dataclass(frozen=True)
class Replacement:
    """A subscription that is being replaced: written before the old one goes, so that whoever finds it can finish.

    Attributes:
        old: URI of the one that goes.
        url, events: where it delivers what.
        owner: whose events: scope, organization, user, group.
        since: from when on deliveries may be missing, in ISO 8601.
    """

    account: str
    old: str
    url: str
    events: tuple[str, ...]
    owner: dict[str, Any]
    since: str


@dataclass(frozen=True)
class State:
    """What is known of an account's deliveries.

    Attributes:
        former_owners: URIs of the users that the name belonged to before.
        last_delivery: when one was taken, to the hour, in seconds since the epoch; None for never.
        subscriptions: those to this stack's receiver, and those that this stack made.
    """

    former_owners: tuple[str, ...] = ()
    last_delivery: float | None = None
    subscriptions: list[Subscription] = field(default_factory=list)


class Subscriptions:
    """Reads and writes what is known.

    Args:
        table: the stack's.
        now: seconds since the epoch.
    """

    def __init__(self, table: Table, *, now: Callable[[], float] = time.time) -> None:
        self._table = table
        self._now = now

    def state(self, account: str) -> State:
        """What is known of one account. One read of the table."""
        # "#" and everything behind it sorts after the bare name; nothing that another account is called begins so.
        items = self._table.query(PARTITION, account)
        mine = [item for item in items if item["sk"] == account or item["sk"].startswith(f"{account}#")]
        return _state(account, mine)

    def states(self) -> dict[str, State]:
        """What is known of every account, by name."""
        by_account: dict[str, list[dict[str, Any]]] = {}
        for item in self._table.query(PARTITION):
            by_account.setdefault(item["sk"].partition("#")[0], []).append(item)
        return {account: _state(account, items) for account, items in by_account.items()}

    def note(self, subscription: Subscription) -> None:
        """Keep a subscription as it is now."""
        members = {name: value for name, value in vars(subscription).items() if value is not None}
        members |= {"events": list(subscription.events), "seen_at": self._now()}
        self._set(subscription.account + _SUBSCRIPTION + _digest(subscription.uri), "subscription", members)

    def forget(self, account: str, uri: str) -> None:
        """A subscription is gone."""
        self._table.remove(PARTITION, account + _SUBSCRIPTION + _digest(uri))

    def forget_all(self, account: str, uris: Iterable[str]) -> None:
        """The account goes, and what is begun for it is not to be finished; subscriptions that are left stay known."""
        for item in self._table.query(PARTITION, f"{account}#"):
            if _REPLACEMENT in item["sk"]:
                self._table.remove(PARTITION, item["sk"])
        for uri in uris:
            self.forget(account, uri)

    def replacing(self, account: str) -> list[Replacement]:
        """The account's replacements that are not finished."""
        items = self._table.query(PARTITION, account + _REPLACEMENT)
        found = [item["replacement"] for item in items]
        return [Replacement(**{**each, "account": account, "events": tuple(each["events"])}) for each in found]

    def begin_replacement(self, replacement: Replacement) -> None:
        """Write down that a subscription is about to be replaced."""
        members = {**vars(replacement), "events": list(replacement.events)}
        self._set(replacement.account + _REPLACEMENT + _digest(replacement.old), "replacement", members)

    def end_replacement(self, replacement: Replacement) -> None:
        """It is replaced, and the world was told."""
        self._table.remove(PARTITION, replacement.account + _REPLACEMENT + _digest(replacement.old))

    def pass_on(self, account: str, former: str, owner: str | None) -> None:
        """Write down that a name passes from one user to another, or to nobody: before it does.

        Args:
            account: the name.
            former: URI of the user that it belonged to.
            owner: URI of the user that it is to belong to.
        """
        known = self._table.get(PARTITION, account) or {}
        owners = [uri for uri in (*known.get("former_owners", ()), former) if uri != owner]
        self._set(account, "former_owners", list(dict.fromkeys(owners))[-50:])

    def note_delivery(self, account: str) -> None:
        """Note that a delivery was taken, at most once an hour."""
        now = int(self._now())
        with suppress(ConditionFailedError):
            self._table.update(
                PARTITION,
                account,
                "SET last_delivery = :now",
                {":now": now, ":then": now - NOTE_SECONDS},
                condition="attribute_not_exists(last_delivery) OR last_delivery <= :then",
            )

    def _set(self, sk: str, name: str, value: Any) -> None:
        self._table.update(PARTITION, sk, "SET #name = :value", {":value": value}, names={"#name": name})


def _state(account: str, items: list[dict[str, Any]]) -> State:
    own: dict[str, Any] = next((item for item in items if item["sk"] == account), {})
    rows = [item["subscription"] for item in items if _SUBSCRIPTION in item["sk"]]
    return State(
        tuple(own.get("former_owners", ())),
        own.get("last_delivery"),
        [Subscription.of(account, row) for row in rows],
    )


def fingerprint(key: str, salt: str) -> str:
    """Tells one signing key from another without giving either away."""
    return hashlib.sha256(f"{salt}\0{key}".encode()).hexdigest()[:8]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
