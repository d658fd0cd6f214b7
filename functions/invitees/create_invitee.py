"""Book an event type for an invitee, at one of its available times; Calendly tells everybody by e-mail.

retrieve_free_slots lists the times. One that is taken, or was never offered, answers with SlotUnavailableError. The
questions and locations of the event type are checked first. A booking whose answer is lost is looked for; with an
idempotency_key, a repeat looks first as well, and books only if there is nothing. A payment is not collected.
"""

from pydantic import Field

from actions.bookings import BookingInput, UpcomingTime
from actions.runtime import Connected, action
from actions.safe_booking import Booking
from calendly.documents import Document
from calendly.invitees import Invitee


class CreateInvitee(BookingInput):
    """What is booked, when, and for whom."""

    start_time: UpcomingTime = Field(description="One of the event type's available times, to the second.")


@action(
    "POST /invitees",
    scope="scheduled_events:write",
    role="a host of the event type, or an organization admin or owner",
    tools=("booking",),
    again=True,
    example={
        "event_type": "e7c09f00-60ae-5ad0-880a-d7d9ebca060b",
        "start_time": "2030-01-07T09:00:00Z",
        "invitee": {"name": "Eve Adams", "email": "eve@example.com", "timezone": "Europe/Berlin"},
    },
)
def handler(input: CreateInvitee, connected: Connected) -> Document[Invitee]:
    start = input.start_time
    booking = Booking("create_invitee", input, connected, start, start)
    return booking.book(lambda: [start] if booking.is_offered(start) else [])
