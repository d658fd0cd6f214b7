"""What a caller sent, read by name and refused as Calendly refuses it: a 400 that names the parameter.

Published clients send forms and query strings where the documentation has JSON, so every value may be text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from sandbox.errors import ApiError, invalid
from sandbox.rows.base import Row

CALENDLY = "https://api.calendly.com"
_EMAIL = re.compile(r"[^@\s,]+@[^@\s,]+\.[^@\s,]+")
_UNSAID = (None, "")
_zones = cache(available_timezones)
"""Kept, because each call walks the folder of zones."""


@dataclass(frozen=True)
class Fields:
    """``values`` by name; ``origin`` is what this sandbox's own URIs start with; ``within`` names a parent field.

    With ``filled``, a text that is there but empty is refused; without, it is as good as none.
    """

    values: Row
    origin: str
    within: str = ""
    filled: bool = False

    def _said(self, name: str) -> Any:
        value = self.values.get(name)
        if value == "" and self.filled:
            raise self.fail(name, "must be filled")
        return value

    def says(self, name: str) -> bool:
        """Whether the field was sent, if only as a null."""
        return name in self.values

    def any(self, name: str) -> Any:
        return self.values.get(name)

    def fail(self, name: str, message: str) -> ApiError:
        return invalid(self.within + name, message)

    def only(self, *known: str) -> None:
        """Refuse what the operation does not know."""
        for name in self.values:
            if name not in known:
                raise self.fail(name, "is not allowed")

    def text(
        self,
        name: str,
        *,
        required: bool = False,
        choices: Iterable[str] | None = None,
        longest: int | None = None,
    ) -> str | None:
        value = self._said(name)
        if value in _UNSAID:
            if required:
                raise self.fail(name, "is missing")
            return None
        if not isinstance(value, str):
            raise self.fail(name, "must be a string")
        if choices is not None and value not in choices:
            raise self.fail(name, f"must be one of: {', '.join(choices)}")
        if longest is not None and len(value.strip()) > longest:
            raise self.fail(name, f"size cannot be greater than {longest}")
        return value

    def need(self, name: str, *, longest: int | None = None) -> str:
        """Text that has to be there, and is more than spaces."""
        value = (self.text(name, required=True, longest=longest) or "").strip()
        if not value:
            raise self.fail(name, "must be filled")
        return value

    def email(self, name: str, *, required: bool = False) -> str | None:
        value = self.text(name, required=required)
        if value is not None and not _EMAIL.fullmatch(value):
            raise self.fail(name, "is in invalid format")
        return value

    def emails(self, name: str, *, required: bool = False, most: int | None = None) -> list[str]:
        values = self.items(name, required=required, most=most) or []
        for place, value in enumerate(values):
            if not isinstance(value, str) or not _EMAIL.fullmatch(value):
                raise self.fail(f"{name}[{place}]", "is in invalid format")
        return values

    def zone(self, name: str, *, required: bool = False) -> str | None:
        value = self.text(name, required=required)
        if value is not None and value not in _zones():
            raise self.fail(name, "is not a valid timezone")
        return value

    def integer(self, name: str, low: int, high: int, *, required: bool = False) -> int | None:
        """A whole number; ``5.0`` and ``"5"`` are as good as 5."""
        value = self._said(name)
        if value in _UNSAID:
            if required:
                raise self.fail(name, "is missing")
            return None
        if isinstance(value, bool) or not re.fullmatch(r"-?[0-9]{1,9}(\.0+)?", str(value)):
            raise self.fail(name, "must be an integer")
        number = int(float(value))
        if not low <= number <= high:
            raise self.fail(name, f"must be between {low} and {high}")
        return number

    def integers(self, name: str, low: int, high: int, most: int) -> list[int] | None:
        values = self.items(name, most=most)
        if values is None:
            return None
        numbers = [Fields({name: value}, self.origin).integer(name, low, high, required=True) for value in values]
        if len(set(numbers)) != len(numbers):
            raise self.fail(name, "must be unique")
        return [number for number in numbers if number is not None]

    def boolean(self, name: str) -> bool | None:
        value = self._said(name)
        if value in _UNSAID and not isinstance(value, bool):
            return None
        known = {"true": True, "1": True, "false": False, "0": False}
        if str(value).lower() not in known:
            raise self.fail(name, "must be boolean")
        return known[str(value).lower()]

    def moment(self, name: str, *, required: bool = False) -> datetime | None:
        value = self.text(name, required=required)
        return None if value is None else self._moment(name, value)

    def time(self, name: str) -> datetime:
        """A time that has to be there."""
        return self._moment(name, str(self.text(name, required=True)))

    def _moment(self, name: str, value: str) -> datetime:
        try:
            parsed = datetime.fromisoformat(value)
        except ValueError:
            raise self.fail(name, "must be an ISO 8601 date-time") from None
        if not 1900 <= parsed.year <= 9000:
            raise self.fail(name, "must be an ISO 8601 date-time")
        return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)

    def day(self, name: str, *, required: bool = False) -> date | None:
        value = self.text(name, required=required)
        try:
            return None if value is None else date.fromisoformat(value)
        except ValueError:
            raise self.fail(name, "must be a date") from None

    def items(self, name: str, *, required: bool = False, most: int | None = None) -> list[Any] | None:
        value = self._said(name)
        if value in _UNSAID:
            if required:
                raise self.fail(name, "is missing")
            return None
        values = value if isinstance(value, list) else [value]
        if required and not values:
            raise self.fail(name, "must be filled")
        if most is not None and len(values) > most:
            raise self.fail(name, f"size cannot be greater than {most}")
        return values

    def object(self, name: str, *, required: bool = False) -> Fields | None:
        value = self.values.get(name)
        if value is None and not required:
            return None
        if not isinstance(value, dict):
            raise self.fail(name, "is missing" if value is None else "must be an object")
        return Fields(value, self.origin, f"{self.within}{name}.")

    def objects(self, name: str, *, required: bool = False, most: int | None = None) -> list[Fields] | None:
        values = self.items(name, required=required, most=most)
        if values is None:
            return None
        for place, value in enumerate(values):
            if not isinstance(value, dict):
                raise self.fail(f"{name}[{place}]", "must be an object")
        return [Fields(value, self.origin, f"{self.within}{name}[{place}].") for place, value in enumerate(values)]

    def uri(self, name: str, *kinds: str, required: bool = False) -> str | None:
        """A URI of one of the given resources. A missing one is as invalid as a wrong one, as Calendly has it."""
        value = self._said(name)
        if value in _UNSAID and not required:
            return None
        return self.reference(name, value, *kinds)

    def reference(self, name: str, value: Any, *kinds: str) -> str:
        """A URI below this origin or Calendly's own, as this sandbox writes it; ``*`` in a kind stands for an id."""
        for base in (self.origin, CALENDLY):
            for kind in kinds:
                pattern = kind.replace("*", "[A-Za-z0-9-]+")
                if isinstance(value, str) and re.fullmatch(rf"{re.escape(base)}/{pattern}/[A-Za-z0-9-]+/?", value):
                    return self.origin + value[len(base) :].rstrip("/")
        raise self.fail(name, "invalid")
