"""Book the first free slot of an event type in a window, for an invitee; Calendly tells everybody by e-mail.

If a slot is taken meanwhile, goes to the next one, and only then. SlotUnavailableError says that none is free. A
booking whose answer is lost is looked for; with an idempotency_key, a repeat looks first as well.
"""

from actions.bookings import BookingInput
from actions.free_slots import WindowInput, free_slots
from actions.runtime import Connected, action
from actions.safe_booking import Booking
from calendly.documents import Document
from calendly.invitees import Invitee


class BookFirstFreeSlot(BookingInput, WindowInput):
    """What is booked, for whom, and in which window."""


@action(
    "POST /book_first_free_slot",
    scope="scheduled_events:write",
    role="a host of the event type, or an organization admin or owner",
    tools=("booking",),
    again=True,
    example={
        "event_type": "e7c09f00-60ae-5ad0-880a-d7d9ebca060b",
        "start_time": "2030-01-07T00:00:00Z",
        "end_time": "2030-01-12T00:00:00Z",
        "invitee": {"name": "Eve Adams", "email": "eve@example.com", "timezone": "Europe/Berlin"},
    },
)
def handler(input: BookFirstFreeSlot, connected: Connected) -> Document[Invitee]:
    booking = Booking("book_first_free_slot", input, connected, input.start_time, input.end_time)
    return booking.book(lambda: (row["start_time"] for _, row in free_slots(connected, [input.event_type], input)))
