"""Retrieve the availability schedules of a user."""

from actions.inputs import Input, UserRef
from actions.runtime import Connected, action
from calendly.availability import AvailabilitySchedule
from calendly.documents import Page


class RetrieveUserAvailabilitySchedules(Input):
    """The user; defaults to the account's own."""

    user: UserRef = "me"


@action(
    "GET /user_availability_schedules",
    scope="availability:read",
    role="a user of the same organization",
    tools=("read",),
    example={"user": "me"},
)
def handler(input: RetrieveUserAvailabilitySchedules, connected: Connected) -> Page[AvailabilitySchedule]:
    return connected.calendly.user_availability_schedules.list(user=connected.user(input.user))
