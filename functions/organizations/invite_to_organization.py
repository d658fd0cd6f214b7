"""Invite somebody to an organization by e-mail, to the account's own unless another is named."""

from pydantic import Field

from actions.inputs import CreateInput, Email, OrganizationRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.organizations import OrganizationInvitation


class InviteToOrganization(CreateInput):
    """Whom, and to which organization."""

    organization: OrganizationRef = "me"
    email: Email = Field(description="Who is invited; Calendly writes to this address.")


@action(
    "POST /organizations/{organization}/invitations",
    scope="organizations:write",
    role="an organization admin or owner",
    example={"organization": "me", "email": "new-colleague@example.com"},
)
def handler(input: InviteToOrganization, connected: Connected) -> Document[OrganizationInvitation]:
    organization = connected.organization(input.organization)
    return connected.calendly.organization_invitations.create(organization, email=input.email)
