"""Retrieve a user: ``GET /users/{uuid}``."""

from actions.inputs import Input, UserRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.users import User


class RetrieveUser(Input):
    """``user``: which one; the account's own if left out."""

    user: UserRef = "me"


@action(scope="users:read")
def handler(input: RetrieveUser, connected: Connected) -> Document[User]:
    return connected.calendly.users.retrieve(input.user)
