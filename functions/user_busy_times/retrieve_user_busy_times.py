"""Retrieve when a user is busy, over any range from now on.

A range that is too long for one answer comes in parts.
"""

from actions.inputs import UserRef
from actions.ranges import RangeInput
from actions.runtime import Connected, action
from calendly.availability import BusyTime
from calendly.documents import Page


class RetrieveUserBusyTimes(RangeInput):
    """Whose busy times, and when."""

    user: UserRef = "me"


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
