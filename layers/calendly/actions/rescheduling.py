"""Moving a booking to another time, by a call and by the clean-up behind it.

Calendly has no operation for it: the new time is booked, and then the old booking is canceled. What was begun is in a
record, so that the same call, or the clean-up, goes on after a crash between any two steps.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from actions.connected import Connected, connect
from actions.doors import Call
from actions.move_records import DONE, ENDED, OPEN, UNFINISHED, Move, MoveRecord, under_way
from actions.moving import BY_THE_INVITEE, Moving, Rescheduled, answer, end, plan
from actions.observability import log
from calendly.bounds import moment_of
from calendly.documents import Document
from calendly.errors import CalendlyError, InvalidRequestError, OutcomeUnknownError
from calendly.invitees import Invitee
from calendly.scheduled_events import ScheduledEvent

SCOPE = "scheduled_events:write"

GIVEN_UP_AFTER = timedelta(days=1)
"""How long the clean-up tries."""

SECONDS_FOR_ONE = 60.0
"""What the clean-up takes for a move at most; less than the lease of its record."""

_WAIT_SECONDS = 20.0
"""How long a second call waits for the first one."""


def reschedule(
    connected: Connected, event: str, start_time: str, reason: str | None, *, dry_run: bool
) -> Document[Rescheduled]:
    """Move an event with one active invitee to another time, or finish its move.

    Args:
        connected: the account.
        event: UUID or URI.
        start_time: the new time.
        reason: told to the invitee.
        dry_run: plan both requests; no record is read or written.

    Raises:
        InvalidRequestError: the event cannot be moved, or not to this time, or the new booking was canceled meanwhile.
        SlotUnavailableError: the time is taken, or is not offered.
        OutcomeUnknownError: it is under way: the same call goes on with it.
        PermissionDeniedError: the new time is booked, and the old booking may not be canceled.
    """
    old = connected.calendly.scheduled_events.retrieve(event).resource
    if dry_run:
        return plan(connected, old, _only_invitee(connected, old, start_time), start_time, reason)
    record = MoveRecord(old.uri)
    wait = connected.call.deadline.sooner(_WAIT_SECONDS)
    while True:
        known = record.read()
        if known is None or _may_begin_anew(known, start_time):
            invitee = _only_invitee(connected, old, start_time)
            move = _new_move(connected, old, invitee, start_time)
            if record.start(move):
                return Moving(connected, record, move, reason).finish(old, invitee)
        elif known.move_state == DONE:
            return answer(known)
        elif taken := record.take():
            if taken == known:
                return Moving(connected, record, taken, reason).finish(old)
            record.release()  # somebody else went on in between: what is known has to be judged anew
        if wait.remaining() < 1:
            raise under_way()
        time.sleep(0.25)


def go_on(call: Call, move: Move) -> str:
    """Finish what a call left behind, without booking anything; returns the state that it is in then.

    Raises:
        AccountUnavailableError: the table does not answer.
    """
    record = MoveRecord(move.old_event)
    taken = record.take()
    if taken is None:
        return OPEN
    try:
        if taken.move_state == OPEN:
            one = Call({}, call.correlation_id, min(SECONDS_FOR_ONE, call.deadline.remaining()))
            Moving(connect(one, taken.account, SCOPE), record, taken, may_book=False).finish()
    except OutcomeUnknownError as error:
        log.info("not moved yet", old_event=taken.old_event, reason=error.message)
    except CalendlyError as error:
        log.warning("not moved", old_event=taken.old_event, reason=error.message)
        _give_up(call, record, taken)
    finally:
        record.release()
    known = record.read()
    return known.move_state if known else ENDED


def _give_up(call: Call, record: MoveRecord, move: Move) -> None:
    """End a move that could not be finished for a day, and has not ended by itself just now."""
    known = record.read()
    if known and known.move_state == OPEN and datetime.now(UTC) - move.earlier.began > GIVEN_UP_AFTER:
        why = "It could not be finished for a day. Look whether both bookings are active, and cancel one of them."
        end(record, known, call.deadline, UNFINISHED, why)


def _may_begin_anew(known: Move, start_time: str) -> bool:
    """Whether what is known of the event's moves lets another one begin.

    Raises:
        InvalidRequestError: it does not, and the call is not for the one that is known.
    """
    is_same = moment_of(known.start_time) == moment_of(start_time)
    if known.move_state == ENDED:
        if is_same and known.new_event:
            raise InvalidRequestError(f"{known.why} For another attempt choose another start_time.")
        return True
    if is_same:
        return False
    if known.move_state == DONE:
        says = f"was moved to {known.start_time} already. To move it again, give the new event, {known.new_event}"
    else:
        says = f"is being moved to {known.start_time}. Give this start_time to finish that first"
    raise InvalidRequestError.for_field("event", says)


def _only_invitee(connected: Connected, old: ScheduledEvent, start_time: str) -> Invitee:
    """The invitee whose booking is moved.

    Raises:
        InvalidRequestError: the event cannot be moved.
    """
    begins, event_type = moment_of(old.start_time), old.event_type
    if old.status != "active":
        raise InvalidRequestError.for_field("event", "is canceled: book the new time with create_invitee")
    if begins is None or begins <= connected.calendly.api.now:
        raise InvalidRequestError.for_field("event", "is past: book the new time with create_invitee")
    if begins == moment_of(start_time):
        raise InvalidRequestError.for_field("start_time", "is when the event starts already")
    page = connected.calendly.invitees.list(old.uri, status="active", count=2)
    if len(page) != 1:
        raise InvalidRequestError.for_field(
            "event", f"has {'several active invitees' if len(page) else 'no active invitee'}. {BY_THE_INVITEE}"
        )
    invitee = next(iter(page))
    if invitee.payment:
        raise InvalidRequestError.for_field("event", f"was paid for, and a copy would not be. {BY_THE_INVITEE}")
    if not event_type:
        raise InvalidRequestError.for_field("event", f"has no event type that can be booked. {BY_THE_INVITEE}")
    return invitee


def _new_move(connected: Connected, old: ScheduledEvent, invitee: Invitee, start_time: str) -> Move:
    return Move(
        account=connected.account.name,
        old_event=old.uri,
        old_invitee=invitee.uri,
        old_start_time=old.start_time,
        event_type=str(old.event_type),
        start_time=start_time,
        began=connected.calendly.api.now.isoformat(),
    )
