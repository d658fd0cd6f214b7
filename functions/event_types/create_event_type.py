"""Create a one-on-one event type. It cannot be booked before active is true."""

from pydantic import Field

from actions.event_types import EventTypeInput
from actions.inputs import CreateInput, UserRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.event_types import EventType


class CreateEventType(CreateInput, EventTypeInput):
    """Whose it is, and what is particular to it; Calendly's defaults apply to what is left out."""

    owner: UserRef = "me"
    name: str = Field(min_length=1, description="What it is called.")


@action(
    "POST /event_types",
    scope="event_types:write",
    role="the user whose event type it is, or an organization admin or owner",
    example={"name": "Demo", "duration": 45, "locations": [{"kind": "zoom_conference"}], "active": True},
)
def handler(input: CreateEventType, connected: Connected) -> Document[EventType]:
    return connected.calendly.event_types.create(
        owner=connected.user(input.owner), name=input.name, fields=input.fields()
    )
