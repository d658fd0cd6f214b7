"""Mark an invitee as a no-show."""

from actions.inputs import CreateInput, InviteeInput
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.invitee_no_shows import InviteeNoShow


class CreateInviteeNoShow(CreateInput, InviteeInput):
    """Who did not come."""


@action(
    "POST /invitee_no_shows",
    scope="scheduled_events:write",
    role="a host of the event, or an organization admin or owner",
    tools=("booking",),
    example={"event": "0109bf43-36f4-54e3-b850-e50a3d375c36", "invitee": "7f185214-33c7-580d-af1d-33e8dfedd17b"},
)
def handler(input: CreateInviteeNoShow, connected: Connected) -> Document[InviteeNoShow]:
    return connected.calendly.invitee_no_shows.create(input.invitee, input.event)
