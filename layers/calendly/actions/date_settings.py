"""When a one-off event type can be booked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from actions.inputs import Timestamp, WholeNumber
from actions.parts import Date, Part

_MEMBERS = {
    "date_range": ("start_date", "end_date"),
    "days_in_future": ("days", "only_weekdays"),
    "spots": ("spots",),
}
"""What goes with a type; all of it is required."""


class Spot(Part):
    """From when to when."""

    start_time: Timestamp = Field(description="When it begins.")
    end_time: Timestamp = Field(description="When it ends.")

    @model_validator(mode="after")
    def _is_ahead(self) -> Self:
        if datetime.fromisoformat(self.start_time) <= datetime.now(UTC):
            raise ValueError("must be in the future")
        if self.end_time <= self.start_time:
            raise ValueError("must end after it begins")
        return self


class DateSetting(Part):
    """The days of a range, the days from now on, or spots of time."""

    type: Literal["date_range", "days_in_future", "spots"]
    start_date: Date | None = Field(default=None, description="With type date_range: the first day.")
    end_date: Date | None = Field(
        default=None, description="With type date_range: the last day, less than 365 days after the first."
    )
    days: Annotated[WholeNumber, Field(ge=0, le=365)] | None = Field(
        default=None, description="With type days_in_future: how many, 0 to 365."
    )
    only_weekdays: bool | None = Field(default=None, description="With type days_in_future: no Saturdays and Sundays.")
    spots: Annotated[list[Spot], Field(min_length=1)] | None = Field(
        default=None, description="With type spots: the times to choose from."
    )

    @model_validator(mode="after")
    def _fits_its_type(self) -> Self:
        own = _MEMBERS[self.type]
        others = [name for names in _MEMBERS.values() for name in names if name not in own]
        self.must_fit(f"type {self.type}", needs=own, excludes=others)
        if self.start_date and self.end_date:
            first, last = date.fromisoformat(self.start_date), date.fromisoformat(self.end_date)
            if not timedelta(0) <= last - first < timedelta(days=365):
                raise ValueError("needs an end_date from start_date on, and less than 365 days after it")
            # The day that it is in the time zone where it is earliest.
            if last < (datetime.now(UTC) - timedelta(hours=12)).date():
                raise ValueError("needs an end_date that is not past")
        return self
