"""Retrieve the free slots of event types or users in any window, merged and sorted, in a time zone and part of the day.

Of users, their active event types count. pagination.next_start_time is null if these are all; otherwise it is the
start_time to continue with.
"""

from itertools import groupby
from operator import itemgetter
from typing import Annotated

from pydantic import Field

from actions.free_slots import EventTypeRefs, Row, UserRefs, WindowInput, event_types_of, free_slots
from actions.inputs import WholeNumber
from actions.runtime import Answer, Connected, action
from calendly.documents import to_timestamp


class RetrieveFreeSlots(WindowInput):
    """Of whom or what, and when. Without event_types and users, those of the account's own user."""

    event_types: EventTypeRefs | None = None
    users: UserRefs | None = None
    max_items: Annotated[WholeNumber, Field(ge=1, le=1000)] = Field(
        default=100, description="The most slots to return; those of one start time come together."
    )


@action(
    "GET /retrieve_free_slots",
    scope="availability:read",
    role="an organization admin or owner for other people's event types",
    tools=("read", "booking"),
    example={
        "event_types": "e7c09f00-60ae-5ad0-880a-d7d9ebca060b",
        "start_time": "2030-01-07T00:00:00Z",
        "end_time": "2030-01-12T00:00:00Z",
        "timezone": "Europe/Berlin",
        "part_of_day": "09:00-12:00",
        "max_items": 10,
    },
)
def handler(input: RetrieveFreeSlots, connected: Connected) -> Answer:
    named = input.event_types.split(",") if input.event_types else []
    users = input.users.split(",") if input.users else [] if named else ["me"]
    event_types = list(dict.fromkeys([*named, *event_types_of(connected, users)]))
    slots: list[Row] = []
    following = None
    for moment, found in groupby(free_slots(connected, event_types, input), key=itemgetter(0)):
        together = [slot for _, slot in found]
        if slots and len(slots) + len(together) > input.max_items:
            following = to_timestamp(moment)
            break
        slots += together
    return Answer({"collection": slots, "pagination": {"count": len(slots), "next_start_time": following}})
