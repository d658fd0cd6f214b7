"""Retrieve the definitions of all custom fields that contacts have."""

from actions.inputs import Input
from actions.runtime import Connected, action
from calendly.contacts import ContactCustomFieldDefinition
from calendly.documents import Page


class RetrieveContactCustomFieldDefinitions(Input):
    """There is nothing to choose."""


@action("GET /contacts/custom_field_definitions", scope="contacts:read", example={})
def handler(input: RetrieveContactCustomFieldDefinitions, connected: Connected) -> Page[ContactCustomFieldDefinition]:
    return connected.calendly.contact_custom_field_definitions.list()
