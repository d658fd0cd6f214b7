"""Retrieve the members of an organization, with their roles.

Without user and organization, returns the members of the account's own organization.
"""

from typing import Literal

from pydantic import Field

from actions.inputs import Email, OrganizationRef, PagedInput, UserRef
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.organizations import OrganizationMembership


class RetrieveOrganizationMemberships(PagedInput):
    """Filters. Without user and organization, the account's own organization."""

    user: UserRef | None = None
    organization: OrganizationRef | None = None
    email: Email | None = Field(default=None, description="Only the member with this e-mail address.")
    role: Literal["owner", "admin", "user"] | None = None


@action(
    "GET /organization_memberships",
    scope="organizations:read",
    role="an organization admin or owner for other people's",
    tools=("read",),
    example={"count": 3},
)
def handler(input: RetrieveOrganizationMemberships, connected: Connected) -> Page[OrganizationMembership]:
    user = connected.user(input.user) if input.user else None
    organization = connected.organization_if_given(input.organization)
    if not user:
        organization = connected.organization(organization)
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.organization_memberships.list(
            user=user,
            organization=organization,
            email=input.email,
            role=input.role,
            count=count,
            page_token=page_token,
        ),
    )
