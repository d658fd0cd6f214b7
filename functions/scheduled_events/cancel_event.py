"""Cancel a scheduled event for everybody in it; Calendly tells them by e-mail.

An event that is canceled already answers with the cancellation there is; one that is past is refused.
"""

from typing import Annotated

from pydantic import Field

from actions.inputs import EventRef, WriteInput
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.scheduled_events import Cancellation


class CancelEvent(WriteInput):
    """Which event, and why."""

    event: EventRef
    reason: Annotated[str, Field(max_length=10_000)] | None = Field(default=None, description="Shown to the invitees.")


@action(
    "POST /scheduled_events/{event}/cancellation",
    scope="scheduled_events:write",
    role="a host of the event, or an organization admin or owner",
    destroys=True,
    repeatable=True,
    tools=("booking",),
    example={"event": "07de0f34-2fd1-5c6a-b95d-d7c58655940a", "reason": "The room is flooded."},
)
def handler(input: CancelEvent, connected: Connected) -> Document[Cancellation]:
    return connected.calendly.scheduled_events.cancel(input.event, reason=input.reason)
