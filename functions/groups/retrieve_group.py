"""Retrieve a group: ``GET /groups/{uuid}``."""

from actions.inputs import GroupRef, Input
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.groups import Group


class RetrieveGroup(Input):
    """``group``: which one."""

    group: GroupRef


@action(scope="groups:read")
def handler(input: RetrieveGroup, connected: Connected) -> Document[Group]:
    return connected.calendly.groups.retrieve(input.group)
