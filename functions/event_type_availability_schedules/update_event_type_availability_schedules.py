"""Replace all hours of an event type for one of its hosts."""

from typing import Literal

from pydantic import Field

from actions.inputs import EventTypeRef, UserRef, WriteInput
from actions.rules import RuleSet
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.event_type_availability_schedules import EventTypeAvailabilitySchedule


class AvailabilityRule(RuleSet):
    """Whose hours, too."""

    user: UserRef | None = Field(default=None, description="The host: an admin has to name another one than oneself.")


class UpdateEventTypeAvailabilitySchedules(WriteInput):
    """Whose hours, and what they are to be."""

    event_type: EventTypeRef
    availability_rule: AvailabilityRule = Field(description="The new hours of a host.")
    availability_setting: Literal["host"] | None = None


@action(
    "PATCH /event_type_availability_schedules",
    scope="availability:write",
    role="a host of the event type, or an organization admin or owner",
    repeatable=True,
    example={
        "event_type": "e7c09f00-60ae-5ad0-880a-d7d9ebca060b",
        "availability_rule": {
            "timezone": "Europe/Berlin",
            "rules": [{"type": "wday", "wday": "monday", "intervals": [{"from": "10:00", "to": "16:00"}]}],
        },
    },
)
def handler(
    input: UpdateEventTypeAvailabilitySchedules, connected: Connected
) -> Document[EventTypeAvailabilitySchedule]:
    rule = input.availability_rule
    return connected.calendly.event_type_availability_schedules.update(
        input.event_type,
        availability_rule={**rule.to_json(), "user": connected.user(rule.user) if rule.user else None},
        availability_setting=input.availability_setting,
    )
