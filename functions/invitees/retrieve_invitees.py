"""Retrieve the invitees of a scheduled event."""

from typing import Literal

from pydantic import Field

from actions.inputs import Email, EventRef, PagedInput
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.invitees import Invitee


class RetrieveInvitees(PagedInput):
    """The event, and filters."""

    event: EventRef
    status: Literal["active", "canceled"] | None = None
    email: Email | None = Field(default=None, description="Only the invitee with this e-mail address.")
    sort: Literal["created_at:asc", "created_at:desc"] | None = None


@action(
    "GET /scheduled_events/{event}/invitees",
    scope="scheduled_events:read",
    role="a host of the event, or an organization admin or owner",
    tools=("read", "booking"),
    example={"event": "f8b54aa6-b0c4-5f63-bd26-3e46a64fb76b", "count": 2, "sort": "created_at:asc"},
)
def handler(input: RetrieveInvitees, connected: Connected) -> Page[Invitee]:
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.invitees.list(
            input.event,
            status=input.status,
            email=input.email,
            sort=input.sort,
            count=count,
            page_token=page_token,
        ),
    )
