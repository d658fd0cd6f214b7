"""What makes up an event type, as actions that make or change one take it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from actions.inputs import Input, WholeNumber
from actions.places import Place

_COLOR = re.compile(r"#[A-Fa-f0-9]{6}")
BUFFERS = (0, 5, 10, 15, 30, 45, 60, 90, 120, 150, 180)


def _unique(values: list[int]) -> list[int]:
    if len(set(values)) < len(values):
        raise ValueError("must not name a duration twice")
    return values


def _buffer(value: int) -> int:
    if value not in BUFFERS:
        raise ValueError(f"must be one of {', '.join(map(str, BUFFERS))}")
    return value


def _color(value: str) -> str:
    if not _COLOR.fullmatch(value):
        raise ValueError("must be a color such as #0069ff")
    return value.lower()


Minutes = Annotated[WholeNumber, Field(ge=1, le=720)]
Durations = Annotated[list[Minutes], Field(min_length=1, max_length=4), AfterValidator(_unique)]
Buffer = Annotated[WholeNumber, AfterValidator(_buffer), Field(json_schema_extra={"enum": list(BUFFERS)})]
Color = Annotated[str, AfterValidator(_color)]


class DurationInput(Input):
    """How long a meeting takes."""

    duration_options: Durations | None = Field(
        default=None, description="Up to four durations in minutes, 1 to 720 each, that invitees can choose from."
    )
    duration: Minutes | None = Field(
        default=None, description="Minutes, 1 to 720; one of duration_options where they are given."
    )

    @field_validator("duration")
    @classmethod
    def _is_an_option(cls, duration: int | None, info: ValidationInfo) -> int | None:
        options = info.data.get("duration_options")
        if duration and options and duration not in options:
            raise ValueError("must be one of duration_options")
        return duration


class EventTypeInput(DurationInput):
    """What an event type has besides its name."""

    active: bool | None = Field(default=None, description="Whether it can be booked.")
    description: str | None = Field(default=None, description="What invitees read before they book.")
    locations: list[Place] | None = Field(default=None, description="Where to meet; of several, invitees choose.")
    color: Color | None = Field(default=None, description="Such as #0069ff.")
    locale: Literal["de", "en", "es", "fr", "it", "nl", "pt", "uk"] | None = None
    start_time_increment: Annotated[WholeNumber, Field(ge=5, le=720)] | None = Field(
        default=None, description="Minutes from one available time to the next, 5 to 720."
    )
    before_buffer: Buffer | None = Field(default=None, description="Minutes that are kept free before a meeting.")
    after_buffer: Buffer | None = Field(default=None, description="Minutes that are kept free after a meeting.")

    def fields(self) -> dict[str, Any]:
        """What was given of it, as JSON."""
        names = set(EventTypeInput.model_fields) - set(Input.model_fields)
        return self.model_dump(include=names, by_alias=True, exclude_none=True)
