"""Create a link that books one event and then expires."""

from actions.inputs import CreateInput, EventTypeRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.scheduling_links import SchedulingLink


class CreateSingleUseSchedulingLink(CreateInput):
    """The event type that the link books."""

    event_type: EventTypeRef


@action(
    "POST /scheduling_links",
    scope="scheduling_links:write",
    tools=("booking",),
    example={"event_type": "e7c09f00-60ae-5ad0-880a-d7d9ebca060b"},
)
def handler(input: CreateSingleUseSchedulingLink, connected: Connected) -> Document[SchedulingLink]:
    return connected.calendly.scheduling_links.create(input.event_type)
