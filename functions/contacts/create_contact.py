"""Create a contact of the account's own user."""

from pydantic import Field

from actions.contacts import ContactDetails, ContactEmails
from actions.inputs import CreateInput
from actions.runtime import Connected, action
from calendly.contacts import Contact
from calendly.documents import Document


class CreateContact(ContactDetails, CreateInput):
    """Who it is."""

    name: str = Field(min_length=1, description="The contact's whole name.")
    emails: ContactEmails


@action(
    "POST /contacts",
    scope="contacts:write",
    example={"name": "Eve Adams", "emails": [{"email": "eve@example.com"}], "company": "Acme"},
)
def handler(input: CreateContact, connected: Connected) -> Document[Contact]:
    return connected.calendly.contacts.create(input.fields())
