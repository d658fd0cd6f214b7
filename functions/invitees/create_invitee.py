"""Book an event type for an invitee, at one of its available times; Calendly tells everybody by e-mail.

retrieve_event_type_available_times lists the times. One that is taken, or was never offered, answers with
SlotUnavailableError.
"""

from typing import Annotated

from pydantic import Field

from actions.bookings import AnswerPart, InviteePart, LocationPart, TrackingPart, UpcomingTime
from actions.inputs import CreateInput, Email, EventTypeRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.invitees import Invitee


class CreateInvitee(CreateInput):
    """What is booked, when, and for whom."""

    event_type: EventTypeRef
    start_time: UpcomingTime = Field(description="One of the event type's available times, to the second.")
    invitee: InviteePart = Field(description="Who comes.")
    location: LocationPart | None = Field(
        default=None,
        description="Which of the event type's locations; leave it out for round robin, and where there is only one.",
    )
    questions_and_answers: list[AnswerPart] | None = Field(
        default=None,
        description="Answers to the event type's custom_questions: to those that are required at least.",
    )
    tracking: TrackingPart | None = Field(default=None, description="Where the invitee came from.")
    event_guests: Annotated[list[Email], Field(max_length=10)] | None = Field(
        default=None, description="E-mail addresses of up to ten guests, who are invited as well."
    )


@action(
    "POST /invitees",
    scope="scheduled_events:write",
    role="a host of the event type, or an organization admin or owner",
    tools=("booking",),
    example={
        "event_type": "e7c09f00-60ae-5ad0-880a-d7d9ebca060b",
        "start_time": "2030-01-07T09:00:00Z",
        "invitee": {"name": "Eve Adams", "email": "eve@example.com", "timezone": "Europe/Berlin"},
    },
)
def handler(input: CreateInvitee, connected: Connected) -> Document[Invitee]:
    answers = input.questions_and_answers
    return connected.calendly.invitees.create(
        event_type=input.event_type,
        start_time=input.start_time,
        invitee=input.invitee.to_json(),
        location=input.location.to_json() if input.location else None,
        questions_and_answers=[each.to_json() for each in answers] if answers else None,
        tracking=input.tracking.to_json() if input.tracking else None,
        event_guests=input.event_guests,
    )
