"""Retrieve the invitations to an organization, the account's own unless another is named."""

from typing import Literal

from pydantic import Field

from actions.inputs import Email, OrganizationRef, PagedInput
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.organizations import OrganizationInvitation


class RetrieveOrganizationInvitations(PagedInput):
    """Which organization's invitations, and which of them."""

    organization: OrganizationRef = "me"
    email: Email | None = Field(default=None, description="Only the invitations to this address.")
    status: Literal["pending", "accepted", "declined"] | None = None
    sort: Literal["created_at:asc", "created_at:desc"] | None = None


@action(
    "GET /organizations/{organization}/invitations",
    scope="organizations:read",
    role="an organization admin or owner",
    example={"organization": "me", "status": "pending"},
)
def handler(input: RetrieveOrganizationInvitations, connected: Connected) -> Page[OrganizationInvitation]:
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.organization_invitations.list(
            connected.organization(input.organization),
            email=input.email,
            status=input.status,
            sort=input.sort,
            count=count,
            page_token=page_token,
        ),
    )
