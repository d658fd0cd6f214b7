"""Retrieve the invitees of a scheduled event: ``GET /scheduled_events/{uuid}/invitees``."""

from typing import Literal

from actions.inputs import Email, EventRef, PagedInput
from actions.runtime import Answer, Connected, action


class RetrieveInvitees(PagedInput):
    """``event``: whose invitees, and which of them."""

    event: EventRef
    status: Literal["active", "canceled"] | None = None
    email: Email | None = None
    sort: Literal["created_at:asc", "created_at:desc"] | None = None


@action(scope="scheduled_events:read")
def handler(input: RetrieveInvitees, connected: Connected) -> Answer:
    return connected.pages(
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
