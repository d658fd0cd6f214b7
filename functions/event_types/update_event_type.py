"""Change a one-on-one event type; what is left out stays as it is.

Calendly deletes no event types: active false takes one off the pages.
"""

from typing import Annotated

from pydantic import Field

from actions.changes import ChangeInput
from actions.event_types import EventTypeInput
from actions.inputs import EventTypeRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.event_types import EventType


class UpdateEventType(ChangeInput, EventTypeInput):
    """Which one, and what changes."""

    event_type: EventTypeRef
    name: Annotated[str, Field(min_length=1)] | None = Field(default=None, description="What it is called.")


@action(
    "PATCH /event_types/{event_type}",
    scope="event_types:write",
    role="a one-on-one event type, and its host or an organization admin or owner",
    repeatable=True,
    example={"event_type": "e7c09f00-60ae-5ad0-880a-d7d9ebca060b", "description": "A first talk.", "after_buffer": 15},
)
def handler(input: UpdateEventType, connected: Connected) -> Document[EventType]:
    return connected.calendly.event_types.update(input.event_type, input.changes())
