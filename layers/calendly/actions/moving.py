"""The steps of moving a booking: book the new time, look at it, cancel the old booking, tell, and be done.

Each step can be taken again. Whoever holds the move's record goes on where the last one stopped.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from actions.bookings import BookingInput
from actions.bus import OURS, BusUnavailableError, entry_of, put
from actions.connected import Connected
from actions.copies import copy_of, is_in_its_way
from actions.move_records import DONE, ENDED, OPEN, UNFINISHED, Move, MoveRecord
from actions.observability import count, log
from actions.safe_booking import Booking, event_type_of
from calendly.api import PlannedWrite
from calendly.deadline import Deadline
from calendly.documents import Document, Resource
from calendly.errors import (
    AccountUnavailableError,
    InsufficientScopeError,
    InvalidRequestError,
    NotFoundError,
    OutcomeUnknownError,
    PermissionDeniedError,
    SlotUnavailableError,
)
from calendly.invitees import Invitee
from calendly.scheduled_events import ScheduledEvent

RESCHEDULED, NOT_FINISHED = "Calendly event rescheduled", "Calendly reschedule not finished"

SHOWS_WITHIN = timedelta(minutes=15)
"""A booking whose answer was lost shows by then, or was never made."""

BY_THE_INVITEE = "The invitee can move it with their reschedule_url, which retrieve_invitee answers."

_NOT_WRITTEN = (BusUnavailableError, AccountUnavailableError, OutcomeUnknownError)
"""Why a step is left to the clean-up that changes nothing at Calendly."""


class Rescheduled(Resource):
    """A booking that was moved: the old one is canceled, and the new one was active then."""

    state: str = ""
    old_event: str = ""
    old_invitee: str = ""
    old_start_time: str = ""
    new_event: str = ""
    new_invitee: str = ""
    start_time: str = ""


class Moving:
    """One move, in one call, whose record the call holds.

    Args:
        connected: the account.
        record: the move's.
        move: what the record says.
        reason: told to the invitee when the old booking is canceled. It may say anything, so the record has it not.
        may_book: whether the new time is booked if it was not; otherwise it is only looked for.
    """

    def __init__(
        self, connected: Connected, record: MoveRecord, move: Move, reason: str | None = None, *, may_book: bool = True
    ) -> None:
        self._connected = connected
        self._record = record
        self._move = move
        self._reason = reason
        self._may_book = may_book

    def finish(self, old: ScheduledEvent | None = None, invitee: Invitee | None = None) -> Document[Rescheduled]:
        """Take every step that is left, and let go of the record.

        Args:
            old, invitee: the old booking, if it was read already.

        Raises:
            InvalidRequestError: nothing was booked, or what was booked is canceled. Nothing is canceled then.
            SlotUnavailableError: the time is taken, or is not offered.
            OutcomeUnknownError: a step's answer was lost: the next call or the clean-up goes on.
            PermissionDeniedError: the new time is booked, and the old booking cannot be canceled.
        """
        try:
            if self._move.move_state == UNFINISHED:
                self._record.mark(OPEN)
            if self._move.new_event is None:
                self._book(old, invitee)
            self._look()
            self._cancel()
            return self._close()
        finally:
            self._record.release()

    def _book(self, old: ScheduledEvent | None, invitee: Invitee | None) -> None:
        calendly, move = self._connected.calendly, self._move
        old = old or calendly.scheduled_events.retrieve(move.old_event).resource
        invitee = invitee or calendly.invitees.retrieve(move.old_invitee).resource
        copy = Copy(self._connected, old, invitee, move.start_time, self._record)
        if self._may_book and old.status == "active":
            new = copy.book().resource
        elif found := copy.look(move.earlier.began):
            new = found.resource
        else:
            raise self._nothing_booked(old)
        self._record.booked(new.event, new.uri)
        self._move = move._replace(new_event=new.event, new_invitee=new.uri)

    def _nothing_booked(self, old: ScheduledEvent) -> InvalidRequestError | OutcomeUnknownError:
        left = SHOWS_WITHIN - (self._connected.calendly.api.now - self._move.earlier.lost)
        if left > timedelta(0):
            return OutcomeUnknownError(
                "The new time may be booked, and does not show yet. Call again with the same input.",
                repeatable=True,
                retry_after=left.total_seconds(),
            )
        stays = "stays as it is" if old.status == "active" else "was canceled meanwhile, and not by this"
        return self._ended(f"The new time was not booked. The old booking {stays}.")

    def _look(self) -> None:
        """Nothing is canceled for a booking that is not there any more."""
        calendly, move = self._connected.calendly, self._move
        event = calendly.scheduled_events.retrieve(str(move.new_event)).resource
        if event.status == "active" and calendly.invitees.retrieve(str(move.new_invitee)).resource.status == "active":
            return
        old = calendly.scheduled_events.retrieve(move.old_event).resource
        if old.status == "active":
            raise self._ended("The new booking was canceled, so nothing else was: the old one stays as it is.")
        if not self._is_ours(old.cancellation.reason if old.cancellation else None):
            raise self._ended("The new booking and the old one were both canceled by somebody else.")

    def _cancel(self) -> None:
        calendly, move = self._connected.calendly, self._move
        try:
            done = calendly.scheduled_events.cancel(
                move.old_event, reason=reason_for(str(move.new_event), self._reason)
            ).resource
        except (PermissionDeniedError, InsufficientScopeError, InvalidRequestError, NotFoundError) as refusal:
            why = "The new time is booked, and the old booking cannot be canceled. Both are active: cancel one of them."
            end(self._record, move, self._deadline, UNFINISHED, why)
            raise PermissionDeniedError(f"{why} {refusal.message}") from None
        if self._is_ours(done.reason):
            return
        if calendly.invitees.retrieve(move.old_invitee).resource.rescheduled:
            why = "The invitee moved the old booking meanwhile. Theirs and the new one are active: cancel one of them."
            end(self._record, move, self._deadline, UNFINISHED, why)
            raise InvalidRequestError(why)

    def _close(self) -> Document[Rescheduled]:
        move = self._move
        try:
            put(entry_of(OURS, RESCHEDULED, _detail(move, RESCHEDULED)), self._deadline)
            self._record.mark(DONE)
        except _NOT_WRITTEN as error:
            log.warning("moved, and left to the clean-up to tell", old_event=move.old_event, reason=error.message)
        return answer(move)

    def _ended(self, why: str) -> InvalidRequestError:
        end(self._record, self._move, self._deadline, ENDED, why)
        return InvalidRequestError(why)

    def _is_ours(self, reason: str | None) -> bool:
        return str(self._move.new_event) in (reason or "")

    @property
    def _deadline(self) -> Deadline:
        return self._connected.call.deadline


class Copy:
    """The old booking at the new time.

    Args:
        connected: the account.
        old, invitee: the old booking.
        start_time: the new time.
        record: remembers that it was begun; None in a dry run.
    """

    def __init__(
        self, connected: Connected, old: ScheduledEvent, invitee: Invitee, start_time: str, record: MoveRecord | None
    ) -> None:
        self._old = old
        self._start = start_time
        self._type = event_type_of(connected, old.event_type or "")
        wanted: BookingInput = copy_of(old, invitee, self._type)
        self._booking = Booking(
            "reschedule_event", wanted, connected, start_time, start_time, memory=record, event_type=self._type
        )

    def look(self, since: datetime) -> Document[Invitee] | None:
        """What was booked since then."""
        return self._booking.look(since)

    def book(self) -> Document[Invitee]:
        """Book it, or find what an earlier call booked.

        Raises:
            InvalidRequestError: the old booking is in the way, or its event type asks for something else now.
            SlotUnavailableError, OutcomeUnknownError, RateLimitedError: as ``Booking.book`` raises them.
        """
        try:
            return self._booking.book(lambda: [self._start] if self._booking.is_offered(self._start) else [])
        except SlotUnavailableError:
            if not is_in_its_way(self._old, self._type, datetime.fromisoformat(self._start)):
                raise
            raise InvalidRequestError.for_field(
                "start_time", f"is blocked by the old booking, which is canceled after the new one. {BY_THE_INVITEE}"
            ) from None
        except InvalidRequestError as error:
            raise InvalidRequestError(f"The same cannot be booked again: {error.message} {BY_THE_INVITEE}") from None


def plan(
    connected: Connected, old: ScheduledEvent, invitee: Invitee, start_time: str, reason: str | None
) -> Document[Any]:
    """Plan both requests, in a dry run.

    Raises:
        PlannedWrite: always, unless the new time cannot be booked.
    """
    with suppress(PlannedWrite):
        Copy(connected, old, invitee, start_time, None).book()
    return connected.calendly.scheduled_events.cancel(old.uri, reason=reason_for("<the new event>", reason))


def reason_for(new_event: str, reason: str | None) -> str:
    """What is told when the old booking is canceled: it names the new one, and begins with the caller's own words."""
    return " ".join(filter(None, (reason, f"Moved to another time: {new_event}")))


def answer(move: Move) -> Document[Rescheduled]:
    """What a call answers for a move that is done."""
    known = {name: value for name, value in move._asdict().items() if name in Rescheduled.model_fields}
    return Document({"resource": {"state": "rescheduled", **known}}, Rescheduled)


def end(record: MoveRecord, move: Move, deadline: Deadline, state: str, why: str) -> None:
    """Tell that a move is not done, and why; then write it down. What fails of it is left to the clean-up."""
    if state == UNFINISHED:
        count("ReschedulesUnfinished")
    detail = {**_detail(move, NOT_FINISHED), "state": state, "why": why}
    try:
        put(entry_of(OURS, NOT_FINISHED, detail), deadline)
        record.mark(state, why)
    except _NOT_WRITTEN as error:
        log.warning("a move's end is left to the clean-up", old_event=move.old_event, reason=error.message)


def _detail(move: Move, what: str) -> dict[str, str]:
    """The same id whenever the same is told again."""
    text = "\n".join((what, move.old_event, move.new_event or move.began))
    known = {
        name: value
        for name, value in move._asdict().items()
        if name in ("account", *Rescheduled.model_fields) and value is not None
    }
    return {"id": hashlib.sha256(text.encode()).hexdigest()[:32], **known}
