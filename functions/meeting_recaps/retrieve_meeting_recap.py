"""Retrieve a meeting recap: its summary, action items and discussion, in Markdown."""

from actions.inputs import Input, RecapRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.meeting_recaps import MeetingRecap


class RetrieveMeetingRecap(Input):
    """Which one."""

    meeting_recap: RecapRef


@action(
    "GET /meeting_recaps/{meeting_recap}",
    scope="meeting_recaps:read",
    plan="a paid plan",
    tools=("read",),
    example={"meeting_recap": "89e6da4f-c357-5a76-b916-37bc1a8a6e34"},
)
def handler(input: RetrieveMeetingRecap, connected: Connected) -> Document[MeetingRecap]:
    return connected.calendly.meeting_recaps.retrieve(input.meeting_recap)
