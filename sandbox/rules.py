"""Availability rules as callers write them: hours of weekdays and of dates."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise

from sandbox.fields import Fields
from sandbox.rows.base import Row
from sandbox.rows.event_types import DAYS

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00")


def read_rules(fields: Fields, *, earliest: date | None = None, whole_week: bool = False) -> list[Row]:
    """``rules``, checked. With ``whole_week``, every weekday has to be there exactly once."""
    rules = [_rule(each, earliest) for each in fields.objects("rules", required=True) or ()]
    weekdays = [rule["wday"] for rule in rules if rule["type"] == "wday"]
    if whole_week and sorted(weekdays) != sorted(DAYS):
        raise fields.fail("rules", "must have exactly one rule for each day of the week")
    return rules


def _rule(fields: Fields, earliest: date | None) -> Row:
    kind = fields.text("type", required=True, choices=("wday", "date"))
    intervals = [_interval(each) for each in fields.objects("intervals") or ()]
    for before, after in pairwise(intervals):
        if after["from"] < before["to"]:
            raise fields.fail("intervals", "must not overlap")
    if kind == "wday":
        return {"type": kind, "intervals": intervals, "wday": fields.text("wday", required=True, choices=DAYS)}
    day = fields.day("date", required=True)
    if earliest is not None and day is not None and day < earliest:
        raise fields.fail("date", "must not be in the past")
    return {"type": kind, "intervals": intervals, "date": str(day)}


def _interval(fields: Fields) -> Row:
    found = {name: fields.need(name) for name in ("from", "to")}
    for name, value in found.items():
        if not _CLOCK.fullmatch(value):
            raise fields.fail(name, "must be hh:mm")
    if found["from"] >= found["to"]:
        raise fields.fail("from", "must be before to")
    return found
