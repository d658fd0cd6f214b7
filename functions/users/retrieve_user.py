"""Retrieve a user."""

from actions.inputs import Input, UserRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.users import User


class RetrieveUser(Input):
    """The user."""

    user: UserRef = "me"


@action(
    "GET /users/{user}",
    scope="users:read",
    role="a user of the same organization",
    tools=("read", "booking"),
    example={"user": "me"},
)
def handler(input: RetrieveUser, connected: Connected) -> Document[User]:
    return connected.calendly.users.retrieve(input.user)
