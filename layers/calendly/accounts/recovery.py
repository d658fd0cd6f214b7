"""Finishing what an earlier run or connect could not: the newest tokens that are stored become the account's."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from dataclasses import replace

from accounts.entry import DAY, HEALTHY, Entry
from accounts.lease import LEASE_SECONDS, Lease
from accounts.sealing import Sealer, UnsealError
from accounts.store import Stored, Vault


class Recovery:
    """Brings secret and table together, under the account's lease. The newer of the two is right."""

    def __init__(self, vault: Vault, sealer: Sealer, *, now: Callable[[], float] = time.time) -> None:
        self._vault = vault
        self._sealer = sealer
        self._now = now

    def run(self, lease: Lease, stored: Stored, entry: Entry) -> tuple[Stored, Entry]:
        """Make staged tokens current, adopt parked ones, tell the table of what it does not know."""
        if entry.intent:
            staged = self._vault.staged(entry.name)
            if staged and staged.account.generation > stored.account.generation:
                self._vault.promote(entry.name, staged.version, replacing=stored.version)
                stored = staged
        if entry.parked and entry.parked.generation > stored.account.generation:
            stored = self._adopt(stored, entry)
        if stored.account.generation > entry.generation:
            return stored, self._tell(lease, stored, entry)
        if entry.parked:
            lease.drop_parked()
        if entry.intent and entry.intent.generation < stored.account.generation:
            lease.clear_intent()
            entry = replace(entry, intent=None)
        if entry.connecting and self._now() - entry.connecting.at >= LEASE_SECONDS:
            # It died before it changed the secret.
            lease.clear_connect()
            entry = replace(entry, connecting=None)
        return stored, replace(entry, parked=None)

    def _tell(self, lease: Lease, stored: Stored, entry: Entry) -> Entry:
        """The table learns of newer tokens; whatever it said of older ones does not count."""
        account, now = stored.account, self._now()
        written = [*entry.versions_since(now - DAY), now]
        was = entry.was
        if entry.summary.get("owner") == account.owner:
            before = {name: entry.summary.get(name) for name in account.grant()}
            was = was or (before if before != account.grant() else None)
        moved = entry.summary.get("organization") not in (None, account.organization)
        role_unknown = account.role is None and (moved or entry.role_unknown)
        lease.promote(account, versions=written, was=was, role_unknown=role_unknown)
        return replace(
            entry,
            summary=account.summary(),
            state=HEALTHY,
            reason=None,
            intent=None,
            parked=None,
            versions=tuple(written),
            refusal=None,
            connecting=None,
            was=was,
            role_unknown=role_unknown,
        )

    def _adopt(self, stored: Stored, entry: Entry) -> Stored:
        """Store a parked refresh token. The access token stays the old one: the exchange to come brings a new one."""
        assert entry.parked is not None  # noqa: S101 - the caller has looked
        try:
            refresh_token = self._sealer.open_pad(entry.parked.pad).unseal(entry.parked.sealed)
        except UnsealError:
            # Damaged, so lost. The token that is stored gets its one try.
            return stored
        account = replace(stored.account, refresh_token=refresh_token, generation=entry.parked.generation)
        adopted = Stored(account, str(uuid.uuid4()))
        self._vault.stage(account, adopted.version)
        self._vault.promote(entry.name, adopted.version, replacing=stored.version)
        return adopted
