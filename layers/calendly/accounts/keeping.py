"""Storing the tokens that an exchange brought: the old ones are dead, and the new ones exist here alone."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

from accounts.account import Account
from accounts.entry import DAY, Entry
from accounts.lease import Lease
from accounts.outcome import Outcome, Result
from accounts.owners import Owners
from accounts.sealing import Pad
from accounts.store import Stored, SupersededError, Vault
from calendly.deadline import Deadline
from calendly.errors import AccountNotFoundError, AccountUnavailableError

STORE_SECONDS = 40.0
"""How long Secrets Manager may refuse fresh tokens before they are parked."""

ROLE_SECONDS = 5.0
"""How long asking for a role may take."""

PARK_SECONDS = 10.0
"""Kept back for parking."""


class Keeper:
    """Stores fresh tokens: staged, made current, told to the table; parked if Secrets Manager refuses to the end."""

    def __init__(
        self,
        vault: Vault,
        owners: Owners | None = None,
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._vault = vault
        self._owners = owners
        self._now = now
        self._sleep = sleep
        self._monotonic = monotonic

    def keep(
        self, lease: Lease, stored: Stored, renewed: Account, pad: Pad, *, held: Deadline, record: dict[str, Any]
    ) -> Result:
        """Store the tokens. Nothing may be lost from here on.

        Args:
            lease: of the account.
            stored: what they replace.
            renewed: the account with the new tokens.
            pad: for parking them.
            held: how long that may take.
            record: what the table is to know beside the account, as ``Lease.promote`` takes it.
        """
        version = str(uuid.uuid4())
        try:
            self._persist(lambda: self._vault.stage(renewed, version), held)
        except AccountNotFoundError as error:
            return Result(renewed.name, Outcome.FAILED, reason=error.message)
        except AccountUnavailableError as error:
            return self._park(lease, renewed, pad, held, error.message)
        try:
            self._persist(lambda: self._vault.promote(renewed.name, version, replacing=stored.version), held)
        except SupersededError:
            return Result(renewed.name, Outcome.NOT_DUE, reason="The account was connected anew meanwhile.")
        except AccountUnavailableError as error:
            return Result(
                renewed.name, Outcome.FAILED, renewed.generation, f"Stored, but not current yet: {error.message}"
            )
        # The secret is what counts: if this fails, the next run tells the directory.
        with suppress(AccountUnavailableError):
            lease.promote(renewed, **record)
        return Result(renewed.name, Outcome.REFRESHED, renewed.generation)

    def ask_role(self, lease: Lease, stored: Stored, entry: Entry, held: Deadline) -> None:
        """Learn the account's role in the organization it is in now, with the tokens that it has.

        Raises:
            CalendlyError: Calendly or AWS refuses; the next run asks again.
            SupersededError: somebody else stored tokens meanwhile.
        """
        if self._owners is None:
            return
        before = stored.account
        role = self._owners.role(before.access_token, before.owner, before.organization, held.sooner(ROLE_SECONDS))
        if role is None:
            lease.leave_role()
            return
        version = str(uuid.uuid4())
        account = replace(before, role=role, generation=before.generation + 1)
        self._vault.stage(account, version)
        self._vault.promote(account.name, version, replacing=stored.version)
        now = self._now()
        written = [*entry.versions_since(now - DAY), now]
        lease.promote(account, versions=written, was=entry.was or before.grant())

    def _persist(self, write: Callable[[], None], held: Deadline) -> None:
        """Try a write again and again; what time remains then is for parking."""
        limit = Deadline(min(STORE_SECONDS, held.remaining() - PARK_SECONDS), clock=self._monotonic)
        wait = 0.2
        while True:
            try:
                write()
                return
            except (AccountNotFoundError, SupersededError):
                raise
            except Exception as error:  # whatever it is, the tokens are still in hand
                if limit.remaining() <= wait:
                    if isinstance(error, AccountUnavailableError):
                        raise
                    raise AccountUnavailableError(f"An unexpected {type(error).__name__}.") from None
            self._sleep(wait)
            wait = min(2 * wait, 4.0)

    def _park(self, lease: Lease, renewed: Account, pad: Pad, held: Deadline, why: str) -> Result:
        if renewed.refresh_token is not None:
            sealed = pad.seal(renewed.refresh_token)
            while True:
                try:
                    lease.park(renewed.generation, sealed, pad)
                    return Result(renewed.name, Outcome.PARKED, renewed.generation, why)
                except AccountUnavailableError:
                    if held.remaining() < 1:
                        break
                self._sleep(0.5)
        return Result(renewed.name, Outcome.FAILED, renewed.generation, f"The new tokens could not be stored: {why}")
