"""Retrieve a scheduled event."""

from actions.inputs import EventRef, Input
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.scheduled_events import ScheduledEvent


class RetrieveEvent(Input):
    """The scheduled event."""

    event: EventRef


@action(
    "GET /scheduled_events/{event}",
    scope="scheduled_events:read",
    role="a host of the event, or an organization admin or owner",
    tools=("read", "booking"),
    example={"event": "0109bf43-36f4-54e3-b850-e50a3d375c36"},
)
def handler(input: RetrieveEvent, connected: Connected) -> Document[ScheduledEvent]:
    return connected.calendly.scheduled_events.retrieve(input.event)
