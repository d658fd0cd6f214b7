"""One scheduled run: every account that is due, several at once, the most urgent first."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from accounts.directory import Directory, Seen
from accounts.entry import HEALTHY, NEEDS_REAUTHENTICATION, Entry
from accounts.health import OVERDUE, WRONG_APPLICATION, account_state
from accounts.outcome import Outcome, Result
from accounts.refresh import TIME_FOR_ONE, Refresher
from accounts.verdicts import HOUR, Verdict, Verdicts
from calendly.deadline import Deadline
from calendly.errors import CalendlyError

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
        announce: tells the world of an account, if it changed.
        application: reads the application as it is stored; without it, the one that was seen last counts.
        now: seconds since the epoch.
    """

    def __init__(
        self,
        directory: Directory,
        refresher: Refresher,
        announce: Callable[[str], None],
        *,
        application: Callable[[], Seen] | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._directory = directory
        self._refresher = refresher
        self._announce = announce
        self._application = application
        self._verdicts = Verdicts(directory)
        self._now = now

    def run(self, deadline: Deadline) -> Run:
        """Refresh what is due, as far as time allows."""
        seen, digest = self._look_at_application()
        entries = self._directory.all()
        due = sorted(
            (entry for entry in entries if self._refresher.is_due(entry, digest)),
            key=lambda entry: entry.summary.get("expires_at") or 0,
        )
        changed = {entry.name for entry in due if entry.refused and digest not in (None, entry.refused.application)}

        def refresh(name: str) -> Result | None:
            # Time to begin another, and to tell the world of all of them afterwards.
            if deadline.remaining() < TIME_FOR_ONE + 5:
                return None
            return self._refresher.refresh(name, deadline=deadline, force=name in changed, judge=False)

        with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
            results = list(pool.map(refresh, [entry.name for entry in due]))
        reached = {result.account: result for result in results if result}
        entries = self._directory.list()
        verdicts = self._verdicts.on_all(entries)
        if verdicts:
            entries = self._directory.list()
        resting = {entry.name: Result(entry.name, _resting(entry)) for entry in entries}
        judged = {name: _judged(result, verdicts) for name, result in reached.items()}
        return Run(
            results=sorted({**resting, **judged}.values()),
            gauges=self._look_around(entries, seen),
            unfinished=len(reached) < len(due)
            and any(result.outcome is Outcome.REFRESHED for result in reached.values()),
        )

    def _look_at_application(self) -> tuple[Seen | None, str | None]:
        """The application, and its digest if it is as it is now; kept for those who may not read its secret."""
        known: Seen | None = None
        try:
            known = self._directory.application()
            if self._application is None:
                return known, None
            seen = self._application()
            if seen != known:
                self._directory.note_application(seen)
        except CalendlyError:
            # Accounts are refreshed all the same, as far as that goes; the next run looks again.
            return known, None
        return seen, seen.digest

    def _look_around(self, entries: list[Entry], seen: Seen | None) -> dict[str, int]:
        """Count the accounts in a bad way, and tell the world of those that changed."""
        states = {entry.name: account_state(entry, self._now(), seen) for entry in entries}
        for entry in entries:
            if entry.announced != states[entry.name] or entry.was is not None:
                self._announce(entry.name)
        counted = Counter(states.values())
        return {
            "AccountsHealthy": counted[HEALTHY],
            "AccountsNeedingReauthentication": counted[NEEDS_REAUTHENTICATION],
            "AccountsOverdue": counted[OVERDUE],
            "AccountsWrongApplication": counted[WRONG_APPLICATION],
            "AccountsParked": sum(entry.parked is not None for entry in entries),
        }


def _resting(entry: Entry) -> Outcome:
    """What is reported of an account that was not due."""
    return Outcome.NEEDS_REAUTHENTICATION if entry.state == NEEDS_REAUTHENTICATION else Outcome.NOT_DUE


def _judged(result: Result, verdicts: Mapping[str, Verdict]) -> Result:
    """A result with what follows from it, where Calendly refused the token."""
    verdict = verdicts.get(result.account)
    if verdict is None or result.outcome is not Outcome.FAILED:
        return result
    if verdict.state == NEEDS_REAUTHENTICATION:
        return result._replace(outcome=Outcome.NEEDS_REAUTHENTICATION, reason=verdict.reason, retry_after=None)
    return result._replace(reason=verdict.reason, retry_after=HOUR)
