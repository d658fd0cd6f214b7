"""Retrieve who is in which group: ``GET /group_relationships``."""

from actions.inputs import GroupOwnerRef, GroupRef, OrganizationRef, PagedInput
from actions.runtime import Answer, Connected, action


class RetrieveGroupRelationships(PagedInput):
    """Which relationships; without any filter, all of the account's own organization.

    Attributes:
        owner: a member (UUID or URI of an organization membership) or an invitation (URI).
    """

    organization: OrganizationRef | None = None
    owner: GroupOwnerRef | None = None
    group: GroupRef | None = None


@action(scope="groups:read")
def handler(input: RetrieveGroupRelationships, connected: Connected) -> Answer:
    organization = input.organization
    if not (organization or input.owner or input.group):
        organization = connected.organization(None)
    return connected.pages(
        input,
        lambda count, page_token: connected.calendly.group_relationships.list(
            organization=organization, owner=input.owner, group=input.group, count=count, page_token=page_token
        ),
    )
