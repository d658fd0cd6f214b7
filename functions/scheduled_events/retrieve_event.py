"""Retrieve a scheduled event: ``GET /scheduled_events/{uuid}``."""

from actions.inputs import EventRef, Input
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.scheduled_events import ScheduledEvent


class RetrieveEvent(Input):
    """``event``: which one."""

    event: EventRef


@action(scope="scheduled_events:read")
def handler(input: RetrieveEvent, connected: Connected) -> Document[ScheduledEvent]:
    return connected.calendly.scheduled_events.retrieve(input.event)
