"""One scheduled run: every account that is due, several at once, the most urgent first."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from accounts.directory import Directory
from accounts.health import OVERDUE, account_state
from accounts.outcome import Outcome, Result
from accounts.refresh import TIME_FOR_ONE, Refresher
from calendly.deadline import Deadline

AT_ONCE = 8
"""Secrets Manager takes 50 writes a second from an AWS account; a refresh makes two in about 0.4 s."""


@dataclass(frozen=True)
class Run:
    """What came of a run.

    Attributes:
        results: one per account, by name.
        gauges: how many accounts are in a bad way now, by metric name.
        unfinished: whether accounts that are due were not reached, and another run right away would get on with
            them: it would not where this one did not refresh any.
    """

    results: list[Result]
    gauges: dict[str, int]
    unfinished: bool


class Rotation:
    """Refreshes all accounts that are due. One that is broken never keeps another from its turn.

    Args:
        directory: which accounts there are.
        refresher: refreshes one.
        announce: tells the world of an account's state, if it changed.
        now: seconds since the epoch.
    """

    def __init__(
        self,
        directory: Directory,
        refresher: Refresher,
        announce: Callable[[str], None],
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._directory = directory
        self._refresher = refresher
        self._announce = announce
        self._now = now

    def run(self, deadline: Deadline) -> Run:
        """Refresh what is due, as far as time allows."""
        entries = self._directory.list()
        due = sorted(
            (entry for entry in entries if self._refresher.is_due(entry)),
            key=lambda entry: entry.summary.get("expires_at") or 0,
        )

        def refresh(name: str) -> Result | None:
            # Time to begin another, and to tell the world of all of them afterwards.
            if deadline.remaining() < TIME_FOR_ONE + 5:
                return None
            return self._refresher.refresh(name, deadline=deadline)

        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            results = list(pool.map(refresh, [entry.name for entry in due]))
        refreshed = {result.account: result for result in results if result}
        states = {entry.name: Result(entry.name, _resting(entry.state)) for entry in entries}
        return Run(
            results=list({**states, **refreshed}.values()),
            gauges=self._look_around(),
            unfinished=len(refreshed) < len(due)
            and any(result.outcome is Outcome.REFRESHED for result in refreshed.values()),
        )

    def _look_around(self) -> dict[str, int]:
        """Count the accounts in a bad way, and tell the world of those whose state changed."""
        entries = self._directory.list()
        states = {entry.name: account_state(entry, self._now()) for entry in entries}
        for entry in entries:
            if entry.announced != states[entry.name]:
                self._announce(entry.name)
        counted = Counter(states.values())
        return {
            "AccountsNeedingReauthentication": counted[Outcome.NEEDS_REAUTHENTICATION.value],
            "AccountsOverdue": counted[OVERDUE],
            "AccountsParked": sum(entry.parked is not None for entry in entries),
        }


def _resting(state: str) -> Outcome:
    return Outcome.NEEDS_REAUTHENTICATION if state == Outcome.NEEDS_REAUTHENTICATION.value else Outcome.NOT_DUE
