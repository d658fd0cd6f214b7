"""Find the bookings of an invitee by e-mail address, each event with the invitee, across the organization.

None is NotFoundError. A user who may not list the organization's events gives user: me.
"""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import Field

from actions.finding import MOST_EVENTS, bookings
from actions.inputs import Email, Input, OrganizationRef, PageToken, UserRef, WholeNumber
from actions.runtime import Answer, Connected, action
from calendly.documents import to_timestamp
from calendly.errors import NotFoundError


class FindInviteeBookings(Input):
    """Whose bookings, and which."""

    email: Email = Field(description="The invitee's e-mail address.")
    when: Literal["upcoming", "past", "all"] = "upcoming"
    status: Literal["active", "canceled"] | None = None
    user: UserRef | None = None
    organization: OrganizationRef | None = None
    count: Annotated[WholeNumber, Field(ge=1, le=MOST_EVENTS)] = Field(default=20, description="Events per page.")
    page_token: PageToken | None = Field(default=None, description="next_page_token of the previous answer.")


@action(
    "GET /find_invitee_bookings",
    scope="scheduled_events:read",
    role="an organization admin or owner; others give user: me",
    tools=("read", "booking"),
    example={"email": "invitee-e50a3d375c36@example.com", "when": "all"},
)
def handler(input: FindInviteeBookings, connected: Connected) -> Answer:
    user = connected.user(input.user) if input.user else None
    now = to_timestamp(datetime.now(UTC))
    events = connected.calendly.scheduled_events.list(
        user=user,
        organization=None if user and connected.is_me(user) else connected.organization(input.organization),
        invitee_email=input.email,
        status=input.status,
        sort="start_time:asc" if input.when == "upcoming" else "start_time:desc",
        min_start_time=now if input.when == "upcoming" else None,
        max_start_time=now if input.when == "past" else None,
        count=input.count,
        page_token=input.page_token,
    )
    found = bookings(connected, events, input.email)
    token = events.next_page_token
    if not (found or token or input.page_token):
        raise NotFoundError("Nobody with this e-mail address has such a booking. Try when: all, or another address.")
    return Answer({"collection": found, "pagination": {"count": len(found), "next_page_token": token}})
