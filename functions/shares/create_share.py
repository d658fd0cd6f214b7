"""Create a single-use link to a one-on-one event type, with changes for this one booking.

What is left out is as the event type has it.
"""

from typing import Annotated

from pydantic import Field

from actions.event_types import DurationInput
from actions.inputs import CreateInput, EventTypeRef
from actions.rules import RuleSet
from actions.runtime import Connected, action
from actions.shares import PeriodInput, SharedPlace
from calendly.documents import Document
from calendly.shares import Share


class CreateShare(CreateInput, DurationInput, PeriodInput):
    """What is shared, and what is different about it."""

    event_type: EventTypeRef
    name: Annotated[str, Field(min_length=1, max_length=55)] | None = Field(
        default=None, description="At most 55 characters."
    )
    hide_location: bool | None = Field(default=None, description="Show where to meet once it is booked only.")
    location_configurations: list[SharedPlace] | None = Field(
        default=None, description="Where to meet; of several, the invitee chooses."
    )
    availability_rule: RuleSet | None = Field(default=None, description="When it can be booked.")


@action(
    "POST /shares",
    scope="shares:write",
    role="a one-on-one event type, and its host or an organization admin or owner",
    tools=("booking",),
    example={"event_type": "e7c09f00-60ae-5ad0-880a-d7d9ebca060b", "name": "Half an hour more", "duration": 60},
)
def handler(input: CreateShare, connected: Connected) -> Document[Share]:
    shared = {"account", "correlation_id", "dry_run", "idempotency_key", "event_type"}
    override = input.model_dump(exclude=shared, by_alias=True, exclude_none=True)
    return connected.calendly.shares.create(input.event_type, override)
