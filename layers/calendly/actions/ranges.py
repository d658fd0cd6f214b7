"""Inputs of lists that Calendly answers for a limited range of time from now on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pydantic import Field, ValidationInfo, field_validator

from actions.inputs import Input, PageToken, Timestamp, after_start
from calendly.documents import to_timestamp

A_WORKFLOWS_NOW = timedelta(minutes=5)
"""How far a start may be past that was "now" when a workflow said it."""

AHEAD = timedelta(seconds=10)
"""Calendly refuses a start that is past: "now" is moved so far ahead."""


class RangeInput(Input):
    """What such a list takes. A range may be longer than Calendly's: it is fetched in pieces."""

    page_token: PageToken | None = Field(default=None, description="Where to go on in a range that comes in parts.")
    start_time: Timestamp = Field(description="The start of the range: now or later.")
    end_time: Timestamp = Field(description="The end of the range.")

    @field_validator("start_time")
    @classmethod
    def _starts_now_or_later(cls, start_time: str, info: ValidationInfo) -> str:
        now = datetime.now(UTC)
        start = datetime.fromisoformat(start_time)
        # Where a page token says where to go on, the start that it repeats may be past by then.
        if start < now - A_WORKFLOWS_NOW and not info.data.get("page_token"):
            raise ValueError("must not be in the past: Calendly answers for the time from now on")
        return to_timestamp(max(start, now + AHEAD))

    _ends_after_the_start = field_validator("end_time")(after_start)
