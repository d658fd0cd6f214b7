"""Retrieve who belongs to an organization, and in which role: ``GET /organization_memberships``."""

from typing import Literal

from actions.inputs import Email, OrganizationRef, PagedInput, UserRef
from actions.runtime import Answer, Connected, action


class RetrieveOrganizationMemberships(PagedInput):
    """Which memberships. Without user and organization, those of the account's own organization."""

    user: UserRef | None = None
    organization: OrganizationRef | None = None
    email: Email | None = None
    role: Literal["owner", "admin", "user"] | None = None


@action(scope="organizations:read")
def handler(input: RetrieveOrganizationMemberships, connected: Connected) -> Answer:
    user = connected.user(input.user) if input.user else None
    organization = input.organization if user else connected.organization(input.organization)
    return connected.pages(
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
