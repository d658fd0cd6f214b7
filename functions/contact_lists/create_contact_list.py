"""Make a List of contacts, empty or with some on it.

Contacts that could not be put on it are told in ``membership_result``; the List is there all the same.
"""

from typing import Annotated

from pydantic import Field

from actions.inputs import ContactRef, CreateInput, ShortText
from actions.runtime import Connected, action
from calendly.contact_lists import ContactList
from calendly.documents import Document


class CreateContactList(CreateInput):
    """Its name, and who is on it."""

    name: ShortText = Field(description="What no other List is called, up to 255 characters.")
    contacts: Annotated[list[ContactRef], Field(max_length=500)] | None = Field(
        default=None, description="Contacts to put on it, at most 500: UUIDs or URIs."
    )


def look(input: CreateContactList, connected: Connected) -> Document[ContactList] | None:
    """Calendly says that a List may exist although making it failed."""
    return connected.calendly.contact_lists.find(input.name)


@action(
    "POST /contact_lists",
    scope="contacts:write",
    look=look,
    example={"name": "Visitors of the fair", "contacts": ["24e20c37-04a4-5aab-b121-1cbe19d03176"]},
)
def handler(input: CreateContactList, connected: Connected) -> Document[ContactList]:
    return connected.calendly.contact_lists.create(name=input.name, contacts=input.contacts)
