"""Retrieve an organization: its name, plan and stage; the account's own unless another is named."""

from actions.inputs import Input, OrganizationRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.organizations import Organization


class RetrieveOrganization(Input):
    """Which one."""

    organization: OrganizationRef = "me"


@action(
    "GET /organizations/{organization}",
    scope="organizations:read",
    role="a member of the organization",
    example={"organization": "me"},
)
def handler(input: RetrieveOrganization, connected: Connected) -> Document[Organization]:
    return connected.calendly.organizations.retrieve(connected.organization(input.organization))
