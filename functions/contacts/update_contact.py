"""Change a contact of the account's own user."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from actions.contacts import ContactDetails, ContactEmails
from actions.inputs import ContactRef
from actions.runtime import Connected, action
from calendly.contacts import Contact
from calendly.documents import Document


class UpdateContact(ContactDetails):
    """Which contact, and what changes. What is left out stays as it is."""

    contact: ContactRef
    name: Annotated[str, Field(min_length=1)] | None = Field(default=None, description="The contact's whole name.")
    emails: ContactEmails | None = Field(default=None, description="Addresses, 1 to 10; they replace those there are.")

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        if not self.fields():
            raise ValueError("must hold something to change, such as name, emails or company")
        return self


@action(
    "PATCH /contacts/{contact}",
    scope="contacts:write",
    repeatable=True,
    example={"contact": "24e20c37-04a4-5aab-b121-1cbe19d03176", "company": "Initech"},
)
def handler(input: UpdateContact, connected: Connected) -> Document[Contact]:
    return connected.calendly.contacts.update(input.contact, input.fields())
