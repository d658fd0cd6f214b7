"""Retrieve a contact of the account's own user."""

from typing import Literal

from actions.inputs import ContactRef, Input
from actions.runtime import Connected, action
from calendly.contacts import Contact
from calendly.documents import Document


class RetrieveContact(Input):
    """Which one."""

    contact: ContactRef
    exclude: Literal["custom_fields"] | None = None


@action(
    "GET /contacts/{contact}",
    scope="contacts:read",
    tools=("read",),
    example={"contact": "24e20c37-04a4-5aab-b121-1cbe19d03176"},
)
def handler(input: RetrieveContact, connected: Connected) -> Document[Contact]:
    return connected.calendly.contacts.retrieve(input.contact, exclude=input.exclude)
