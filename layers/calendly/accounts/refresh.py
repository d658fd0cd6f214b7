"""The refresh protocol: how a single-use refresh token is exchanged without ever losing the account.

Per account: a lease, the secret read again under it, the intent written down, one exchange, the new tokens stored,
the directory brought up to date. ``docs/token-lifecycle.md`` walks through it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from accounts.account import Account
from accounts.directory import NEEDS_REAUTHENTICATION, Directory, Entry, Lease, LeaseTakenError
from accounts.outcome import Outcome, Result
from accounts.store import AccountStore
from calendly.deadline import Deadline
from calendly.errors import CalendlyError, OutcomeUnknownError
from calendly.oauth import InvalidGrantError, OAuth, Tokens

DUE_SECONDS = 60 * 60
"""A token with less time left is refreshed. Four runs of the schedule: three in a row may fail and nothing breaks."""


class Refresher:
    """Refreshes accounts, one exchange each.

    Args:
        store: where tokens are.
        directory: leases and states.
        oauth: makes the client to Calendly's authorization server. Called when an exchange is due, because reading
            the application's secret costs a request.
        now: seconds since the epoch.
    """

    def __init__(
        self,
        store: AccountStore,
        directory: Directory,
        oauth: Callable[[], OAuth],
        *,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._directory = directory
        self._oauth = oauth
        self._now = now

    def is_due(self, entry: Entry) -> bool:
        """Whether the schedule should refresh this account."""
        if entry.summary.get("kind") != "oauth" or entry.state == NEEDS_REAUTHENTICATION:
            return False
        expires_at = entry.summary.get("expires_at")
        return entry.intent is not None or expires_at is None or expires_at - self._now() < DUE_SECONDS

    def refresh(self, name: str, *, deadline: Deadline, refused_generation: int | None = None) -> Result:
        """Refresh one account if it is due, or if Calendly refused the generation that is still current.

        Never raises for what can go wrong with one account: that is a result too.
        """
        try:
            entry = self._directory.get(name)
            if entry is None:
                return Result(name, Outcome.FAILED, reason=f"There is no connected account '{name}'.")
            if entry.state == NEEDS_REAUTHENTICATION:
                return Result(name, Outcome.NEEDS_REAUTHENTICATION, reason=entry.reason)
            with self._directory.lease(name) as lease:
                return self._under_lease(lease, name, deadline, refused_generation)
        except LeaseTakenError:
            return Result(name, Outcome.BUSY_ELSEWHERE)
        except CalendlyError as error:
            return Result(name, Outcome.FAILED, reason=error.message)

    def _under_lease(self, lease: Lease, name: str, deadline: Deadline, refused_generation: int | None) -> Result:
        account = self._store.read(name)
        entry = self._directory.get(name) or Entry(name)
        if entry.summary.get("generation") != account.generation:
            # A run stored new tokens and died before it could say so.
            lease.promote(account)
            entry = Entry(name, account.summary())
        if account.kind != "oauth":
            return Result(name, Outcome.NOT_DUE, account.generation)
        refused = refused_generation is not None and refused_generation >= account.generation
        due = account.seconds_left(self._now()) < DUE_SECONDS or entry.intent is not None
        if not (refused or (due and refused_generation is None)):
            return Result(name, Outcome.NOT_DUE, account.generation)
        if account.refresh_token is None:
            return self._give_up(lease, name, "Calendly's last answer held no refresh token.")
        return self._exchange(lease, account, account.refresh_token, deadline)

    def _exchange(self, lease: Lease, account: Account, refresh_token: str, deadline: Deadline) -> Result:
        oauth = self._oauth()
        lease.record_intent(account.generation)
        try:
            tokens = oauth.refresh(refresh_token, deadline=deadline)
        except InvalidGrantError:
            return self._give_up(lease, account.name, "Calendly refused the refresh token: it is used or revoked.")
        except OutcomeUnknownError as error:
            # The intent stays: the next run knows that this token may be used up, and tries it once.
            return Result(account.name, Outcome.FAILED, account.generation, error.message)
        except CalendlyError as error:
            lease.clear_intent()
            return Result(account.name, Outcome.FAILED, account.generation, error.message)
        return self._keep(lease, account, tokens, deadline)

    def _keep(self, lease: Lease, account: Account, tokens: Tokens, deadline: Deadline) -> Result:
        renewed = account.renewed(tokens, self._now())
        self._store.write(renewed, deadline)
        lease.promote(renewed)
        return Result(account.name, Outcome.REFRESHED, renewed.generation)

    def _give_up(self, lease: Lease, name: str, reason: str) -> Result:
        lease.give_up(reason)
        return Result(name, Outcome.NEEDS_REAUTHENTICATION, reason=reason)
