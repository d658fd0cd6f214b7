"""Retrieve a group relationship: ``GET /group_relationships/{uuid}``."""

from actions.inputs import GroupRelationshipRef, Input
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.groups import GroupRelationship


class RetrieveGroupRelationship(Input):
    """``group_relationship``: which one."""

    group_relationship: GroupRelationshipRef


@action(scope="groups:read")
def handler(input: RetrieveGroupRelationship, connected: Connected) -> Document[GroupRelationship]:
    return connected.calendly.group_relationships.retrieve(input.group_relationship)
