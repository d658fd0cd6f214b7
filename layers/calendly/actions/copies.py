"""A booking that is there, as the input that books it again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from actions.bookings import AnswerPart, BookingInput, InviteePart, LocationPart, TrackingPart
from calendly.bounds import moment_of
from calendly.event_types import EventType
from calendly.invitees import TRACKING, Invitee
from calendly.scheduled_events import ScheduledEvent

_KINDS = {"zoom": "zoom_conference", "gotomeeting": "gotomeeting_conference"}
"""The kinds of locations that events call by another word."""

_SAID = ("ask_invitee", "custom", "outbound_call", "physical")
"""The kinds of which a booking says where, or which number."""


def copy_of(event: ScheduledEvent, invitee: Invitee, event_type: EventType | None) -> BookingInput:
    """What books the same for the same person: name, e-mail, time zone, answers, guests, tracking, reminders, location.

    It is not validated: Calendly took all of it before.

    Args:
        event, invitee: the booking.
        event_type: what is booked; None if it may not be read.
    """
    names = ("first_name", "last_name") if invitee.first_name else ("name",)
    person = {name: getattr(invitee, name) for name in (*names, "text_reminder_number")}
    tracking = {name: value for name in TRACKING if (value := (invitee.tracking or {}).get(name)) is not None}
    return BookingInput.model_construct(
        event_type=event.event_type or "",
        # Calendly wants a time zone, though it may know none of an invitee.
        invitee=InviteePart.model_construct(email=invitee.email, timezone=invitee.timezone or "Etc/UTC", **person),
        location=_location(event, event_type),
        questions_and_answers=[
            AnswerPart.model_construct(question=each.question, answer=each.answer, position=each.position)
            for each in invitee.questions_and_answers
        ]
        or None,
        tracking=TrackingPart.model_construct(**tracking) if tracking else None,
        event_guests=[guest.email for guest in event.event_guests] or None,
    )


def is_in_its_way(event: ScheduledEvent, event_type: EventType | None, start: datetime) -> bool:
    """Whether the event, with the buffers that are known, takes time that a booking from ``start`` on would need."""
    begins, ends = moment_of(event.start_time), moment_of(event.end_time)
    if begins is None or ends is None:
        return False
    length = timedelta(minutes=event_type.duration) if event_type else ends - begins
    before = timedelta(minutes=event_type.before_buffer if event_type else 0)
    after = timedelta(minutes=event_type.after_buffer if event_type else 0)
    taken = [
        (moment_of(host.buffered_start_time) or begins, moment_of(host.buffered_end_time) or ends)
        for host in event.event_memberships
    ] or [(begins, ends)]
    return any(start - before < last and start + length + after > first for first, last in taken)


def _location(event: ScheduledEvent, event_type: EventType | None) -> LocationPart | None:
    if event.location is None or (event_type and event_type.pooling_type == "round_robin"):
        return None
    kind = _KINDS.get(event.location.type, event.location.type)
    where: dict[str, Any] = {"location": event.location.location} if kind in _SAID else {}
    return LocationPart.model_construct(**{"kind": kind, **where})
