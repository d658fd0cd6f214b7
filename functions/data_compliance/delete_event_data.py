"""Have all scheduled events of a range in the past deleted, with what Calendly holds of their invitees.

Calendly accepts the request and takes up to seven days for it.
"""

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from pydantic import Field, ValidationInfo, field_validator

from actions.inputs import ConfirmedInput, Timestamp
from actions.runtime import Answer, Connected, action

MONTHS_24 = timedelta(days=731)


class DeleteEventData(ConfirmedInput):
    """Of which range."""

    consequence: ClassVar[str] = "All events of this range would be deleted for good."

    start_time: Timestamp = Field(description="Where the range begins.")
    end_time: Timestamp = Field(description="Where it ends: in the past, at most 24 months after the start.")

    @field_validator("end_time")
    @classmethod
    def _is_a_past_range(cls, value: str, info: ValidationInfo) -> str:
        end = datetime.fromisoformat(value)
        if end > datetime.now(UTC):
            raise ValueError("must be in the past")
        if "start_time" in info.data:
            start = datetime.fromisoformat(info.data["start_time"])
            if end <= start:
                raise ValueError("must be after start_time")
            if end - start > MONTHS_24:
                raise ValueError("must be at most 24 months after start_time")
        return value


@action(
    "POST /data_compliance/deletion/events",
    scope="data_compliance:write",
    plan="the Enterprise plan",
    destroys=True,
    repeatable=True,
    example={"start_time": "2023-01-01T00:00:00Z", "end_time": "2023-02-01T00:00:00Z", "confirm": True},
)
def handler(input: DeleteEventData, connected: Connected) -> Answer:
    connected.calendly.data_compliance.delete_events(start_time=input.start_time, end_time=input.end_time)
    return Answer({"start_time": input.start_time, "end_time": input.end_time, "deletion_requested": True})
