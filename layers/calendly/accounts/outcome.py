"""What a run of the refresh protocol reports."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import NamedTuple

_PERSONAL = re.compile(r"[^\s<>\"'()]+@[^\s<>\"'()]+|https?://\S+")
"""E-mail addresses and web addresses, as Calendly's words may hold them."""


class Outcome(StrEnum):
    """What became of one account in one run."""

    REFRESHED = "refreshed"
    NOT_DUE = "not_due"
    BUSY_ELSEWHERE = "busy_elsewhere"
    NEEDS_REAUTHENTICATION = "needs_reauthentication"
    WRONG_APPLICATION = "wrong_application"
    PARKED = "parked"
    REMOVED = "removed"
    """What a disconnect or a first connect left behind is gone."""
    FAILED = "failed"


class Result(NamedTuple):
    """One account's outcome, with a reason where there is something to say.

    Attributes:
        retry_after: seconds before which asking again changes nothing.
    """

    account: str
    outcome: Outcome
    generation: int | None = None
    reason: str | None = None
    retry_after: float | None = None

    def without_addresses(self) -> Result:
        """The same, fit for a log: what Calendly said of it may name people and places."""
        return self if self.reason is None else self._replace(reason=_PERSONAL.sub("[...]", self.reason))

    def to_json(self) -> dict[str, object]:
        """The members that say something."""
        return {name: value for name, value in self._asdict().items() if value is not None}
