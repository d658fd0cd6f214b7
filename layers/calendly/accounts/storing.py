"""Putting a connected account in place of whatever is there, or leaving everything as it was.

A connect changes two things, the secret and the table. If the second fails, the first is taken back; if that fails as
well, the mark ``connecting`` stays on the account's item, and the next run of ``rotate_tokens`` goes forward.
Generations only ever go up: what is put back is stored as a generation of its own.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from accounts.account import Account
from accounts.entry import DAY, Connecting, Entry
from accounts.lease import Lease, LeaseLostError
from accounts.secret_states import Found, SecretState
from accounts.store import CONNECTING, CURRENT, AccountStore, SupersededError
from calendly.deadline import Deadline
from calendly.errors import AccountNotFoundError, AccountUnavailableError

INSIST_SECONDS = 8.0
"""How long AWS may refuse a write of a connect: the code is spent, and the person would have to begin anew."""

UNDO_SECONDS = 4.0
"""How long AWS may refuse to take a write back."""

DELETE_SECONDS = 10.0
"""What must be left of a lease before a secret is deleted."""


class Storing:
    """One connect's change of one account.

    Args:
        store: where tokens go.
        lease: of the account.
        entry: the account's item as it was; None where there was none.
        found: what is under the name.
        now: seconds since the epoch.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        store: AccountStore,
        lease: Lease,
        entry: Entry | None,
        found: Found,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._lease = lease
        self._entry = entry
        self._found = found
        self._now = now
        self._sleep = sleep
        self._version, self._again = str(uuid.uuid4()), str(uuid.uuid4())
        self._account: Account | None = None
        self._restored = False
        self._written = False
        self._doubt = False

    def put(self, account: Account, deadline: Deadline) -> None:
        """Store the account in secret and table.

        Raises:
            SupersededError, LeaseLostError: somebody else stored other tokens under the name meanwhile.
            AccountUnavailableError: AWS refuses. ``undo`` is the caller's to call, whatever was raised.
        """
        self._insist(lambda: self._lease.begin_connect(Connecting(account.generation, self._now())), deadline)
        self._account = account
        self._write(account, deadline)
        now = self._now()
        written = self._entry.versions_since(now - DAY) if self._entry else []
        self._insist(
            lambda: self._lease.promote(account, versions=[*written, now], was=self._was(account), connected_at=now),
            deadline,
        )

    def undo(self, deadline: Deadline) -> bool:
        """Put back what was there before; whether it is certain that the new tokens are not current."""
        undone = not self._written or self._put_back(deadline)
        if undone:
            if self._restored:
                with suppress(AccountUnavailableError, AccountNotFoundError):
                    self._store.schedule_deletion(self._name)
            with suppress(AccountUnavailableError):
                if self._entry is None or not self._entry.summary:
                    self._lease.remove()
                else:
                    self._lease.clear_connect()
        return undone

    @property
    def _name(self) -> str:
        assert self._account is not None  # noqa: S101 - nothing is written before there is one
        return self._account.name

    def _was(self, account: Account) -> dict[str, Any] | None:
        """What the same user's grant was, if it is another now, so that the world is told."""
        summary = self._entry.summary if self._entry else {}
        if not summary or summary.get("owner") != account.owner:
            return None
        was = (
            self._entry.was
            if self._entry and self._entry.was
            else {name: summary.get(name) for name in account.grant()}
        )
        return None if was == account.grant() else was

    def _write(self, account: Account, deadline: Deadline) -> None:
        if self._found.state is SecretState.SCHEDULED:
            self._insist(lambda: self._store.restore(account.name), deadline)
            self._restored = True
            self._found = self._store.examine(account.name)
        state, version = self._found.state, self._found.version
        if state is SecretState.SCHEDULED:
            raise AccountUnavailableError(f"The secret of '{account.name}' was restored a moment ago. Try again.")
        if version is not None:
            self._insist(lambda: self._store.stage(account, self._version, CONNECTING), deadline)
            self._written, self._doubt = True, False
            try:
                self._insist(lambda: self._store.promote(account.name, self._version, replacing=version), deadline)
            except AccountUnavailableError:
                self._written = self._doubt
                raise
            return
        if state is SecretState.LOCKED:
            # What it holds cannot be read by anybody who could use it. Another is made under the stack's own key.
            self._insist(lambda: self._store.delete(account.name), deadline)
        self._written = True
        if state is SecretState.EMPTY:
            self._insist(lambda: self._store.stage(account, self._version, CURRENT), deadline)
        else:
            # A secret of that name that was deleted a moment ago takes a while to be gone.
            self._insist(lambda: self._store.create(account, self._version), deadline)

    def _put_back(self, deadline: Deadline) -> bool:
        limit = deadline.sooner(UNDO_SECONDS)
        while True:
            try:
                return self._try_to_put_back()
            except SupersededError:
                return True
            except (AccountUnavailableError, AccountNotFoundError):
                if limit.remaining() < 1:
                    return self._is_put_back()
            self._sleep(0.5)

    def _is_put_back(self) -> bool:
        """Whether what was put back is current although AWS did not say so; an old answer says no."""
        try:
            return self._store.current_version(self._name) == self._again
        except (AccountUnavailableError, AccountNotFoundError):
            return False

    def _try_to_put_back(self) -> bool:
        """Once. A compare and swap decides: it fails only if the new tokens are not the current ones."""
        before = self._found
        if before.version is not None:
            version = before.version
            if before.account is not None and self._account is not None:
                # The table may say the new generation although its answer was lost: an older one must not follow.
                again = replace(before.account, generation=self._account.generation + 1)
                version = self._again
                self._store.stage(again, version, CONNECTING)
            self._store.promote(self._name, version, replacing=self._version)
            return True
        current = self._store.current_version(self._name)
        if current is None:
            return not self._doubt
        if current != self._version:
            return True
        if before.state is SecretState.LOCKED:
            # What was there is gone, and nobody could use it: the new tokens are the better state.
            return False
        if not self._lease.lasts(self._now(), DELETE_SECONDS):
            return False
        self._store.delete(self._name)
        return True

    def _insist(self, write: Callable[[], None], deadline: Deadline) -> None:
        """Try a write again while AWS refuses it."""
        limit = deadline.sooner(INSIST_SECONDS)
        while True:
            try:
                write()
                return
            except LeaseLostError:
                raise
            except AccountUnavailableError as error:
                self._doubt = self._doubt or not _is_definite(error)
                if not error.retryable or limit.remaining() < 1:
                    raise
            self._sleep(0.5)


def _is_definite(error: AccountUnavailableError) -> bool:
    """Whether AWS said no, rather than nothing that can be relied on."""
    response = getattr(error.__cause__, "response", None)
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500) if isinstance(response, dict) else 500
    return bool(status < 500)
