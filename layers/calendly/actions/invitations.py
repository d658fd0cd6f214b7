"""The input of what is done with one invitation to an organization."""

from __future__ import annotations

from pydantic import ValidationInfo, field_validator

from actions.connected import Connected
from actions.inputs import Input, InvitationRef, OrganizationRef
from calendly.references import uuid_of


class InvitationInput(Input):
    """Which invitation: by URI, or by UUID and the organization; without an organization, the account's own."""

    organization: OrganizationRef = "me"
    invitation: InvitationRef

    @field_validator("invitation")
    @classmethod
    def _is_to_the_organization(cls, invitation: str, info: ValidationInfo) -> str:
        organization = info.data.get("organization", "me")
        if "/" in invitation and organization != "me" and f"/{uuid_of(organization)}/invitations/" not in invitation:
            raise ValueError("is an invitation to another organization")
        return invitation

    def organization_of(self, connected: Connected) -> str | None:
        """The organization, where the invitation does not say it."""
        return None if "/" in self.invitation else connected.organization(self.organization)
