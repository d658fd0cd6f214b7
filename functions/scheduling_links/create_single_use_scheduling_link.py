"""Create a link that books one event and then expires: ``POST /scheduling_links``."""

from actions.inputs import CreateInput, EventTypeRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.scheduling_links import SchedulingLink


class CreateSingleUseSchedulingLink(CreateInput):
    """``event_type``: what the link books."""

    event_type: EventTypeRef


@action(scope="scheduling_links:write")
def handler(input: CreateSingleUseSchedulingLink, connected: Connected) -> Document[SchedulingLink]:
    return connected.calendly.scheduling_links.create(input.event_type)
