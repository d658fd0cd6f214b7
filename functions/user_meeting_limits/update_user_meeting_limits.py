"""Change how many meetings a user takes in a day, a week and a month; what is left out stays as it is."""

from typing import Annotated, Any

from pydantic import Field, PlainValidator, WithJsonSchema

from actions.changes import ChangeInput
from actions.inputs import UserRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.user_meeting_limits import UserMeetingLimits


def _limit(value: Any) -> int | str:
    if isinstance(value, int | str) and (value == "unlimited" or (type(value) is int and 1 <= value <= 9999)):
        return value
    raise ValueError("must be a whole number from 1 to 9999, or unlimited")


LIMIT = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": 9999}, {"const": "unlimited"}]}
Limit = Annotated[int | str, PlainValidator(_limit), WithJsonSchema(LIMIT)]


class UpdateUserMeetingLimits(ChangeInput):
    """Whose limits, and what they are to be: 1 to 9999, or the word unlimited."""

    user: UserRef = "me"
    daily_limit: Limit | None = Field(default=None, description="Meetings a day, 1 to 9999; unlimited for no limit.")
    weekly_limit: Limit | None = Field(default=None, description="Meetings a week, 1 to 9999; unlimited for no limit.")
    monthly_limit: Limit | None = Field(
        default=None, description="Meetings a month, 1 to 9999; unlimited for no limit."
    )


@action(
    "PATCH /user_meeting_limits",
    scope="availability:write",
    role="the user whose limits they are: admins are refused, too",
    repeatable=True,
    example={"daily_limit": 6, "weekly_limit": "unlimited"},
)
def handler(input: UpdateUserMeetingLimits, connected: Connected) -> Document[UserMeetingLimits]:
    # Calendly takes null for no limit; as an input, null means that nothing was given.
    return connected.calendly.user_meeting_limits.update(
        user=connected.user(input.user),
        limits={name: None if limit == "unlimited" else limit for name, limit in input.changes().items()},
    )
