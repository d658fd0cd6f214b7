"""What is different about an event type that is shared."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from actions.inputs import Input, WholeNumber
from actions.parts import Date
from actions.places import Place

_NEEDS = {"start_date": ("fixed",), "end_date": ("fixed",), "max_booking_time": ("moving", "available_moving")}
"""The period types that each is required with."""


class SharedPlace(Place):
    """A place or a conference that the share offers, and at which place in the list."""

    position: Annotated[WholeNumber, Field(ge=0)] | None = Field(default=None, description="Its place in the list.")

    @model_validator(mode="after")
    def _is_short(self) -> Self:
        for name in ("location", "additional_info"):
            if len(getattr(self, name) or "") > 255:
                raise ValueError(f"takes a {name} of at most 255 characters")
        return self


class PeriodInput(Input):
    """How far ahead a share can be booked."""

    period_type: Literal["available_moving", "moving", "fixed", "unlimited"] | None = None
    start_date: Date | None = Field(
        default=None, validate_default=True, description="The first day; required with period_type fixed."
    )
    end_date: Date | None = Field(
        default=None, validate_default=True, description="The last day; required with period_type fixed."
    )
    max_booking_time: Annotated[WholeNumber, Field(ge=0)] | None = Field(
        default=None,
        validate_default=True,
        description="How many days ahead; required with period_type moving and available_moving.",
    )

    @field_validator(*_NEEDS)
    @classmethod
    def _is_there_when_needed(cls, value: str | int | None, info: ValidationInfo) -> str | int | None:
        period = info.data.get("period_type")
        if value is None and period in _NEEDS[str(info.field_name)]:
            raise ValueError(f"is required with period_type {period}")
        return value

    @field_validator("end_date")
    @classmethod
    def _ends_after_the_start(cls, end_date: str | None, info: ValidationInfo) -> str | None:
        if end_date and end_date < (info.data.get("start_date") or ""):
            raise ValueError("must not be before start_date")
        return end_date
