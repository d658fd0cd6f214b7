"""Objects within inputs, and the types of their members."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*")


class Part(BaseModel):
    """An object within an input. It goes to Calendly as it is, under Calendly's own names."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, defer_build=True)

    def to_json(self) -> dict[str, Any]:
        """What was given. A warning would hold it, and end in the log."""
        return self.model_dump(by_alias=True, exclude_none=True, warnings="none")

    def must_fit(self, chosen: str, *, needs: Iterable[str] = (), excludes: Iterable[str] = ()) -> None:
        """Check the members that depend on another one.

        Args:
            chosen: what the other one says, for people: ``kind inbound_call``.
            needs: those that have to be there.
            excludes: those that must not be there.

        Raises:
            ValueError: saying which of them is missing, or too many.
        """
        for name in needs:
            if getattr(self, name) is None:
                raise ValueError(f"needs {name} with {chosen}")
        for name in excludes:
            if getattr(self, name) is not None:
                raise ValueError(f"takes no {name} with {chosen}")


def _date(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        value = ""
    if not _DATE.fullmatch(value):
        raise ValueError("must be a date such as 2026-01-31")
    return value


def _timezone(value: str) -> str:
    """Names that look right go through where the machine has no database of time zones."""
    from zoneinfo import ZoneInfo

    def known(name: str) -> bool:
        try:
            return bool(ZoneInfo(name))
        except (ValueError, OSError, LookupError):
            return False

    if not _ZONE.fullmatch(value) or (not known(value) and known("Etc/UTC")):
        raise ValueError("must be a time zone by its IANA name, such as Europe/Berlin")
    return value


Date = Annotated[str, AfterValidator(_date), Field(json_schema_extra={"format": "date"})]
Timezone = Annotated[str, AfterValidator(_timezone)]
