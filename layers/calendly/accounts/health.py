"""How an account is doing, from the directory alone: no secret is read."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from accounts.directory import HEALTHY, Entry
from accounts.refresh import DUE_SECONDS

OVERDUE_SECONDS = DUE_SECONDS / 2
"""A token with less left than this has been missed by two runs of the schedule."""

REFRESH_OVERDUE = "refresh_overdue"


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
    expires_at = summary.get("expires_at")
    state = entry.state
    if state == HEALTHY and expires_at is not None and expires_at - now() < OVERDUE_SECONDS:
        state = REFRESH_OVERDUE
    return {
        "account": entry.name,
        "state": state,
        "reason": entry.reason,
        "kind": summary.get("kind"),
        "owner": summary.get("owner"),
        "organization": summary.get("organization"),
        "role": summary.get("role"),
        "scopes": summary.get("scopes"),
        "missing_scopes": missing_scopes(summary.get("scopes")),
        "generation": summary.get("generation"),
        "expires_at": _time(expires_at),
        "last_refreshed_at": _time(summary.get("refreshed_at")),
    }


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
