"""Retrieve teams: those the account can see, or those that a user is in."""

from pydantic import Field

from actions.inputs import PagedInput, UserRef
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.teams import Team


class RetrieveTeams(PagedInput):
    """Whose teams."""

    user: UserRef | None = Field(default=None, description="Only teams that this user is in: UUID or URI, or me.")


@action("GET /teams", scope="organizations:read", example={"count": 10})
def handler(input: RetrieveTeams, connected: Connected) -> Page[Team]:
    user = connected.user(input.user) if input.user else None
    return connected.list(
        input, lambda count, page_token: connected.calendly.teams.list(user=user, count=count, page_token=page_token)
    )
