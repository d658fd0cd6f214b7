"""Give a List or a View of contacts another name."""

from pydantic import Field

from actions.inputs import ContactListRef, ShortText, WriteInput
from actions.runtime import Connected, action
from calendly.contact_lists import ContactList
from calendly.documents import Document


class UpdateContactList(WriteInput):
    """Which one, and its new name."""

    contact_list: ContactListRef
    name: ShortText = Field(description="What no other List is called, up to 255 characters.")


@action(
    "PATCH /contact_lists/{contact_list}",
    scope="contacts:write",
    repeatable=True,
    example={"contact_list": "9f4ed8e0-c9c1-5013-b723-0404ae87b083", "name": "Our customers"},
)
def handler(input: UpdateContactList, connected: Connected) -> Document[ContactList]:
    return connected.calendly.contact_lists.update(input.contact_list, name=input.name)
