"""Connects under way: what the callback needs to finish one, kept in the table for ten minutes."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from accounts.table import Table
from calendly.errors import CalendlyError

SESSION_SECONDS = 600
_SESSIONS = "connect"


class InvalidStateError(CalendlyError):
    """The ``state`` that came back is unknown, used or expired."""

    http_status = 400


@dataclass(frozen=True)
class Session:
    """A connect under way: what the callback needs to finish it.

    Attributes:
        client_id: the application that the person was asked for; None where 0.1 began the connect.
    """

    account: str
    verifier: str = field(repr=False)
    redirect_uri: str = field(repr=False)
    replace: bool
    client_id: str | None = None


class Sessions:
    """Connect sessions in the table: one-time, ten minutes each, found by a hash of their ``state``."""

    def __init__(self, table: Table, *, now: Callable[[], float] = time.time) -> None:
        self._table = table
        self._now = now

    def open(self, session: Session) -> str:
        """Remember a session and return the ``state`` that finds it again."""
        state = secrets.token_urlsafe(32)
        self._table.put(
            {
                "pk": _SESSIONS,
                "sk": _digest(state),
                "account": session.account,
                "verifier": session.verifier,
                "redirect_uri": session.redirect_uri,
                "replace_owner": session.replace,
                "expires_at": int(self._now()) + SESSION_SECONDS,
                **({"client_id": session.client_id} if session.client_id else {}),
            }
        )
        return state

    def is_open(self, account: str) -> bool:
        """Whether somebody is being asked to grant access for an account. Reads no verifier."""
        sessions = self._table.query(_SESSIONS, members=("account", "expires_at"))
        return any(item["account"] == account and item["expires_at"] >= self._now() for item in sessions)

    def take(self, state: str) -> Session:
        """End the session of this state and return it.

        Raises:
            InvalidStateError: there is none, or no longer.
        """
        item = self._table.take(_SESSIONS, _digest(state))
        # DynamoDB deletes expired items when it gets to it, which can take days.
        if item is None or item["expires_at"] < self._now():
            raise InvalidStateError("This link was used already, or has expired.")
        return Session(
            item["account"], item["verifier"], item["redirect_uri"], item["replace_owner"], item.get("client_id")
        )


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
