"""Retrieve an availability schedule: ``GET /user_availability_schedules/{uuid}``."""

from actions.inputs import Input, ScheduleRef
from actions.runtime import Connected, action
from calendly.availability import AvailabilitySchedule
from calendly.documents import Document


class RetrieveUserAvailabilitySchedule(Input):
    """``user_availability_schedule``: which one."""

    user_availability_schedule: ScheduleRef


@action(scope="availability:read")
def handler(input: RetrieveUserAvailabilitySchedule, connected: Connected) -> Document[AvailabilitySchedule]:
    return connected.calendly.user_availability_schedules.retrieve(input.user_availability_schedule)
