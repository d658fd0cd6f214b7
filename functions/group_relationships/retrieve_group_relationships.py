"""Retrieve which members and invitations are in which group.

Without organization, owner and group, returns those of the account's own organization.
"""

from actions.inputs import GroupOwnerRef, GroupRef, OrganizationRef, PagedInput
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.groups import GroupRelationship


class RetrieveGroupRelationships(PagedInput):
    """Filters."""

    organization: OrganizationRef | None = None
    owner: GroupOwnerRef | None = None
    group: GroupRef | None = None


@action(
    "GET /group_relationships",
    scope="groups:read",
    role="an organization admin or owner, or a group admin",
    example={"group": "84b4e872-3b32-52bb-bc65-af3940f3765c"},
)
def handler(input: RetrieveGroupRelationships, connected: Connected) -> Page[GroupRelationship]:
    organization = connected.organization_if_given(input.organization)
    if not (organization or input.owner or input.group):
        organization = connected.organization(None)
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.group_relationships.list(
            organization=organization, owner=input.owner, group=input.group, count=count, page_token=page_token
        ),
    )
