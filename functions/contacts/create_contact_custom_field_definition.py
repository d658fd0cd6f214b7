"""Define a custom field for contacts. It cannot be changed or deleted over the API."""

from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from actions.inputs import CreateInput, ShortText
from actions.parts import Part
from actions.runtime import Connected, action
from calendly.contacts import ContactCustomFieldDefinition
from calendly.documents import Document

OWNERS = {"options": "single_select", "currency": "currency"}


class Option(Part):
    """Something to choose."""

    label: ShortText = Field(description="What people read.")


class CreateContactCustomFieldDefinition(CreateInput):
    """What the field is."""

    label: ShortText = Field(description="The field's name, up to 255 characters.")
    field_type: Literal["text", "number", "currency", "tags", "date", "single_select"]
    options: Annotated[list[Option], Field(min_length=1, max_length=10)] | None = Field(
        default=None, validate_default=True, description="What there is to choose, 1 to 10; for single_select only."
    )
    currency: Annotated[str, Field(pattern="^[A-Za-z]{3}$")] | None = Field(
        default=None, validate_default=True, description="An ISO code such as EUR; for currency only."
    )

    @field_validator("options", "currency")
    @classmethod
    def _goes_with_its_type(cls, value: object, info: ValidationInfo) -> object:
        owner = OWNERS[str(info.field_name)]
        belongs = info.data.get("field_type", owner if value else "") == owner
        if belongs and value is None:
            raise ValueError(f"is required with field_type {owner}")
        if value is not None and not belongs:
            raise ValueError(f"can be given with field_type {owner} only")
        return value


@action(
    "POST /contacts/custom_field_definitions",
    scope="contacts:write",
    example={"label": "Origin", "field_type": "single_select", "options": [{"label": "Fair"}, {"label": "Web"}]},
)
def handler(input: CreateContactCustomFieldDefinition, connected: Connected) -> Document[ContactCustomFieldDefinition]:
    return connected.calendly.contact_custom_field_definitions.create(
        label=input.label,
        field_type=input.field_type,
        options=None if input.options is None else [option.label for option in input.options],
        currency=input.currency,
    )
