"""Retrieve the groups of an organization."""

from actions.inputs import OrganizationRef, PagedInput
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.groups import Group


class RetrieveGroups(PagedInput):
    """The organization; defaults to the account's own."""

    organization: OrganizationRef | None = None


@action(
    "GET /groups",
    scope="groups:read",
    role="an organization admin or owner, or a group admin",
    example={"all_pages": True},
)
def handler(input: RetrieveGroups, connected: Connected) -> Page[Group]:
    organization = connected.organization(input.organization)
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.groups.list(
            organization=organization, count=count, page_token=page_token
        ),
    )
