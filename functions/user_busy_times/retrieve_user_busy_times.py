"""Retrieve a user's busy times, in a range of any length from now on.

A range that is too long for one answer is returned in parts.
"""

from pydantic import Field, ValidationInfo, field_validator

from actions.inputs import FutureTimestamp, Input, PageToken, Timestamp, UserRef
from actions.runtime import Connected, action
from calendly.availability import BusyTime
from calendly.documents import Page


class RetrieveUserBusyTimes(Input):
    """The user and the range."""

    user: UserRef = "me"
    start_time: FutureTimestamp = Field(description="The start of the range; must not be in the past.")
    end_time: Timestamp = Field(description="The end of the range.")
    page_token: PageToken | None = Field(
        default=None, description="Where to continue: next_page_token of the previous answer."
    )

    @field_validator("end_time")
    @classmethod
    def _ends_after_the_start(cls, end_time: str, info: ValidationInfo) -> str:
        if end_time <= info.data.get("start_time", ""):
            raise ValueError("must be after start_time")
        return end_time


@action(
    "GET /user_busy_times",
    scope="availability:read",
    role="a user of the same organization",
    tools=("read", "booking"),
    example={"user": "me", "start_time": "2030-01-07T00:00:00Z", "end_time": "2030-01-27T00:00:00Z"},
)
def handler(input: RetrieveUserBusyTimes, connected: Connected) -> Page[BusyTime]:
    user = connected.user(input.user)
    return connected.list_pieces(
        input.page_token,
        {"account": input.account, "user": user, "end_time": input.end_time},
        lambda page_token: connected.calendly.user_busy_times.week(
            user=user, start_time=input.start_time, end_time=input.end_time, page_token=page_token
        ),
    )
