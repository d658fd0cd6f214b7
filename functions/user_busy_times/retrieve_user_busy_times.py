"""Retrieve when a user is busy, over any range: ``GET /user_busy_times``, which Calendly answers for a week at most."""

from datetime import datetime, timedelta

from pydantic import ValidationInfo, field_validator

from actions.inputs import FutureTimestamp, Input, Timestamp, UserRef
from actions.runtime import Answer, Connected, action

LONGEST = timedelta(days=366)


class RetrieveUserBusyTimes(Input):
    """``user``: whose, the account's own if left out; from ``start_time``, not past, for a year at most."""

    user: UserRef = "me"
    start_time: FutureTimestamp
    end_time: Timestamp

    @field_validator("end_time")
    @classmethod
    def _ends_after_the_start(cls, end_time: str, info: ValidationInfo) -> str:
        start_time = info.data.get("start_time")
        if start_time:
            length = datetime.fromisoformat(end_time) - datetime.fromisoformat(start_time)
            if not timedelta(0) < length <= LONGEST:
                raise ValueError("must be after start_time, by a year at most")
        return end_time


@action(scope="availability:read")
def handler(input: RetrieveUserBusyTimes, connected: Connected) -> Answer:
    rows = connected.calendly.user_busy_times.range(
        user=connected.user(input.user), start_time=input.start_time, end_time=input.end_time
    )
    return Answer({"collection": rows})
