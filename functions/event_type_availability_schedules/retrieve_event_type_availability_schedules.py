"""Retrieve the hours of an event type, by host."""

from actions.inputs import EventTypeRef, PagedInput
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.event_type_availability_schedules import EventTypeAvailabilitySchedule


class RetrieveEventTypeAvailabilitySchedules(PagedInput):
    """Whose hours."""

    event_type: EventTypeRef


@action(
    "GET /event_type_availability_schedules",
    scope="availability:read",
    example={"event_type": "e7c09f00-60ae-5ad0-880a-d7d9ebca060b"},
)
def handler(input: RetrieveEventTypeAvailabilitySchedules, connected: Connected) -> Page[EventTypeAvailabilitySchedule]:
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.event_type_availability_schedules.list(
            event_type=input.event_type, count=count, page_token=page_token
        ),
    )
