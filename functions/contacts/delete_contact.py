"""Delete a contact of the account's own user."""

from typing import ClassVar

from actions.inputs import ConfirmedInput, ContactRef
from actions.runtime import Answer, Connected, action


class DeleteContact(ConfirmedInput):
    """Which one."""

    consequence: ClassVar[str] = "The contact would be gone for good, also from the Lists it is on."

    contact: ContactRef


@action(
    "DELETE /contacts/{contact}",
    scope="contacts:write",
    destroys=True,
    repeatable=True,
    example={"contact": "24e20c37-04a4-5aab-b121-1cbe19d03176", "confirm": True},
)
def handler(input: DeleteContact, connected: Connected) -> Answer:
    return Answer({"contact": connected.calendly.contacts.delete(input.contact), "deleted": True})
