"""How an account is doing, from the directory alone: no secret is read."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from accounts import aws
from accounts.directory import HEALTHY, Directory, Entry
from accounts.refresh import DUE_SECONDS

OVERDUE = "refresh_overdue"

OVERDUE_SECONDS = DUE_SECONDS / 2
"""A token with less left than this has been missed by two runs of the schedule."""


def account_state(entry: Entry, now: float) -> str:
    """``healthy``, ``refresh_overdue`` or ``needs_reauthentication``."""
    expires_at = entry.summary.get("expires_at")
    overdue = entry.state == HEALTHY and expires_at is not None and expires_at - now < OVERDUE_SECONDS
    return OVERDUE if overdue else entry.state


def health(
    entry: Entry,
    missing_scopes: Callable[[list[str] | None], list[str]],
    *,
    now: Callable[[], float] = time.time,
) -> dict[str, Any]:
    """One account as ``GET /accounts`` shows it.

    Args:
        entry: the account.
        missing_scopes: what a grant lacks.
        now: seconds since the epoch.
    """
    summary = entry.summary
    return {
        "account": entry.name,
        "state": account_state(entry, now()),
        "reason": entry.reason,
        "kind": summary.get("kind"),
        "owner": summary.get("owner"),
        "organization": summary.get("organization"),
        "role": summary.get("role"),
        "scopes": summary.get("scopes"),
        "missing_scopes": missing_scopes(summary.get("scopes")),
        "generation": summary.get("generation"),
        "expires_at": _time(summary.get("expires_at")),
        "last_refreshed_at": _time(summary.get("refreshed_at")),
    }


class Announcer:
    """Tells EventBridge when an account's state changes, so that a workflow can tell its owner.

    Source ``calendly-actions``, detail-type ``Calendly account state changed``, on the default bus.

    Args:
        stack: whose account it is.
        directory: keeps what was told last.
        now: seconds since the epoch.
    """

    DETAIL_TYPE = "Calendly account state changed"

    def __init__(self, stack: str, directory: Directory, *, now: Callable[[], float] = time.time) -> None:
        self._stack = stack
        self._directory = directory
        self._now = now

    def __call__(self, name: str) -> None:
        """Tell an account's state if it is not the one told last. A new account that is healthy is no news.

        Raises:
            AccountUnavailableError: AWS refused; the next run tells it.
        """
        entry = self._directory.get(name)
        if entry is None:
            return
        state = account_state(entry, self._now())
        if state == entry.announced or not self._directory.announce(name, state, entry.announced):
            return
        if entry.announced is None and state == HEALTHY:
            return
        try:
            self._put(entry, state)
        except Exception:
            # Told to nobody: let the next run find the state untold.
            self._directory.announce(name, entry.announced or "unknown", state)
            raise

    def _put(self, entry: Entry, state: str) -> None:
        detail = {
            "stack": self._stack,
            "account": entry.name,
            "state": state,
            "previous_state": entry.announced,
            "reason": entry.reason,
            "owner": entry.summary.get("owner"),
            "connect": f"POST /accounts/{entry.name}/connect",
        }
        event = {"Source": "calendly-actions", "DetailType": self.DETAIL_TYPE, "Detail": json.dumps(detail)}
        with aws.faults("to tell EventBridge of an account's state"):
            answer = aws.client("events").put_events(Entries=[event])
            if answer.get("FailedEntryCount"):
                raise aws.refused("to tell EventBridge of an account's state", "FailedEntryCount")


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
