"""Retrieve an invitation to an organization: whether it is pending, accepted or declined."""

from actions.invitations import InvitationInput
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.organizations import OrganizationInvitation


class RetrieveOrganizationInvitation(InvitationInput):
    """Which one."""


@action(
    "GET /organizations/{organization}/invitations/{invitation}",
    scope="organizations:read",
    role="an organization admin or owner",
    example={"organization": "me", "invitation": "f3919646-8002-5a6c-987c-3070010464c8"},
)
def handler(input: RetrieveOrganizationInvitation, connected: Connected) -> Document[OrganizationInvitation]:
    organization = input.organization_of(connected)
    return connected.calendly.organization_invitations.retrieve(input.invitation, organization)
