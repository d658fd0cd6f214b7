"""Mark an invitee as a no-show: by URI, by event if it has one active invitee, or by e-mail address.

Several that match are AmbiguousReferenceError with the candidates. An e-mail address without event is looked for in the
past events that the account may list.
"""

from pydantic import Field, ValidationInfo, field_validator

from actions.finding import find_invitee
from actions.inputs import CreateInput, Email, EventRef, InviteeRef, invitee_of_event
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.invitee_no_shows import InviteeNoShow


class CreateInviteeNoShow(CreateInput):
    """Who did not come: invitee, event or email."""

    event: EventRef | None = None
    invitee: InviteeRef | None = None
    email: Email | None = Field(
        default=None, validate_default=True, description="The invitee's e-mail address, in place of invitee."
    )

    @field_validator("invitee")
    @classmethod
    def _is_of_the_event(cls, invitee: str, info: ValidationInfo) -> str:
        return invitee_of_event(invitee, info.data.get("event"))

    @field_validator("email")
    @classmethod
    def _says_who(cls, email: str | None, info: ValidationInfo) -> str | None:
        if {"invitee", "event"} <= info.data.keys() and not (email or info.data["invitee"] or info.data["event"]):
            raise ValueError("is required, or invitee, or event")
        if email and info.data.get("invitee"):
            raise ValueError("is given beside invitee: give one of them")
        return email


@action(
    "POST /invitee_no_shows",
    scope="scheduled_events:write",
    role="a host of the event, or an organization admin or owner",
    tools=("booking",),
    example={"event": "0109bf43-36f4-54e3-b850-e50a3d375c36", "invitee": "7f185214-33c7-580d-af1d-33e8dfedd17b"},
)
def handler(input: CreateInviteeNoShow, connected: Connected) -> Document[InviteeNoShow]:
    invitee = input.invitee or find_invitee(connected, input.event, input.email)
    return connected.calendly.invitee_no_shows.create(invitee, input.event)
