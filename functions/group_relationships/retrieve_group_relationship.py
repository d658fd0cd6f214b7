"""Retrieve the membership of a member or an invitation in a group."""

from actions.inputs import GroupRelationshipRef, Input
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.groups import GroupRelationship


class RetrieveGroupRelationship(Input):
    """The group relationship."""

    group_relationship: GroupRelationshipRef


@action(
    "GET /group_relationships/{group_relationship}",
    scope="groups:read",
    role="an organization admin or owner, or a group admin",
    example={"group_relationship": "1ebb822d-4f6c-5d88-a9fb-578865f5ad2b"},
)
def handler(input: RetrieveGroupRelationship, connected: Connected) -> Document[GroupRelationship]:
    return connected.calendly.group_relationships.retrieve(input.group_relationship)
