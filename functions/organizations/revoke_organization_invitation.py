"""Revoke an invitation to an organization that is still pending."""

from actions.inputs import WriteInput
from actions.invitations import InvitationInput
from actions.runtime import Answer, Connected, action


class RevokeOrganizationInvitation(InvitationInput, WriteInput):
    """Which one."""


@action(
    "DELETE /organizations/{organization}/invitations/{invitation}",
    scope="organizations:write",
    role="an organization admin or owner",
    destroys=True,
    repeatable=True,
    example={"organization": "me", "invitation": "f3919646-8002-5a6c-987c-3070010464c8"},
)
def handler(input: RevokeOrganizationInvitation, connected: Connected) -> Answer:
    organization = input.organization_of(connected)
    uri = connected.calendly.organization_invitations.revoke(input.invitation, organization)
    return Answer({"invitation": uri, "revoked": True})
