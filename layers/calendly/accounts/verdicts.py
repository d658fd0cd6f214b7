"""What follows from Calendly's refusals of tokens: a verdict that a person has to act on, or not yet.

A refusal is written on the account's item; what follows is worked out from all items together, so that it does not
depend on which account was asked first:

- One account that is refused needs a person, at once.
- Several that are refused at the same time, while none is granted, point to a fault of ours or of Calendly's: another
  application's credentials, an incident. None of them is given up for a day.
- No verdict is final. A refused token is asked about again, hourly for a day, at once when the application's secret
  changes, and when an operator says so. A refused ask costs nothing: the token is refused once more.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from accounts.account import how_to_connect
from accounts.directory import Directory
from accounts.entry import DAY, HEALTHY, NEEDS_REAUTHENTICATION, Entry, Refusal

HOUR = 3600.0
ASK_AGAIN_SECONDS = HOUR - 60
"""The schedule's runs are not to the second."""

_TOKEN = "personal access token"  # noqa: S105 - a kind of account
_UNNAMED = "unnamed"


class Verdict(NamedTuple):
    """What follows from a refusal: the state that the account is in, and why."""

    state: str
    reason: str


def asks_again_at(refusal: Refusal) -> float | None:
    """When a refused token is asked about next; None once it was asked about for a day."""
    return refusal.asked_at + ASK_AGAIN_SECONDS if refusal.asked_at < refusal.refused_at + DAY else None


def is_due(entry: Entry, now: float, application: str | None) -> bool:
    """Whether a refused token is to be asked about again.

    Args:
        entry: the account.
        now: seconds since the epoch.
        application: a digest of the application as it is now; None where it is not known.
    """
    refusal = entry.refused
    if refusal is None:
        # A verdict of 0.1, which did not say on what.
        return entry.state == NEEDS_REAUTHENTICATION
    if application and refusal.application and refusal.application != application:
        return True
    again = asks_again_at(refusal)
    return again is not None and now >= again


def judge(entry: Entry, entries: Iterable[Entry]) -> Verdict:
    """The verdict on an account whose token is refused, in view of all accounts."""
    refusal = entry.refused
    assert refusal is not None  # noqa: S101 - the caller has looked
    if refusal.certain:
        return Verdict(NEEDS_REAUTHENTICATION, entry.reason or "Only a person can bring it back.")
    others = [
        other
        for other in entries
        if other.name != entry.name
        and other.refused
        and not other.refused.certain
        and _group(other) == _group(entry)
        and _meet(other.refused, refusal)
    ]
    day_is_over = refusal.asked_at >= refusal.refused_at + DAY
    if others and not day_is_over and not _granted(entry, refusal, entries):
        return Verdict(HEALTHY, _fault_of_ours(entry, len(others) + 1))
    what = "personal access token" if _group(entry) == _TOKEN else "refresh token"
    why = (
        "it is revoked, or its owner changed their login" if what.startswith("personal") else "it is used up or revoked"
    )
    return Verdict(NEEDS_REAUTHENTICATION, f"Calendly refused the {what}: {why}.")


class Verdicts:
    """Passes verdicts, and writes them down.

    Args:
        directory: the accounts.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def on(self, name: str) -> Verdict | None:
        """The verdict on one account; None if its token is not refused any more."""
        entries = self._directory.list()
        entry = next((each for each in entries if each.name == name), None)
        return self._write(entry, entries) if entry and entry.refused else None

    def on_all(self, entries: list[Entry]) -> dict[str, Verdict]:
        """The verdicts on all that are refused, by name."""
        return {entry.name: self._write(entry, entries) for entry in entries if entry.refused}

    def _write(self, entry: Entry, entries: list[Entry]) -> Verdict:
        verdict = judge(entry, entries)
        if (entry.state, entry.reason) != verdict:
            self._directory.judge(entry, *verdict)
        return verdict


def _group(entry: Entry) -> str:
    """Accounts that one fault would hit: of one application; those of 0.1, whose application is not known; tokens."""
    if entry.summary.get("kind") == "personal_access_token":
        return _TOKEN
    return entry.client_id or _UNNAMED


def _meet(one: Refusal, other: Refusal) -> bool:
    """Whether two accounts were refused at the same time: each is exchanged once in 60 to 75 minutes."""
    return abs(one.refused_at - other.refused_at) <= 1.25 * HOUR


def _granted(entry: Entry, refusal: Refusal, entries: Iterable[Entry]) -> bool:
    """Whether another account's exchange was granted about when this one's was refused.

    For an account whose application is not known, an exchange of one that belongs to the stored application says
    nothing: that application may be another than its own.
    """
    unnamed = _group(entry) == _UNNAMED
    return any(
        -HOUR / 2 <= other.exchanged.at - refusal.asked_at <= HOUR / 4
        and (not other.exchanged.named if unnamed else other.exchanged.client_id == entry.client_id)
        for other in entries
        if other.exchanged and other.name != entry.name and not other.refused
    )


def _fault_of_ours(entry: Entry, count: int) -> str:
    if _group(entry) == _TOKEN:
        return (
            f"Calendly refuses {count} accounts' personal access tokens at once, which points to a fault of "
            "Calendly's. They are asked about again every hour; none is given up for a day."
        )
    return (
        f"Calendly refuses {count} accounts' refresh tokens at once and grants none, which points to the application "
        "and not to the accounts: look whether its secret holds the credentials that they were connected with. They "
        "are asked about again every hour, and when the secret changes; none is given up for a day. To ask now: invoke "
        f'rotate_tokens with {{"account": "{entry.name}", "force": true}}.'
    )


def disconnecting(name: str) -> str:
    """Why an account whose disconnect was not finished is not healthy."""
    return f"Disconnecting it was not finished. Send DELETE /accounts/{name} again. To keep it: {how_to_connect(name)}"


def wrong_application(account: str, owns: str, stored: str | None) -> str:
    """Why no exchange is tried under the stored application."""
    return (
        f"'{account}' was connected with the OAuth application {owns}, and the stack's secret holds another, "
        f"{stored}. Store the application's credentials again, which heals it, or connect it anew with the stored "
        f"one: {how_to_connect(account)}"
    )


def overdue(name: str) -> str:
    """Why an account whose token is not refreshed in time is not healthy."""
    return (
        f"The token of '{name}' has less than half an hour left, and rotate_tokens did not refresh it. "
        "Its log says why: docs/runbook.md#overduealarm."
    )
