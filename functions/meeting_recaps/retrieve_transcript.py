"""Retrieve the transcript of a meeting: lines such as "Speaker: words"."""

from actions.inputs import Input, RecapRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.meeting_recaps import Transcript


class RetrieveTranscript(Input):
    """Of which recap."""

    meeting_recap: RecapRef


@action(
    "GET /meeting_recaps/{meeting_recap}/transcript",
    scope="meeting_recaps:read",
    plan="a paid plan",
    example={"meeting_recap": "89e6da4f-c357-5a76-b916-37bc1a8a6e34"},
)
def handler(input: RetrieveTranscript, connected: Connected) -> Document[Transcript]:
    return connected.calendly.meeting_recaps.transcript(input.meeting_recap)
