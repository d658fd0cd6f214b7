"""Retrieve the hosts of an event type."""

from actions.inputs import EventTypeRef, PagedInput
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.event_type_memberships import EventTypeMembership


class RetrieveEventTypeMemberships(PagedInput):
    """Whose hosts."""

    event_type: EventTypeRef


@action(
    "GET /event_type_memberships",
    scope="event_types:read",
    example={"event_type": "93d672f5-3263-5bf6-9b19-132e1fa7a9f9", "count": 2},
)
def handler(input: RetrieveEventTypeMemberships, connected: Connected) -> Page[EventTypeMembership]:
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.event_type_memberships.list(
            event_type=input.event_type, count=count, page_token=page_token
        ),
    )
