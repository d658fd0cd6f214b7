"""Create an availability schedule of the account's own user."""

from typing import Annotated

from pydantic import AfterValidator, Field

from actions.inputs import CreateInput
from actions.parts import Timezone
from actions.rules import Rule, must_be_a_week, must_not_be_past
from actions.runtime import Connected, action
from calendly.availability import AvailabilitySchedule
from calendly.documents import Document


def _rules(rules: list[Rule]) -> list[Rule]:
    must_be_a_week(rules)
    must_not_be_past(rules)
    return rules


class CreateUserAvailabilitySchedule(CreateInput):
    """What it is called, and its hours."""

    name: Annotated[str, Field(min_length=1, description="What it is called.")]
    timezone: Timezone | None = Field(default=None, description="IANA name, such as Europe/Berlin; yours if left out.")
    rules: Annotated[
        list[Rule],
        AfterValidator(_rules),
        Field(description="Exactly one rule for each weekday, and others for dates that differ, from today on."),
    ]


@action(
    "POST /user_availability_schedules",
    scope="availability:write",
    example={
        "name": "Summer hours",
        "timezone": "Europe/Berlin",
        "rules": [
            {"type": "wday", "wday": "sunday", "intervals": []},
            {"type": "wday", "wday": "monday", "intervals": [{"from": "10:00", "to": "16:00"}]},
            {"type": "wday", "wday": "tuesday", "intervals": [{"from": "10:00", "to": "16:00"}]},
            {"type": "wday", "wday": "wednesday", "intervals": [{"from": "10:00", "to": "16:00"}]},
            {"type": "wday", "wday": "thursday", "intervals": [{"from": "10:00", "to": "16:00"}]},
            {"type": "wday", "wday": "friday", "intervals": [{"from": "10:00", "to": "12:00"}]},
            {"type": "wday", "wday": "saturday", "intervals": []},
        ],
    },
)
def handler(input: CreateUserAvailabilitySchedule, connected: Connected) -> Document[AvailabilitySchedule]:
    return connected.calendly.user_availability_schedules.create(
        name=input.name, timezone=input.timezone, rules=[rule.to_json() for rule in input.rules]
    )
