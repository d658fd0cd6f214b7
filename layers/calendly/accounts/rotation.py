"""One scheduled run: every account that is due, several at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from accounts.directory import Directory
from accounts.outcome import Outcome, Result
from accounts.refresh import Refresher
from calendly.deadline import Deadline

AT_ONCE = 16
TIME_FOR_ONE = 10.0
"""Seconds that must be left to begin with another account: an exchange that is begun has to be finished."""


class Rotation:
    """Refreshes all accounts that are due. One that is broken never keeps another from its turn."""

    def __init__(self, directory: Directory, refresher: Refresher) -> None:
        self._directory = directory
        self._refresher = refresher

    def run(self, deadline: Deadline) -> list[Result]:
        """Results by account name; an account not reached in time is left to the next run."""

        def refresh(name: str) -> Result:
            if deadline.remaining() < TIME_FOR_ONE:
                return Result(name, Outcome.FAILED, reason="No time was left in this run.")
            return self._refresher.refresh(name, deadline=deadline)

        entries = self._directory.list()
        due = [entry.name for entry in entries if self._refresher.is_due(entry)]
        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            refreshed = {result.account: result for result in pool.map(refresh, due)}
        return [refreshed.get(entry.name) or Result(entry.name, _resting(entry.state)) for entry in entries]


def _resting(state: str) -> Outcome:
    return Outcome.NEEDS_REAUTHENTICATION if state == Outcome.NEEDS_REAUTHENTICATION.value else Outcome.NOT_DUE
