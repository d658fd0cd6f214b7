"""Retrieve the recaps of the account's own meetings, without their texts."""

from typing import Literal

from pydantic import Field

from actions.inputs import Email, EventRef, PagedInput, Timestamp
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.meeting_recaps import MeetingRecap


class RetrieveMeetingRecaps(PagedInput):
    """Which recaps."""

    event: EventRef | None = None
    start_time: Timestamp | None = Field(default=None, description="Only of meetings from this time on.")
    end_time: Timestamp | None = Field(default=None, description="Only of meetings up to this time.")
    status: Literal["available", "processing", "unavailable"] | None = None
    attendee: Email | None = Field(default=None, description="Only of meetings with somebody of this address.")


@action(
    "GET /meeting_recaps",
    scope="meeting_recaps:read",
    plan="a paid plan",
    tools=("read",),
    example={"status": "available", "count": 5},
)
def handler(input: RetrieveMeetingRecaps, connected: Connected) -> Page[MeetingRecap]:
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.meeting_recaps.list(
            event=input.event,
            start_time=input.start_time,
            end_time=input.end_time,
            status=input.status,
            attendee=input.attendee,
            count=count,
            page_token=page_token,
        ),
    )
