"""Retrieve the event types of a user, or of a whole organization: ``GET /event_types``."""

from typing import Annotated

from pydantic import AfterValidator

from actions.inputs import OrganizationRef, PagedInput, ScheduleRef, UserRef
from actions.runtime import Answer, Connected, action

SORTABLE = {f"{field}:{way}" for field in ("name", "position", "created_at", "updated_at") for way in ("asc", "desc")}


def _sort(value: str) -> str:
    if not set(value.split(",")) <= SORTABLE:
        raise ValueError(
            "must be name, position, created_at or updated_at, each with :asc or :desc, and commas between"
        )
    return value


class RetrieveUsersEventTypes(PagedInput):
    """Whose event types, and which of them. Without user and organization, the account's own user's."""

    user: UserRef | None = None
    organization: OrganizationRef | None = None
    active: bool | None = None
    admin_managed: bool | None = None
    user_availability_schedule: ScheduleRef | None = None
    sort: Annotated[str, AfterValidator(_sort)] | None = None


@action(scope="event_types:read")
def handler(input: RetrieveUsersEventTypes, connected: Connected) -> Answer:
    user = None if input.organization and not input.user else connected.user(input.user)
    return connected.pages(
        input,
        lambda count, page_token: connected.calendly.event_types.list(
            user=user,
            organization=input.organization,
            active=input.active,
            admin_managed=input.admin_managed,
            user_availability_schedule=input.user_availability_schedule,
            sort=input.sort,
            count=count,
            page_token=page_token,
        ),
    )
