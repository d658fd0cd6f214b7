"""Retrieve the mark of an invitee who did not come."""

from actions.inputs import Input, NoShowRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.invitee_no_shows import InviteeNoShow


class RetrieveInviteeNoShow(Input):
    """Which one."""

    invitee_no_show: NoShowRef


@action(
    "GET /invitee_no_shows/{invitee_no_show}",
    scope="scheduled_events:read",
    role="a host of the event, or an organization admin or owner",
    example={"invitee_no_show": "ad72c7b7-dbb9-5bf0-8a56-2d410039639d"},
)
def handler(input: RetrieveInviteeNoShow, connected: Connected) -> Document[InviteeNoShow]:
    return connected.calendly.invitee_no_shows.retrieve(input.invitee_no_show)
