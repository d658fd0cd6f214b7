"""Retrieve the event types of a user or of a whole organization.

Without user and organization, returns those of the account's own user.
"""

from typing import Annotated

from pydantic import AfterValidator, Field

from actions.inputs import OrganizationRef, PagedInput, ScheduleRef, UserRef
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.event_types import EventType

SORTABLE = {f"{field}:{way}" for field in ("name", "position", "created_at", "updated_at") for way in ("asc", "desc")}


def _sort(value: str) -> str:
    if not set(value.split(",")) <= SORTABLE:
        raise ValueError(
            "must be name, position, created_at or updated_at, each with :asc or :desc, separated by commas"
        )
    return value


class RetrieveUsersEventTypes(PagedInput):
    """The owner of the event types, and filters."""

    user: UserRef | None = None
    organization: OrganizationRef | None = None
    active: bool | None = Field(default=None, description="Only active or only inactive event types.")
    admin_managed: bool | None = Field(
        default=None, description="Only event types that an admin manages, or only the others."
    )
    user_availability_schedule: ScheduleRef | None = None
    sort: Annotated[str, AfterValidator(_sort)] | None = Field(
        default=None,
        description="name, position, created_at or updated_at with :asc or :desc, separated by commas.",
    )


@action(
    "GET /event_types",
    scope="event_types:read",
    role="an organization admin or owner, or the user whose event types they are",
    tools=("read", "booking"),
    example={"user": "me", "active": True},
)
def handler(input: RetrieveUsersEventTypes, connected: Connected) -> Page[EventType]:
    user = None if input.organization and not input.user else connected.user(input.user)
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.event_types.list(
            user=user,
            organization=connected.organization_if_given(input.organization),
            active=input.active,
            admin_managed=input.admin_managed,
            user_availability_schedule=input.user_availability_schedule,
            sort=input.sort,
            count=count,
            page_token=page_token,
        ),
    )
