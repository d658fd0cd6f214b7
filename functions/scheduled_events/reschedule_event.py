"""Move an event with one active invitee to another time: the new time is booked, then the old booking is canceled.

Calendly tells everybody of both. Name, e-mail, time zone, answers, guests, tracking, reminder number and location are
copied. Nothing is canceled unless the new booking is active. The same call again finishes what was begun, and so does a
clean-up every five minutes; an event on the bus says how it ended. The invitee alone can move a paid booking, or one
that blocks the new time itself.
"""

from typing import Annotated

from pydantic import Field

from actions.bookings import UpcomingTime
from actions.inputs import EventRef, WriteInput
from actions.moving import Rescheduled
from actions.rescheduling import reschedule
from actions.runtime import Connected, action
from calendly.documents import Document


class RescheduleEvent(WriteInput):
    """Which event, and when it is to be."""

    event: EventRef
    start_time: UpcomingTime = Field(description="One of the event type's available times, to the second.")
    reason: Annotated[str, Field(max_length=9_000)] | None = Field(
        default=None, description="Shown to the invitee when the old booking is canceled."
    )


@action(
    "POST /reschedule_event",
    scope="scheduled_events:write",
    role="a host of the event, or an organization admin or owner",
    destroys=True,
    repeatable=True,
    tools=("booking",),
    aws_role="RescheduleRole",
    example={"event": "ef5aa910-186e-5952-8948-d282e2cb0053", "start_time": "2030-01-07T09:00:00Z"},
)
def handler(input: RescheduleEvent, connected: Connected) -> Document[Rescheduled]:
    return reschedule(connected, input.event, input.start_time, input.reason, dry_run=input.dry_run)
