"""Find an event type by name or slug: of a user, a team, or the whole organization.

Without user, team and organization, looks among those of the account's own user. One match is the answer; several are
AmbiguousReferenceError with the candidates.
"""

from typing import Annotated

from pydantic import Field

from actions.finding import find_event_type
from actions.inputs import Input, OrganizationRef, TeamRef, UserRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.event_types import EventType


class FindEventType(Input):
    """What is looked for, and where."""

    name: Annotated[str, Field(min_length=1)] = Field(description="The event type's whole name, or its slug.")
    user: UserRef | None = None
    team: TeamRef | None = None
    organization: OrganizationRef | None = None
    active: bool = Field(default=True, description="Look among active event types, or among inactive ones.")


@action(
    "GET /find_event_type",
    scope="event_types:read",
    role="an organization admin or owner for a team or the organization, or the user whose event types they are",
    tools=("read", "booking"),
    example={"name": "30 Minute Meeting", "user": "me"},
)
def handler(input: FindEventType, connected: Connected) -> Document[EventType]:
    whole = (input.team or input.organization) and not input.user
    found = find_event_type(
        connected,
        name=input.name,
        user=None if whole else connected.user(input.user),
        organization=connected.organization(input.organization) if whole else None,
        team=input.team,
        active=input.active,
    )
    return Document({"resource": found}, EventType)
