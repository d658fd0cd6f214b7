"""Retrieve an availability schedule of a user."""

from actions.inputs import Input, ScheduleRef
from actions.runtime import Connected, action
from calendly.availability import AvailabilitySchedule
from calendly.documents import Document


class RetrieveUserAvailabilitySchedule(Input):
    """The availability schedule."""

    user_availability_schedule: ScheduleRef


@action(
    "GET /user_availability_schedules/{user_availability_schedule}",
    scope="availability:read",
    role="a user of the same organization",
    example={"user_availability_schedule": "c6db7157-3510-5f7e-9f2d-fb23ebc9aaf6"},
)
def handler(input: RetrieveUserAvailabilitySchedule, connected: Connected) -> Document[AvailabilitySchedule]:
    return connected.calendly.user_availability_schedules.retrieve(input.user_availability_schedule)
