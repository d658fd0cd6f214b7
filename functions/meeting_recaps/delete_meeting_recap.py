"""Delete a meeting recap."""

from typing import ClassVar

from actions.inputs import ConfirmedInput, RecapRef
from actions.runtime import Answer, Connected, action


class DeleteMeetingRecap(ConfirmedInput):
    """Which one."""

    consequence: ClassVar[str] = "The recap of the meeting would be gone for good."

    meeting_recap: RecapRef


@action(
    "DELETE /meeting_recaps/{meeting_recap}",
    scope="meeting_recaps:write",
    plan="a paid plan",
    destroys=True,
    repeatable=True,
    example={"meeting_recap": "89e6da4f-c357-5a76-b916-37bc1a8a6e34", "confirm": True},
)
def handler(input: DeleteMeetingRecap, connected: Connected) -> Answer:
    uri = connected.calendly.meeting_recaps.delete(input.meeting_recap)
    return Answer({"meeting_recap": uri, "deleted": True})
