"""Tells EventBridge what happens to accounts, so that a workflow can tell their owners. Twice is better than never."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from accounts import aws
from accounts.directory import Directory, Seen
from accounts.entry import HEALTHY, Entry
from accounts.health import account_state, reason_of

SOURCE = "calendly-actions"
STATE_CHANGED = "Calendly account state changed"
ACCOUNT_CHANGED = "Calendly account changed"


class Announcer:
    """Puts events on the default bus: of states that changed, and of grants that did.

    What was told is noted afterwards: whoever dies in between tells it again.

    Args:
        stack: whose account it is.
        directory: keeps what was told last.
        now: seconds since the epoch.
    """

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
        seen = self._directory.application()
        state = account_state(entry, self._now(), seen)
        if state != entry.announced:
            if not (entry.announced is None and state == HEALTHY):
                self._put(STATE_CHANGED, self._state(entry, state, seen))
            self._directory.announce(name, state, entry.announced)
        if entry.was is not None:
            change = self._change(entry)
            if change["was"] != change["is"]:
                self._put(ACCOUNT_CHANGED, change)
            self._directory.told_change(entry)

    def _state(self, entry: Entry, state: str, seen: Seen | None) -> dict[str, Any]:
        return {
            "stack": self._stack,
            "account": entry.name,
            "state": state,
            "previous_state": entry.announced,
            "reason": reason_of(entry, state, seen),
            "owner": entry.summary.get("owner"),
            "connect": f"POST /accounts/{entry.name}/connect",
        }

    def _change(self, entry: Entry) -> dict[str, Any]:
        was = entry.was or {}
        return {
            "stack": self._stack,
            "account": entry.name,
            "owner": entry.summary.get("owner"),
            "was": was,
            "is": {name: entry.summary.get(name) for name in was},
        }

    def _put(self, detail_type: str, detail: dict[str, Any]) -> None:
        event = {"Source": SOURCE, "DetailType": detail_type, "Detail": json.dumps(detail)}
        with aws.faults("to tell EventBridge of an account"):
            answer = aws.client("events").put_events(Entries=[event])
            if answer.get("FailedEntryCount"):
                raise aws.refused("to tell EventBridge of an account", "FailedEntryCount")
