"""How often an account's tokens are exchanged: bounds for the minute, for the day, and while Calendly refuses them.

Calendly gives out eight tokens a minute and user. Secrets Manager keeps the versions of the last day, about a hundred
of a secret, and then refuses to store any. A schedule needs one an hour.
"""

from __future__ import annotations

from typing import NamedTuple

from accounts.entry import DAY, Early, Entry

MOST_A_MINUTE = 8
"""Calendly gives out no more tokens to a user."""

MOST_A_DAY = 60
"""Versions of a secret that exchanges of one grant write; what is left to a hundred is for people who connect."""

MOST_EARLY_A_DAY = 30
"""Those up to which tokens are exchanged before their time; what is left is the schedule's."""

ALMOST_ALL = 90
"""Versions of a day, of connects as well, with which a grant has to be content with a few."""

A_FEW = 10

FREE = 2
"""Exchanges before their time that nobody has to wait for."""

LONGEST_WAIT = 3600.0
QUIET = 2 * LONGEST_WAIT
"""So long after the last one, tokens were good again."""


class TooOften(NamedTuple):
    """Why an exchange has to wait, and for how many seconds."""

    reason: str
    seconds: float


def recent(entry: Entry, now: float) -> list[float]:
    """When the account's tokens were exchanged in the last minute."""
    return [at for at in entry.exchanges if now - 60 < at <= now]


def next_early(entry: Entry, now: float) -> Early:
    """The count, if tokens that live are exchanged now."""
    known = entry.early
    return Early(1 if known is None or now - known.at >= QUIET else known.count + 1, now)


def too_often(entry: Entry, now: float, *, early: bool, forced: bool) -> TooOften | None:
    """Whether an exchange has to wait.

    Args:
        entry: the account.
        now: seconds since the epoch.
        early: Calendly refused tokens that ought to live.
        forced: an operator asks, who need not wait for Calendly to be well again.
    """
    if len(recent(entry, now)) >= MOST_A_MINUTE:
        return TooOften("Its tokens were exchanged too often this minute.", 60)
    written = entry.versions_since(now - DAY)
    of_grant = [at for at in written if at > entry.connected_at]
    most = MOST_EARLY_A_DAY if early and not forced else MOST_A_DAY
    if len(of_grant) >= (A_FEW if len(written) >= ALMOST_ALL else most):
        return TooOften(
            "Its tokens were renewed so often today that Secrets Manager would soon take no more versions. Calendly "
            "refuses what it gives out: look at its status page.",
            max(60.0, min(written) + DAY - now),
        )
    if early and not forced and entry.early:
        wait = entry.early.at + _pause(entry.early.count) - now
        if wait > 0 and now - entry.early.at < QUIET:
            return TooOften(
                "Calendly refuses access tokens that it has just given out. They are renewed again after a while.", wait
            )
    return None


def _pause(count: int) -> float:
    """Seconds to wait after so many exchanges in a row: nothing, then 1, 2, 4 and up to 60 minutes."""
    return 0.0 if count < FREE else min(60.0 * 2 ** min(count - FREE, 10), LONGEST_WAIT)
