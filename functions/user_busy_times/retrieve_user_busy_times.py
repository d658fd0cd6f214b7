"""Retrieve when a user is busy, over any range: ``GET /user_busy_times``, which Calendly answers for a week at most."""

from pydantic import ValidationInfo, field_validator

from actions.inputs import FutureTimestamp, Input, PageToken, Timestamp, UserRef
from actions.runtime import Answer, Connected, action


class RetrieveUserBusyTimes(Input):
    """``user``: whose, the account's own if left out; from ``start_time``, which may not be past.

    A range too long for one answer comes in parts; ``page_token`` is then where to go on.
    """

    user: UserRef = "me"
    start_time: FutureTimestamp
    end_time: Timestamp
    page_token: PageToken | None = None

    @field_validator("end_time")
    @classmethod
    def _ends_after_the_start(cls, end_time: str, info: ValidationInfo) -> str:
        if end_time <= info.data.get("start_time", ""):
            raise ValueError("must be after start_time")
        return end_time


@action(scope="availability:read")
def handler(input: RetrieveUserBusyTimes, connected: Connected) -> Answer:
    user = connected.user(input.user)
    return connected.all_of(
        input.page_token,
        {"account": input.account, "user": user, "end_time": input.end_time},
        lambda page_token: connected.calendly.user_busy_times.week(
            user=user, start_time=input.start_time, end_time=input.end_time, page_token=page_token
        ),
    )
