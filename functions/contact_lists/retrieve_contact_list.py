"""Retrieve a List or a View of contacts; retrieve_contacts tells who is on it."""

from actions.inputs import ContactListRef, Input
from actions.runtime import Connected, action
from calendly.contact_lists import ContactList
from calendly.documents import Document


class RetrieveContactList(Input):
    """Which one."""

    contact_list: ContactListRef


@action(
    "GET /contact_lists/{contact_list}",
    scope="contacts:read",
    example={"contact_list": "9f4ed8e0-c9c1-5013-b723-0404ae87b083"},
)
def handler(input: RetrieveContactList, connected: Connected) -> Document[ContactList]:
    return connected.calendly.contact_lists.retrieve(input.contact_list)
