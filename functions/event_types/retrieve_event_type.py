"""Retrieve an event type: ``GET /event_types/{uuid}``."""

from actions.inputs import EventTypeRef, Input
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.event_types import EventType


class RetrieveEventType(Input):
    """``event_type``: which one; deleted ones are found, too, with ``deleted_at`` set."""

    event_type: EventTypeRef


@action(scope="event_types:read")
def handler(input: RetrieveEventType, connected: Connected) -> Document[EventType]:
    return connected.calendly.event_types.retrieve(input.event_type)
