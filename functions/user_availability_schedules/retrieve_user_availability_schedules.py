"""Retrieve a user's availability schedules: ``GET /user_availability_schedules``. Calendly does not page them."""

from actions.inputs import Input, UserRef
from actions.runtime import Connected, action
from calendly.availability import AvailabilitySchedule
from calendly.documents import Page


class RetrieveUserAvailabilitySchedules(Input):
    """``user``: whose; the account's own user's if left out."""

    user: UserRef = "me"


@action(scope="availability:read")
def handler(input: RetrieveUserAvailabilitySchedules, connected: Connected) -> Page[AvailabilitySchedule]:
    return connected.calendly.user_availability_schedules.list(user=connected.user(input.user))
