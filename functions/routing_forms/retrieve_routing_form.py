"""Retrieve a routing form with its questions."""

from actions.inputs import Input, RoutingFormRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.routing_forms import RoutingForm


class RetrieveRoutingForm(Input):
    """Which one."""

    routing_form: RoutingFormRef


@action(
    "GET /routing_forms/{routing_form}",
    scope="routing_forms:read",
    example={"routing_form": "c58a7c04-9ec4-5349-a7c3-62db58540167"},
)
def handler(input: RetrieveRoutingForm, connected: Connected) -> Document[RoutingForm]:
    return connected.calendly.routing_forms.retrieve(input.routing_form)
