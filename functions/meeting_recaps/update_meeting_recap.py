"""Change the texts of a meeting recap."""

from typing import Self

from pydantic import Field, model_validator

from actions.inputs import RecapRef, WriteInput
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.meeting_recaps import MeetingRecap


class UpdateMeetingRecap(WriteInput):
    """Which recap, and its new texts. What is left out stays as it is."""

    meeting_recap: RecapRef
    summary_md: str | None = Field(default=None, description="The summary, in Markdown; an empty text takes it away.")
    action_items_md: str | None = Field(
        default=None, description="The action items, in Markdown; an empty text takes them away."
    )
    discussion_md: str | None = Field(
        default=None, description="The discussion, in Markdown; an empty text takes it away."
    )

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.summary_md is None and self.action_items_md is None and self.discussion_md is None:
            raise ValueError("must hold summary_md, action_items_md or discussion_md")
        return self


@action(
    "PATCH /meeting_recaps/{meeting_recap}",
    scope="meeting_recaps:write",
    plan="a paid plan",
    repeatable=True,
    example={"meeting_recap": "89e6da4f-c357-5a76-b916-37bc1a8a6e34", "summary_md": "We agreed on the offer."},
)
def handler(input: UpdateMeetingRecap, connected: Connected) -> Document[MeetingRecap]:
    return connected.calendly.meeting_recaps.update(
        input.meeting_recap,
        summary_md=input.summary_md,
        action_items_md=input.action_items_md,
        discussion_md=input.discussion_md,
    )
