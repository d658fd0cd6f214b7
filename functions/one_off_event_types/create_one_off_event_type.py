"""Create an event type for one occasion, and a link that books it."""

from typing import Annotated

from pydantic import Field

from actions.date_settings import DateSetting
from actions.event_types import Minutes
from actions.inputs import CreateInput, UserRef
from actions.parts import Timezone
from actions.places import Place
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.event_types import EventType


class CreateOneOffEventType(CreateInput):
    """Who hosts it, and when it can be booked."""

    name: Annotated[str, Field(min_length=1, max_length=55, description="At most 55 characters.")]
    host: UserRef = "me"
    co_hosts: list[UserRef] | None = Field(default=None, description="Users who host it together with the host.")
    duration: Minutes = Field(description="Minutes, 1 to 720.")
    timezone: Timezone | None = Field(default=None, description="IANA name; the host's if left out.")
    date_setting: DateSetting = Field(description="When it can be booked.")
    location: Place | None = Field(default=None, description="Where the host and the invitee meet.")


@action(
    "POST /one_off_event_types",
    scope="event_types:write",
    role="the host, or an organization admin or owner",
    tools=("booking",),
    example={
        "name": "Contract talk",
        "duration": 30,
        "date_setting": {"type": "date_range", "start_date": "2030-01-07", "end_date": "2030-01-11"},
        "location": {"kind": "zoom_conference"},
    },
)
def handler(input: CreateOneOffEventType, connected: Connected) -> Document[EventType]:
    return connected.calendly.one_off_event_types.create(
        name=input.name,
        host=connected.user(input.host),
        co_hosts=None if input.co_hosts is None else [connected.user(user) for user in input.co_hosts],
        duration=input.duration,
        timezone=input.timezone,
        date_setting=input.date_setting.to_json(),
        location=input.location.to_json() if input.location else None,
    )
