"""Retrieve a membership of an organization: who the member is, and in which role."""

from actions.inputs import Input, MembershipRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.organizations import OrganizationMembership


class RetrieveOrganizationMembership(Input):
    """Which one."""

    organization_membership: MembershipRef


@action(
    "GET /organization_memberships/{organization_membership}",
    scope="organizations:read",
    role="an organization admin or owner for other people's",
    example={"organization_membership": "761188d7-7f14-55ef-b3e1-9ad04c362159"},
)
def handler(input: RetrieveOrganizationMembership, connected: Connected) -> Document[OrganizationMembership]:
    return connected.calendly.organization_memberships.retrieve(input.organization_membership)
