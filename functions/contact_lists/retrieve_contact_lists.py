"""Retrieve the Lists and Views of the account's own user, all at once.

Lists (static_list) are filled by hand; Views (dynamic_view) are saved filters. A user has at most 25 of both.
"""

from typing import Literal

from actions.inputs import Input
from actions.runtime import Connected, action
from calendly.contact_lists import ContactList
from calendly.documents import Page


class RetrieveContactLists(Input):
    """Which of them."""

    type: Literal["static_list", "dynamic_view"] | None = None


@action("GET /contact_lists", scope="contacts:read", example={"type": "static_list"})
def handler(input: RetrieveContactLists, connected: Connected) -> Page[ContactList]:
    return connected.calendly.contact_lists.list(type=input.type)
