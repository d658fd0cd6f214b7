"""What all rows share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

Row = dict[str, Any]
"""A resource as the API answers it."""

SEEDED = "2024-03-01T08:00:00.000000Z"
"""When the seeded resources were created."""


def stamp(moment: datetime) -> str:
    """A time as Calendly writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def now() -> str:
    return stamp(datetime.now(UTC))


_AS_GIVEN = ("tracking", "cancellation", "actor", "details")


def in_order(row: Row) -> Row:
    """Calendly answers the keys of a resource in the order of the alphabet, but for those of some objects in it."""
    return {name: row[name] if name in _AS_GIVEN else _ordered(row[name]) for name in sorted(row)}


def _ordered(value: Any) -> Any:
    if isinstance(value, dict):
        return in_order(value)
    return [_ordered(each) for each in value] if isinstance(value, list) else value
