"""What an event type asks of a booking, checked before anything is booked."""

from __future__ import annotations

from collections.abc import Iterator

from actions.bookings import BookingInput
from calendly.errors import FieldError, InvalidRequestError
from calendly.event_types import EventType

_SAID_BY_THE_INVITEE = {"ask_invitee", "outbound_call"}
"""Kinds of locations of which only the invitee knows where, or which number."""


def check(wanted: BookingInput, event_type: EventType) -> None:
    """Check a booking against its event type.

    A payment is not checked: ``POST /invitees`` carries none, and no rule for paid event types is documented.

    Raises:
        InvalidRequestError: names everything that is missing or not offered.
    """
    wrong = [*_state(event_type), *_questions(wanted, event_type), *_location(wanted, event_type)]
    if wrong:
        raise InvalidRequestError("Invalid request.", fields=wrong)


def _state(event_type: EventType) -> Iterator[FieldError]:
    if event_type.deleted_at:
        yield FieldError("event_type", "is deleted: choose another one")
    elif not event_type.active:
        yield FieldError("event_type", "is not active: activate it in Calendly, or with update_event_type")


def _questions(wanted: BookingInput, event_type: EventType) -> Iterator[FieldError]:
    asked = {question.name: question for question in event_type.custom_questions if question.enabled}
    given = {part.question: part.answer for part in wanted.questions_and_answers or ()}
    for place, part in enumerate(wanted.questions_and_answers or ()):
        if part.question not in asked:
            known = ", ".join(f"'{name}'" for name in asked) or "none"
            yield FieldError(
                f"questions_and_answers.{place}.question",
                f"is not one of the event type's questions, letter by letter; they are: {known}",
            )
    missing = [name for name, question in asked.items() if question.required and not given.get(name, "").strip()]
    if missing:
        names = ", ".join(f"'{name}'" for name in missing)
        yield FieldError(
            "questions_and_answers",
            f"Required Questions and Answers cannot be blank. Answer {names}, each by its exact name",
        )


def _location(wanted: BookingInput, event_type: EventType) -> Iterator[FieldError]:
    offered = list(dict.fromkeys(place.kind for place in event_type.locations or ()))
    kinds = ", ".join(offered)
    if event_type.pooling_type == "round_robin":
        if wanted.location:
            yield FieldError("location", "must be left out for a round robin event type")
    elif wanted.location:
        if offered and wanted.location.kind not in offered:
            yield FieldError("location.kind", f"is not offered by the event type; it offers {kinds}")
    elif len(offered) > 1:
        yield FieldError("location", f"is required, because the event type offers several: {kinds}")
    elif offered and offered[0] in _SAID_BY_THE_INVITEE:
        yield FieldError(
            "location", f"is required: {{'kind': '{offered[0]}', 'location': where, or the number to call}}"
        )
