"""Retrieve the contacts of the account's own user, all of them or those that fit."""

from typing import Annotated, Literal

from pydantic import Field

from actions.inputs import ContactListRef, Email, PagedInput, Split
from actions.runtime import Connected, action
from calendly.contacts import Contact
from calendly.documents import Page


class RetrieveContacts(PagedInput):
    """Which contacts. They have to fit everything that is given."""

    email: Annotated[list[Email], Split] | None = Field(
        default=None, description="Addresses, of which a contact has to have one."
    )
    phone_number: str | None = Field(default=None, description="Exactly this phone number.")
    name: str | None = Field(default=None, description="A part of the name.")
    timezone: str | None = Field(default=None, description="Exactly this time zone, such as Europe/Berlin.")
    job_title: str | None = Field(default=None, description="Exactly this job title.")
    company: str | None = Field(default=None, description="Exactly this company.")
    country: str | None = Field(default=None, description="Exactly this country.")
    state: str | None = Field(default=None, description="Exactly this state or region.")
    city: str | None = Field(default=None, description="Exactly this city.")
    contact_list: ContactListRef | None = None
    exclude: Literal["custom_fields"] | None = None
    sort: Literal["created_at:asc", "created_at:desc", "updated_at:asc", "updated_at:desc"] | None = None


@action("GET /contacts", scope="contacts:read", tools=("read",), example={"name": "Contact", "count": 10})
def handler(input: RetrieveContacts, connected: Connected) -> Page[Contact]:
    wanted = {name: value for name, value in input.filters().items() if name != "account"}
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.contacts.list(**wanted, count=count, page_token=page_token),
    )
