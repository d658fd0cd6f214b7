"""Create a link that books one event and then expires."""

from actions.inputs import CreateInput, EventTypeRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.scheduling_links import SchedulingLink


class CreateSingleUseSchedulingLink(CreateInput):
    """What the link books."""

    event_type: EventTypeRef


@action(
    "POST /scheduling_links",
    scope="scheduling_links:write",
    tools=("booking",),
    example={"event_type": "c381e88f-38c0-48fd-8712-b8bc076f3787"},
)
def handler(input: CreateSingleUseSchedulingLink, connected: Connected) -> Document[SchedulingLink]:
    return connected.calendly.scheduling_links.create(input.event_type)
