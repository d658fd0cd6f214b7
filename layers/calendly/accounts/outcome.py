"""What a run of the refresh protocol reports."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Outcome(StrEnum):
    """What became of one account in one run."""

    REFRESHED = "refreshed"
    NOT_DUE = "not_due"
    BUSY_ELSEWHERE = "busy_elsewhere"
    NEEDS_REAUTHENTICATION = "needs_reauthentication"
    PARKED = "parked"
    FAILED = "failed"


class Result(NamedTuple):
    """One account's outcome, with a reason where there is something to say."""

    account: str
    outcome: Outcome
    generation: int | None = None
    reason: str | None = None

    def to_json(self) -> dict[str, object]:
        """The members that say something."""
        return {name: value for name, value in self._asdict().items() if value is not None}
