"""Retrieve the account's own notes on up to ten contacts, the latest change first."""

from typing import Annotated

from pydantic import Field

from actions.inputs import ContactRef, PagedInput, Split
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.notes import Note


class RetrieveNotes(PagedInput):
    """On which contacts."""

    contact: Annotated[
        list[ContactRef], Split, Field(min_length=1, max_length=10, description="Contacts, 1 to 10: UUIDs or URIs.")
    ]


@action(
    "GET /notes",
    scope="contacts:read",
    tools=("read",),
    example={"contact": ["24e20c37-04a4-5aab-b121-1cbe19d03176", "3e23146d-d591-52da-bd39-0252562f926e"]},
)
def handler(input: RetrieveNotes, connected: Connected) -> Page[Note]:
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.notes.list(
            contacts=input.contact, count=count, page_token=page_token
        ),
    )
