"""Retrieve when an event type can be booked, over any range from now on.

A range that is too long for one answer comes in parts.
"""

from actions.inputs import EventTypeRef
from actions.lists import Fetch, Order
from actions.ranges import RangeInput
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.event_type_available_times import EventTypeAvailableTime


class RetrieveEventTypeAvailableTimes(RangeInput):
    """Of which event type, and when."""

    event_type: EventTypeRef


@action(
    "GET /event_type_available_times",
    scope="availability:read",
    tools=("read", "booking"),
    example={
        "event_type": "e7c09f00-60ae-5ad0-880a-d7d9ebca060b",
        "start_time": "2030-01-07T00:00:00Z",
        "end_time": "2030-02-16T00:00:00Z",
    },
)
def handler(input: RetrieveEventTypeAvailableTimes, connected: Connected) -> Page[EventTypeAvailableTime]:
    def times_from(start_time: str) -> Fetch[EventTypeAvailableTime]:
        return lambda _, page_token: connected.calendly.event_type_available_times.piece(
            event_type=input.event_type, start_time=start_time, end_time=input.end_time, page_token=page_token
        )

    return connected.list_pieces(
        input.page_token,
        {"account": input.account, "event_type": input.event_type, "end_time": input.end_time},
        lambda page_token: times_from(input.start_time)(None, page_token),
        Order("start_time", times_from),
    )
