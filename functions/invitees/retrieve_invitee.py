"""Retrieve an invitee of a scheduled event."""

from pydantic import ValidationInfo, field_validator

from actions.inputs import EventRef, Input, InviteeRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.invitees import Invitee
from calendly.references import uuid_of


class RetrieveInvitee(Input):
    """The invitee."""

    event: EventRef | None = None
    invitee: InviteeRef

    @field_validator("invitee")
    @classmethod
    def _is_of_the_event(cls, invitee: str, info: ValidationInfo) -> str:
        event = info.data.get("event")
        if "/" not in invitee and event is None:
            raise ValueError("needs event as well, unless it is a full URI")
        if "/" in invitee and event and f"/scheduled_events/{uuid_of(event)}/" not in invitee:
            raise ValueError("belongs to another event")
        return invitee


@action(
    "GET /scheduled_events/{event}/invitees/{invitee}",
    scope="scheduled_events:read",
    role="a host of the event, or an organization admin or owner",
    tools=("read", "booking"),
    example={"event": "f8b54aa6-b0c4-5f63-bd26-3e46a64fb76b", "invitee": "4b44fe22-9451-56eb-b85d-705ca324d1e9"},
)
def handler(input: RetrieveInvitee, connected: Connected) -> Document[Invitee]:
    return connected.calendly.invitees.retrieve(input.invitee, input.event)
