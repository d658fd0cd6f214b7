"""Take the mark of a no-show off an invitee; the invitee's no_show names it."""

from actions.inputs import NoShowRef, WriteInput
from actions.runtime import Answer, Connected, action


class DeleteInviteeNoShow(WriteInput):
    """Which mark."""

    invitee_no_show: NoShowRef


@action(
    "DELETE /invitee_no_shows/{invitee_no_show}",
    scope="scheduled_events:write",
    role="a host of the event, or an organization admin or owner",
    repeatable=True,
    tools=("booking",),
    example={"invitee_no_show": "ad72c7b7-dbb9-5bf0-8a56-2d410039639d"},
)
def handler(input: DeleteInviteeNoShow, connected: Connected) -> Answer:
    uri = connected.calendly.invitee_no_shows.delete(input.invitee_no_show)
    return Answer({"invitee_no_show": uri, "deleted": True})
