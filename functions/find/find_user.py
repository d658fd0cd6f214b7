"""Find a user of the organization by e-mail address or name.

One match is the answer; several are AmbiguousReferenceError with the candidates.
"""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from actions.finding import find_user
from actions.inputs import Email, Input, OrganizationRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.users import User


class FindUser(Input):
    """Who is looked for: email or name."""

    email: Email | None = Field(default=None, description="The user's e-mail address.")
    name: Annotated[str, Field(min_length=1)] | None = Field(
        default=None, validate_default=True, description="The user's full name, or slug, in place of email."
    )
    organization: OrganizationRef | None = None

    @field_validator("name")
    @classmethod
    def _in_place_of_email(cls, name: str | None, info: ValidationInfo) -> str | None:
        if "email" in info.data and bool(name) == bool(info.data["email"]):
            raise ValueError("is given beside email: give one of them" if name else "is required, or email")
        return name


@action(
    "GET /find_user",
    scope="organizations:read",
    role="an organization admin or owner",
    tools=("read", "booking"),
    example={"name": "Ada Lovelace"},
)
def handler(input: FindUser, connected: Connected) -> Document[User]:
    organization = connected.organization(input.organization)
    user = find_user(connected, organization, email=input.email, name=input.name)
    return connected.calendly.users.retrieve(user)
