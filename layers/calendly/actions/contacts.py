"""What a contact is made of, for the actions that create and change one."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field

from actions.inputs import CustomFieldRef, Email, WriteInput
from actions.parts import Part
from calendly.references import uuid_of


class ContactEmail(Part):
    """An address of a contact."""

    email: Email = Field(description="The address.")
    is_primary: bool = Field(default=False, description="Exactly one is; a single address always is.")


class ContactPhone(Part):
    """A phone number of a contact."""

    phone_number: str = Field(min_length=1, description="The number, with its country code.")


def _field_value(value: Any) -> Any:
    plain = value is None or (isinstance(value, (str, int, float)) and not isinstance(value, bool))
    if not plain and not (isinstance(value, list) and all(isinstance(each, str) for each in value)):
        raise ValueError("must be text, a number, or a list of texts for tags")
    return value


class ContactCustomField(Part):
    """The value of a custom field."""

    uuid: CustomFieldRef
    value: Annotated[Any, AfterValidator(_field_value)] = Field(
        description="Text; a number, for a currency an amount, not cents; a date such as 2026-01-31; a list of tags; "
        "of a single_select an option's UUID or its exact label."
    )


def _one_primary(emails: list[ContactEmail]) -> list[ContactEmail]:
    if len(emails) == 1:
        return [emails[0].model_copy(update={"is_primary": True})]
    if sum(each.is_primary for each in emails) != 1:
        raise ValueError("must have exactly one address with is_primary: true")
    return emails


ContactEmails = Annotated[
    list[ContactEmail],
    Field(min_length=1, max_length=10, description="E-mail addresses, 1 to 10."),
    AfterValidator(_one_primary),
]


class ContactDetails(WriteInput):
    """What may be said of a contact beside its name and addresses."""

    phone_numbers: Annotated[list[ContactPhone], Field(max_length=10)] | None = Field(
        default=None, description="Phone numbers, at most 10; they replace those there are."
    )
    timezone: str | None = Field(default=None, description="A time zone such as Europe/Berlin.")
    job_title: str | None = Field(default=None, description="The job title.")
    company: str | None = Field(default=None, description="The company.")
    country: str | None = Field(default=None, description="The country.")
    state: str | None = Field(default=None, description="The state or region.")
    city: str | None = Field(default=None, description="The city.")
    linkedin: str | None = Field(default=None, description="The address of a LinkedIn profile.")
    custom_fields: list[ContactCustomField] | None = Field(
        default=None, description="Values of custom fields. Those that are not named keep theirs."
    )

    def fields(self) -> dict[str, Any]:
        """What the input says of the contact, under Calendly's names."""
        names = {"name", "emails", *ContactDetails.model_fields} - {*WriteInput.model_fields}
        given = {name: value for name, value in self.model_dump(include=names).items() if value is not None}
        for field in given.get("custom_fields", ()):
            field["uuid"] = uuid_of(field["uuid"])
        return given
