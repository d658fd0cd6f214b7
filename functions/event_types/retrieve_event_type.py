"""Retrieve an event type. A deleted one is returned with deleted_at."""

from actions.inputs import EventTypeRef, Input
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.event_types import EventType


class RetrieveEventType(Input):
    """The event type."""

    event_type: EventTypeRef


@action(
    "GET /event_types/{event_type}",
    scope="event_types:read",
    tools=("read",),
    example={"event_type": "e7c09f00-60ae-5ad0-880a-d7d9ebca060b"},
)
def handler(input: RetrieveEventType, connected: Connected) -> Document[EventType]:
    return connected.calendly.event_types.retrieve(input.event_type)
