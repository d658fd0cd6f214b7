"""How accounts are doing, from the directory alone: no secret is read."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from accounts import verdicts
from accounts.directory import Seen
from accounts.entry import HEALTHY, NEEDS_REAUTHENTICATION, Entry
from accounts.refresh import DUE_SECONDS
from accounts.subscriptions import State

OVERDUE = "refresh_overdue"
WRONG_APPLICATION = "wrong_application"

OVERDUE_SECONDS = DUE_SECONDS / 2
"""A token with less left than this has been missed by two runs of the schedule."""


def account_state(entry: Entry, now: float, application: Seen | None = None) -> str:
    """``healthy``, ``refresh_overdue``, ``wrong_application`` or ``needs_reauthentication``.

    Args:
        entry: the account.
        now: seconds since the epoch.
        application: the application as it was seen last; the account is compared with it, so that the state
            ``wrong_application`` comes and goes with what is stored.
    """
    if entry.disconnecting:
        return NEEDS_REAUTHENTICATION
    if entry.state != HEALTHY:
        return entry.state
    if is_of_another(entry, application):
        return WRONG_APPLICATION
    expires_at = entry.summary.get("expires_at")
    return OVERDUE if expires_at is not None and expires_at - now < OVERDUE_SECONDS else HEALTHY


def is_of_another(entry: Entry, application: Seen | None) -> bool:
    """Whether the account belongs to another application than the one that is stored."""
    stored = application.client_id if application else None
    return stored is not None and entry.client_id is not None and entry.client_id != stored


def reason_of(entry: Entry, state: str, application: Seen | None = None) -> str | None:
    """Why an account is not healthy, for a person. ``state`` is what ``account_state`` says of it."""
    if entry.disconnecting:
        return verdicts.disconnecting(entry.name)
    if entry.state == HEALTHY and is_of_another(entry, application):
        stored = application.client_id if application else None
        return verdicts.wrong_application(entry.name, str(entry.client_id), stored)
    return entry.reason or (verdicts.overdue(entry.name) if state == OVERDUE else None)


def health(
    entry: Entry,
    missing_scopes: Callable[[list[str] | None], list[str]],
    application: Seen | None = None,
    *,
    now: Callable[[], float] = time.time,
) -> dict[str, Any]:
    """One account as ``GET /accounts`` shows it.

    Args:
        entry: the account.
        missing_scopes: what a grant lacks.
        application: the application as it was seen last.
        now: seconds since the epoch.
    """
    summary, refusal = entry.summary, entry.refused
    state = account_state(entry, now(), application)
    return {
        "account": entry.name,
        "state": state,
        "reason": reason_of(entry, state, application),
        "kind": summary.get("kind"),
        "owner": summary.get("owner"),
        "owner_name": summary.get("owner_name"),
        "owner_email": summary.get("owner_email"),
        "organization": summary.get("organization"),
        "role": summary.get("role"),
        "scopes": summary.get("scopes"),
        "missing_scopes": missing_scopes(summary.get("scopes")),
        "client_id": summary.get("client_id"),
        "generation": summary.get("generation"),
        "connected_at": _time(summary.get("connected_at")),
        "expires_at": _time(summary.get("expires_at")),
        "last_refreshed_at": _time(summary.get("refreshed_at")),
        "refused_at": _time(refusal.refused_at if refusal else None),
        "asked_again_at": _time(refusal.asked_at if refusal else None),
    }


def webhooks(state: State | None) -> list[dict[str, Any]]:
    """An account's webhook subscriptions to this stack, as ``GET /accounts`` shows them: as they were seen last."""
    if state is None:
        return []
    return [
        {
            "uri": each.uri,
            "scope": each.scope,
            "events": list(each.events),
            "state": each.state,
            "retry_started_at": each.retry_started_at,
            "last_delivery": _time(state.last_delivery),
            "seen_at": _time(each.seen_at),
        }
        for each in state.subscriptions
    ]


def application_health(application: Seen | None) -> dict[str, Any]:
    """The OAuth application as ``GET /accounts`` shows it."""
    if application is None:
        problem = "Nobody looked at it yet: rotate_tokens does, every 15 minutes."
        return {"state": "unknown", "problem": problem, "client_id": None}
    return {"state": application.state, "problem": application.problem, "client_id": application.client_id}


def _time(seconds: float | None) -> str | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
