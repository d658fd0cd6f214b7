"""Availability rules within inputs: the hours of weekdays and of dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from actions.parts import Date, Part, Timezone

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def _clock(value: str) -> str:
    if not _CLOCK.fullmatch(value):
        raise ValueError("must be hh:mm on a 24-hour clock")
    return value


Clock = Annotated[str, AfterValidator(_clock)]
Weekday = Literal["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]


class Hours(Part):
    """From when to when, hh:mm on a 24-hour clock."""

    start: Clock = Field(alias="from", description="hh:mm on a 24-hour clock.")
    end: Clock = Field(alias="to", description="hh:mm on a 24-hour clock.")


class Rule(Part):
    """The hours of a weekday (type wday) or of one date (type date)."""

    type: Literal["wday", "date"]
    intervals: list[Hours] = Field(description="The hours; an empty list for none on that day.")
    wday: Weekday | None = Field(default=None, description="The weekday, with type wday.")
    date: Date | None = Field(default=None, description="The date, with type date.")

    @model_validator(mode="after")
    def _is_of_a_day(self) -> Self:
        other = "date" if self.type == "wday" else "wday"
        self.must_fit(f"type {self.type}", needs=[self.type], excludes=[other])
        return self


class RuleSet(Part):
    """Hours, and the time zone that they are in."""

    timezone: Timezone = Field(description="IANA name, such as Europe/Berlin.")
    rules: list[Rule] = Field(description="All hours; none on a day that has no rule.")


def must_be_a_week(rules: Sequence[Rule]) -> None:
    """Check that there is exactly one rule for each weekday. Raises ValueError."""
    found = Counter(rule.wday for rule in rules if rule.wday)
    missing = [day for day in get_args(Weekday) if not found[day]]
    twice = [day for day, count in found.items() if count > 1]
    if missing or twice:
        wrong = [f"{', '.join(days)} {how}" for days, how in ((missing, "missing"), (twice, "given twice")) if days]
        raise ValueError(
            f"must have exactly one rule for each weekday ({'; '.join(wrong)}); a day off has empty intervals"
        )


def must_not_be_past(rules: Sequence[Rule], *, days: int = 0) -> None:
    """Check that no date was over so many days ago, wherever on earth. Raises ValueError."""
    earliest = (datetime.now(UTC) - timedelta(hours=12, days=days)).date().isoformat()
    past = [rule.date for rule in rules if rule.date and rule.date < earliest]
    if past:
        raise ValueError(f"must not have dates that are past ({', '.join(past)})")
