"""Change an availability schedule; what is left out stays as it is."""

from typing import Annotated

from pydantic import AfterValidator, Field

from actions.changes import ChangeInput
from actions.inputs import ScheduleRef
from actions.parts import Timezone
from actions.rules import Rule, must_not_be_past
from actions.runtime import Connected, action
from calendly.availability import AvailabilitySchedule
from calendly.documents import Document


def _rules(rules: list[Rule]) -> list[Rule]:
    must_not_be_past(rules, days=1)
    return rules


def _only_true(default: bool) -> bool:
    if not default:
        raise ValueError("can only be true: make another schedule the default instead")
    return default


class UpdateUserAvailabilitySchedule(ChangeInput):
    """Which one, and what changes."""

    user_availability_schedule: ScheduleRef
    name: Annotated[str, Field(min_length=1)] | None = Field(default=None, description="What it is called.")
    timezone: Timezone | None = Field(default=None, description="IANA name, such as Europe/Berlin.")
    rules: Annotated[list[Rule], AfterValidator(_rules)] | None = Field(
        default=None, description="All rules: those there were are gone. Dates may be from yesterday on."
    )
    default: Annotated[bool, AfterValidator(_only_true)] | None = Field(
        default=None, description="true makes it the user's default, in place of the one that was."
    )


@action(
    "PATCH /user_availability_schedules/{user_availability_schedule}",
    scope="availability:write",
    role="the user whose schedule it is",
    repeatable=True,
    example={
        "user_availability_schedule": "c23b007b-0b37-57bb-a949-396d1f728935",
        "default": True,
    },
)
def handler(input: UpdateUserAvailabilitySchedule, connected: Connected) -> Document[AvailabilitySchedule]:
    return connected.calendly.user_availability_schedules.update(input.user_availability_schedule, **input.changes())
