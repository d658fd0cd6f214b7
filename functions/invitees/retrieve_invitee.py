"""Retrieve an invitee: ``GET /scheduled_events/{event_uuid}/invitees/{invitee_uuid}``."""

from pydantic import ValidationInfo, field_validator

from actions.inputs import EventRef, Input, InviteeRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.invitees import Invitee
from calendly.references import uuid_of


class RetrieveInvitee(Input):
    """``invitee``: which one; ``event`` goes with a UUID, and may be left out with a full URI, which names it."""

    event: EventRef | None = None
    invitee: InviteeRef

    @field_validator("invitee")
    @classmethod
    def _is_of_the_event(cls, invitee: str, info: ValidationInfo) -> str:
        event = info.data.get("event")
        if "/" not in invitee and event is None:
            raise ValueError("needs event beside it, unless it is a full URI")
        if "/" in invitee and event and f"/scheduled_events/{uuid_of(event)}/" not in invitee:
            raise ValueError("is an invitee of another event")
        return invitee


@action(scope="scheduled_events:read")
def handler(input: RetrieveInvitee, connected: Connected) -> Document[Invitee]:
    return connected.calendly.invitees.retrieve(input.invitee, input.event)
