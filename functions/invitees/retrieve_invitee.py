"""Retrieve an invitee of a scheduled event."""

from actions.inputs import InviteeInput
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.invitees import Invitee


class RetrieveInvitee(InviteeInput):
    """Which one."""


@action(
    "GET /scheduled_events/{event}/invitees/{invitee}",
    scope="scheduled_events:read",
    role="a host of the event, or an organization admin or owner",
    tools=("read", "booking"),
    example={"event": "f8b54aa6-b0c4-5f63-bd26-3e46a64fb76b", "invitee": "4b44fe22-9451-56eb-b85d-705ca324d1e9"},
)
def handler(input: RetrieveInvitee, connected: Connected) -> Document[Invitee]:
    return connected.calendly.invitees.retrieve(input.invitee, input.event)
