"""Retrieve a booking as a whole: event, invitees with their answers, no-shows, notes and meeting recaps.

What the account may not read is null, and left_out says why, such as a missing scope. Notes and recaps are the
account's own.
"""

from actions.inputs import EventRef, Input
from actions.runtime import Answer, Connected, action
from actions.whole_booking import whole_booking


class RetrieveBooking(Input):
    """The booked event."""

    event: EventRef


@action(
    "GET /retrieve_booking",
    scope="scheduled_events:read",
    role="a host of the event, or an organization admin or owner",
    tools=("read", "booking"),
    example={"event": "0109bf43-36f4-54e3-b850-e50a3d375c36"},
)
def handler(input: RetrieveBooking, connected: Connected) -> Answer:
    return Answer({"resource": whole_booking(connected, input.event)})
