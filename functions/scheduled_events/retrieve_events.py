"""Retrieve the scheduled events of a user, a group or an organization.

Without user, organization and group, returns those of the account's own user.
"""

from typing import Literal

from pydantic import Field

from actions.inputs import Email, GroupRef, OrganizationRef, PagedInput, Timestamp, UserRef
from actions.lists import Fetch, Order
from actions.runtime import Connected, action
from calendly.bounds import is_time
from calendly.documents import Page
from calendly.scheduled_events import ScheduledEvent


class RetrieveEvents(PagedInput):
    """The owner of the events, and filters."""

    user: UserRef | None = None
    organization: OrganizationRef | None = None
    group: GroupRef | None = None
    invitee_email: Email | None = Field(default=None, description="Only events with this invitee.")
    status: Literal["active", "canceled"] | None = None
    sort: Literal["start_time:asc", "start_time:desc"] | None = None
    min_start_time: Timestamp | None = Field(default=None, description="The earliest start time to include.")
    max_start_time: Timestamp | None = Field(default=None, description="The latest start time to include.")


@action(
    "GET /scheduled_events",
    scope="scheduled_events:read",
    role="an organization admin or owner for other people's events, a group admin for a group's",
    tools=("read", "booking"),
    example={"status": "active", "count": 10, "sort": "start_time:asc"},
)
def handler(input: RetrieveEvents, connected: Connected) -> Page[ScheduledEvent]:
    user, organization = input.user, connected.organization_if_given(input.organization)
    if not (user or organization or input.group):
        user = "me"
    user = connected.user(user) if user else None
    # Calendly requires the organization for everybody's events except one's own.
    if input.group or (user and not connected.is_me(user)):
        organization = connected.organization(organization)

    def events_from(start_time: str | None) -> Fetch[ScheduledEvent]:
        """The list, or its part from a start time on, in either sort order."""
        descending = input.sort == "start_time:desc"
        return lambda count, page_token: connected.calendly.scheduled_events.list(
            user=user,
            organization=organization,
            group=input.group,
            invitee_email=input.invitee_email,
            status=input.status,
            sort=input.sort,
            min_start_time=input.min_start_time if descending else start_time or input.min_start_time,
            max_start_time=start_time or input.max_start_time if descending else input.max_start_time,
            count=count,
            page_token=page_token,
        )

    bound = "max_start_time" if input.sort == "start_time:desc" else "min_start_time"
    order = Order("start_time", events_from, bound, is_time)
    return connected.list(input, events_from(None), order)
