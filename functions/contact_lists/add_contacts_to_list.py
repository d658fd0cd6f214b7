"""Put contacts on a List; those that are on it already stay.

The answer counts the contacts that are not known, or not the account's; the others are done.
"""

from actions.inputs import ContactsInput
from actions.runtime import Connected, action
from calendly.contact_lists import ContactListMembershipResult
from calendly.documents import Document


class AddContactsToList(ContactsInput):
    """Which List, and which contacts."""


@action(
    "POST /contact_lists/{contact_list}/memberships",
    scope="contacts:write",
    repeatable=True,
    example={
        "contact_list": "9f4ed8e0-c9c1-5013-b723-0404ae87b083",
        "contacts": ["24e20c37-04a4-5aab-b121-1cbe19d03176", "0b9a0c5a-2254-524d-ac32-43773c6d7d4c"],
    },
)
def handler(input: AddContactsToList, connected: Connected) -> Document[ContactListMembershipResult]:
    return connected.calendly.contact_lists.add(input.contact_list, input.contacts)
