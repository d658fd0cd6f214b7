"""Retrieve the definition of a custom field that contacts have."""

from actions.inputs import CustomFieldRef, Input
from actions.runtime import Connected, action
from calendly.contacts import ContactCustomFieldDefinition
from calendly.documents import Document


class RetrieveContactCustomFieldDefinition(Input):
    """Which one."""

    custom_field_definition: CustomFieldRef


@action(
    "GET /contacts/custom_field_definitions/{custom_field_definition}",
    scope="contacts:read",
    example={"custom_field_definition": "2e1f25e2-86f7-5c17-8a51-b582ab4f3f2e"},
)
def handler(
    input: RetrieveContactCustomFieldDefinition, connected: Connected
) -> Document[ContactCustomFieldDefinition]:
    return connected.calendly.contact_custom_field_definitions.retrieve(input.custom_field_definition)
