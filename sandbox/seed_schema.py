"""What a seed file may say: the fields of its sections, with their types and defaults."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.dataset.make import DEFAULT_SIZE
from sandbox.rows.locations import KINDS


@dataclass(frozen=True)
class Field:
    """One field.

    Attributes:
        expects: the type in words, for messages and for the documentation.
        read: the value as the sandbox keeps it; raises ValueError for a value of another type.
        required: whether it has to be there.
    """

    expects: str
    read: Callable[[Any], Any]
    required: bool = False


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value


def _matching(pattern: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not re.fullmatch(pattern, _text(value)):
            raise ValueError
        return str(value)

    return read


def _one_of(*choices: str) -> Callable[[Any], str]:
    return _matching("|".join(map(re.escape, choices)))


def _between(least: int, most: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise ValueError
        return value

    return read


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _zone(value: Any) -> str:
    try:
        ZoneInfo(_text(value))
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError from error
    return str(value)


def _moment(value: Any) -> datetime:
    """YAML reads a time by itself, and drops the zone of one in quotes only."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(_text(value))
    return found.replace(tzinfo=found.tzinfo or UTC)


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise ValueError
    return [_text(each) for each in value]


_EMAIL = _matching(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_SLUG = _matching(r"[a-z0-9][a-z0-9-]*")

ORGANIZATION = Field("text", _text)
"""The name of the organization."""

SIZE = {name: Field("whole number", _between(0, 100_000)) for name in DEFAULT_SIZE}

USER = {
    "name": Field("text", _text, required=True),
    "email": Field("e-mail address", _EMAIL),
    "slug": Field("lower-case letters, digits and hyphens", _SLUG),
    "timezone": Field("IANA time zone", _zone),
    "role": Field("owner, admin or user", _one_of("owner", "admin", "user")),
}

EVENT_TYPE = {
    "name": Field("text", _text, required=True),
    "duration": Field("minutes, 1 to 720", _between(1, 720), required=True),
    "owner": Field("e-mail address or slug of a user", _text),
    "slug": Field("lower-case letters, digits and hyphens", _SLUG),
    "description": Field("text", _text),
    "active": Field("true or false", _flag),
    "secret": Field("true or false", _flag),
    "before_buffer": Field("minutes, 0 to 180", _between(0, 180)),
    "after_buffer": Field("minutes, 0 to 180", _between(0, 180)),
    "location": Field(", ".join(sorted(KINDS)), _one_of(*KINDS)),
    "seats": Field("whole number, 1 to 1000", _between(1, 1000)),
    "questions": Field("list of texts", _texts),
}

BOOKING = {
    "event_type": Field("slug or name of an event type", _text, required=True),
    "start_time": Field("time in ISO 8601, such as 2030-01-07T09:00:00Z", _moment, required=True),
    "name": Field("text", _text, required=True),
    "email": Field("e-mail address", _EMAIL, required=True),
    "timezone": Field("IANA time zone", _zone),
    "status": Field("active or canceled", _one_of("active", "canceled")),
    "reason": Field("text", _text),
}

SECTIONS = {"users": USER, "event_types": EVENT_TYPE, "bookings": BOOKING}
"""The sections that are lists. What one of them names replaces what is made up of its kind."""

REPLACES = {"users": "users", "event_types": "event_types", "bookings": "events"}
"""The size that a section makes meaningless."""
