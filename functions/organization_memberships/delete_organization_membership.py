"""Remove a member from an organization. The owner cannot be removed."""

from typing import ClassVar

from actions.inputs import ConfirmedInput, MembershipRef
from actions.runtime import Answer, Connected, action


class DeleteOrganizationMembership(ConfirmedInput):
    """Whose membership."""

    consequence: ClassVar[str] = "The member would lose their place in the organization."

    organization_membership: MembershipRef


@action(
    "DELETE /organization_memberships/{organization_membership}",
    scope="organizations:write",
    role="an organization admin or owner",
    destroys=True,
    repeatable=True,
    example={"organization_membership": "045ddca7-af60-596b-b5ad-148e1598aaa0", "confirm": True},
)
def handler(input: DeleteOrganizationMembership, connected: Connected) -> Answer:
    uri = connected.calendly.organization_memberships.delete(input.organization_membership)
    return Answer({"organization_membership": uri, "deleted": True})
