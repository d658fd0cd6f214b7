"""Retrieve the groups of an organization: ``GET /groups``."""

from actions.inputs import OrganizationRef, PagedInput
from actions.runtime import Answer, Connected, action


class RetrieveGroups(PagedInput):
    """``organization``: the account's own if left out."""

    organization: OrganizationRef | None = None


@action(scope="groups:read")
def handler(input: RetrieveGroups, connected: Connected) -> Answer:
    organization = connected.organization(input.organization)
    return connected.pages(
        input,
        lambda count, page_token: connected.calendly.groups.list(
            organization=organization, count=count, page_token=page_token
        ),
    )
