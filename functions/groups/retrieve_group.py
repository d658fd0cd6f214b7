"""Retrieve a group."""

from actions.inputs import GroupRef, Input
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.groups import Group


class RetrieveGroup(Input):
    """The group."""

    group: GroupRef


@action(
    "GET /groups/{group}",
    scope="groups:read",
    role="an organization admin or owner, or a group admin",
    example={"group": "84b4e872-3b32-52bb-bc65-af3940f3765c"},
)
def handler(input: RetrieveGroup, connected: Connected) -> Document[Group]:
    return connected.calendly.groups.retrieve(input.group)
