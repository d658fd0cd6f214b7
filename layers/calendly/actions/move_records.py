"""What is known of each booking that is moved: URIs and times in the stack's table, and nothing about a person.

A record outlives whoever wrote it. The event that is moved is its key, so that two callers never move one event to two
times, whichever account and idempotency key they use. A lease decides who goes on with it.
"""

from __future__ import annotations

import time
import uuid
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from accounts.settings import settings
from accounts.table import ConditionFailedError, Table
from actions.earlier import Earlier
from calendly.errors import AccountUnavailableError, OutcomeUnknownError
from calendly.references import uuid_of

PARTITION = "reschedule"

OPEN_PARTITION = "reschedule-open"
"""A note for each record that may be open. Records stay for a month, and those that are open are few."""

LOOKED = "looked"
"""The sort key that says when every record was looked at last; no event has it."""

LOOK_SECONDS = 24 * 3600
"""How often every record is looked at all the same: there may be some of a version that wrote no notes."""

LEASE_SECONDS = 90
"""Longer than a call may take; whoever dies is replaced after it."""

KEEP_SECONDS = 30 * 24 * 3600
"""How long a record is kept, counted from its beginning."""

OPEN, DONE, ENDED, UNFINISHED = "open", "done", "ended", "unfinished"
"""The states of a move. ``ended``: there is nothing left to do. ``unfinished``: only a person can go on."""

_FREE = "(attribute_not_exists(lease_until) OR lease_until < :now)"
# Its own, if boto3 sent a request again whose answer was lost.
_MINE = "lease_holder = :holder"


class Move(NamedTuple):
    """One booking's move to another time. Times are Calendly's, in ISO 8601.

    Attributes:
        account: the account that moves it.
        old_event, old_invitee, old_start_time: the booking that is moved.
        event_type: what is booked.
        start_time: the new time.
        began: when the first call began.
        lost: when the last answer to a booking was lost.
        new_event, new_invitee: the new booking, once it is known.
        move_state: ``open``, ``done``, ``ended`` or ``unfinished``.
        why: why it did not come to its end.
    """

    account: str
    old_event: str
    old_invitee: str
    old_start_time: str
    event_type: str
    start_time: str
    began: str
    lost: str | None = None
    new_event: str | None = None
    new_invitee: str | None = None
    move_state: str = OPEN
    why: str | None = None

    @property
    def earlier(self) -> Earlier:
        """When it began, and when a booking may have been sent last."""
        began = datetime.fromisoformat(self.began)
        return Earlier(began, datetime.fromisoformat(self.lost) if self.lost else began)


def open_moves() -> list[Move]:
    """Every move that has not come to an end, whoever is at it. Notes of those that have are removed."""
    table, now = Table(settings().table), time.time()
    looked = table.get(OPEN_PARTITION, LOOKED)
    if looked is None or looked["noted_at"] < now - LOOK_SECONDS:
        for each in table.query(PARTITION, members=("sk", "move_state")):
            if each["move_state"] == OPEN:
                _note(table, each["sk"])
        _note(table, LOOKED)
    found = []
    for note in table.query(OPEN_PARTITION):
        if note["sk"] == LOOKED:
            continue
        record = table.get(PARTITION, note["sk"])
        if record and record["move_state"] == OPEN:
            found.append(_move(record))
        elif note["noted_at"] < now - LEASE_SECONDS:
            # A younger one may be of a call that is about to write its record, or to open it again.
            with suppress(ConditionFailedError):
                values = {":noted_at": note["noted_at"]}
                table.remove(OPEN_PARTITION, note["sk"], condition="noted_at = :noted_at", values=values)
    return found


def _note(table: Table, key: str) -> None:
    """Note that the record of an event may be open. The note comes first, so that no open record goes without."""
    now = time.time()
    table.put({"pk": OPEN_PARTITION, "sk": key, "noted_at": now, "expires_at": int(now) + KEEP_SECONDS})


class MoveRecord:
    """The record of one event's move, and the right to go on with it. Every change needs that right.

    Args:
        event: the URI of the event that is moved.
    """

    repeat = "with the same input"

    def __init__(self, event: str) -> None:
        # Short, because somebody waits: API Gateway gives up after 29 seconds.
        self._table = Table(settings().table, read_timeout=2.0, attempts=2)
        self._key = uuid_of(event)
        self._holder = uuid.uuid4().hex
        self._is_first = False

    def read(self) -> Move | None:
        """The move as it is now, whoever is at it."""
        item = self._table.get(PARTITION, self._key)
        return _move(item) if item else None

    def start(self, move: Move) -> bool:
        """Write down that a move begins, unless one is under way. It is this call's then."""
        known = {name: value for name, value in move._asdict().items() if value is not None}
        now = time.time()
        item = {
            "pk": PARTITION,
            "sk": self._key,
            **known,
            "lease_holder": self._holder,
            "lease_until": now + LEASE_SECONDS,
            "expires_at": int(now) + KEEP_SECONDS,
        }
        _note(self._table, self._key)
        condition = f"attribute_not_exists(pk) OR {_MINE} OR (move_state = :ended AND {_FREE})"
        try:
            self._table.put(item, condition=condition, values={":ended": ENDED, ":now": now, ":holder": self._holder})
        except ConditionFailedError:
            return False
        self._is_first = True
        return True

    def take(self) -> Move | None:
        """Take the right to go on with a move that is there; the move as it is then. None if it is somebody else's."""
        now = time.time()
        try:
            self._table.update(
                PARTITION,
                self._key,
                "SET lease_holder = :holder, lease_until = :until",
                {":holder": self._holder, ":now": now, ":until": now + LEASE_SECONDS},
                condition=f"attribute_exists(pk) AND ({_FREE} OR {_MINE})",
            )
        except ConditionFailedError:
            return None
        return self.read()

    def begin(self, now: datetime) -> Earlier | None:
        """What an earlier call may have booked; None if this call is the first."""
        move = None if self._is_first else self.read()
        return move.earlier if move else None

    def lose(self, now: datetime) -> None:
        """Remember that an answer was lost. If that fails, the beginning stands for it."""
        with suppress(AccountUnavailableError):
            self._set(lost=now.isoformat())

    def forget(self) -> None:
        """Forget the move, because nothing was booked. If that fails, the clean-up ends it."""
        with suppress(AccountUnavailableError, ConditionFailedError):
            self._table.remove(PARTITION, self._key, condition=_MINE, values={":holder": self._holder})

    def booked(self, event: str, invitee: str) -> None:
        """Keep the new booking."""
        self._set(new_event=event, new_invitee=invitee)

    def mark(self, state: str, why: str | None = None) -> None:
        """Keep the state that the move is in now, and why."""
        if state == OPEN:
            _note(self._table, self._key)
        self._set(move_state=state, **({"why": why} if why else {}))

    def release(self) -> None:
        """Let go. A right that cannot be released runs out."""
        with suppress(AccountUnavailableError, ConditionFailedError):
            self._table.update(PARTITION, self._key, "REMOVE lease_until", {":holder": self._holder}, condition=_MINE)

    def _set(self, **members: str) -> None:
        assignments = ", ".join(f"{name} = :{name}" for name in members)
        values = {f":{name}": value for name, value in members.items()}
        try:
            self._table.update(
                PARTITION, self._key, f"SET {assignments}", {**values, ":holder": self._holder}, condition=_MINE
            )
        except ConditionFailedError:
            raise under_way() from None


def under_way() -> OutcomeUnknownError:
    """The error for a move that another call is at."""
    return OutcomeUnknownError(
        "Another call is moving this event just now. Call again with the same input for what comes of it.",
        repeatable=True,
        retry_after=30,
    )


def _move(item: dict[str, Any]) -> Move:
    return Move(**{name: item[name] for name in Move._fields if name in item})
