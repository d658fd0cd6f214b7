"""The refresh protocol: how a single-use refresh token is exchanged without ever losing the account.

Calendly kills a refresh token the moment it is exchanged, gives no grace period, and an answer that is lost means that
a person has to connect again. So, per account: a lease; the secret read again under it; the intent written down; one
exchange; the new tokens staged at once, and made current; the directory brought up to date. Whatever dies on the way
leaves traces from which the next run goes on. ``docs/token-lifecycle.md`` walks through it, fault by fault.

The protocol knows no AWS: it works on a ``Vault``, a ``Directory``, a ``Sealer`` and Calendly's ``OAuth``.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from accounts.account import Account
from accounts.directory import LEASE_SECONDS, NEEDS_REAUTHENTICATION, Directory, Entry, Intent, Lease, LeaseTakenError
from accounts.outcome import Outcome, Result
from accounts.sealing import Pad, Sealer, UnsealError
from accounts.store import Stored, SupersededError, Vault
from calendly.deadline import Deadline
from calendly.errors import AccountNotFoundError, AccountUnavailableError, CalendlyError, OutcomeUnknownError
from calendly.oauth import InvalidGrantError, OAuth, Tokens

DUE_SECONDS = 60 * 60
"""A token with less time left is refreshed. Four runs of the schedule: three in a row may fail and nothing breaks."""

EXCHANGE_SECONDS = 25.0
"""How long an exchange may take."""

STORE_SECONDS = 40.0
"""How long Secrets Manager may refuse fresh tokens before they are parked."""

PARK_SECONDS = 10.0
"""Kept back for parking."""

TIME_FOR_ONE = EXCHANGE_SECONDS + STORE_SECONDS + PARK_SECONDS
"""Seconds that must be left to begin: an exchange that is begun has to be finished. Well within a lease."""

MOST_EXCHANGES = 8
"""A minute: Calendly gives out no more tokens to a user."""


class Refresher:
    """Refreshes accounts, one exchange each.

    Args:
        vault: where tokens are.
        directory: leases and states.
        sealer: for tokens that have to be parked.
        oauth: makes the client to Calendly's authorization server. Called when an exchange is due, because reading
            the application's secret costs a request.
        now: seconds since the epoch.
        sleep: waits so many seconds.
        monotonic: the clock of deadlines.
    """

    def __init__(
        self,
        vault: Vault,
        directory: Directory,
        sealer: Sealer,
        oauth: Callable[[], OAuth],
        *,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._vault = vault
        self._directory = directory
        self._sealer = sealer
        self._oauth = oauth
        self._now = now
        self._sleep = sleep
        self._monotonic = monotonic

    def is_due(self, entry: Entry) -> bool:
        """Whether the schedule should look at this account."""
        if entry.parked:
            return True
        if entry.summary.get("kind") != "oauth" or entry.state == NEEDS_REAUTHENTICATION:
            return False
        expires_at = entry.summary.get("expires_at")
        return entry.intent is not None or expires_at is None or expires_at - self._now() < DUE_SECONDS

    def refresh(self, name: str, *, deadline: Deadline, refused_generation: int | None = None) -> Result:
        """Refresh one account if it is due, or if Calendly refused the generation that is still current.

        Never raises: what goes wrong with one account is a result, and must not keep another from being refreshed.
        """
        try:
            entry = self._directory.get(name)
            if entry is None:
                # Not listed, because the connect could not do it; raises where there is no secret, either.
                self._vault.current(name)
            elif entry.state == NEEDS_REAUTHENTICATION and not entry.parked:
                return Result(name, Outcome.NEEDS_REAUTHENTICATION, reason=entry.reason)
            with self._directory.lease(name) as lease:
                held = Deadline(min(LEASE_SECONDS - 10, deadline.remaining()), clock=self._monotonic)
                return self._under_lease(lease, name, held, refused_generation)
        except LeaseTakenError:
            return Result(name, Outcome.BUSY_ELSEWHERE)
        except CalendlyError as error:
            return Result(name, Outcome.FAILED, reason=error.message)
        except Exception as error:  # whose message may hold anything
            return Result(name, Outcome.FAILED, reason=f"An unexpected {type(error).__name__}.")

    def _under_lease(self, lease: Lease, name: str, held: Deadline, refused_generation: int | None) -> Result:
        stored = self._vault.current(name)
        entry = self._directory.get(name) or Entry(name)
        if stored.account.generation < entry.generation:
            # Secrets Manager is eventually consistent. What it says now is not worth acting on.
            return Result(name, Outcome.FAILED, reason="Secrets Manager answered with older tokens; try again.")
        parked = entry.parked
        stored, entry = self._recover(lease, stored, entry)
        account = stored.account
        # An adopted refresh token comes without an access token of its own.
        adopted = parked is not None and parked.generation == account.generation
        if entry.state == NEEDS_REAUTHENTICATION:
            return Result(name, Outcome.NEEDS_REAUTHENTICATION, reason=entry.reason)
        if account.kind != "oauth" and refused_generation == account.generation:
            return self._give_up(lease, account, "Calendly refused the personal access token: it is revoked.")
        # An exchange was begun and nothing is known of it: the refresh token may be used up.
        unknown = entry.intent is not None
        if refused_generation is None:
            needed = account.seconds_left(self._now()) < DUE_SECONDS or unknown
        else:
            needed = refused_generation >= account.generation
        if account.kind != "oauth" or not (needed or adopted):
            return Result(name, Outcome.NOT_DUE, account.generation)
        recent = [at for at in entry.exchanges if self._now() - 60 < at <= self._now()]
        if len(recent) >= MOST_EXCHANGES:
            return Result(name, Outcome.FAILED, account.generation, "Its tokens were exchanged too often this minute.")
        return self._exchange(lease, stored, held, recent, probing=unknown)

    def _recover(self, lease: Lease, stored: Stored, entry: Entry) -> tuple[Stored, Entry]:
        """Finish what an earlier run could not: make staged tokens current, adopt parked ones, tell the directory."""
        if entry.intent:
            staged = self._vault.staged(entry.name)
            if staged and staged.account.generation > stored.account.generation:
                self._vault.promote(entry.name, staged.version, replacing=stored.version)
                stored = staged
        if entry.parked and entry.parked.generation > stored.account.generation:
            stored = self._adopt(stored, entry)
        if stored.account.generation > entry.generation:
            lease.promote(stored.account)
            return stored, Entry(entry.name, stored.account.summary(), exchanges=entry.exchanges)
        if entry.parked:
            lease.drop_parked()
        if entry.intent and entry.intent.generation < stored.account.generation:
            lease.clear_intent()
            entry = replace(entry, intent=None)
        return stored, replace(entry, parked=None)

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

    def _exchange(self, lease: Lease, stored: Stored, held: Deadline, recent: list[float], *, probing: bool) -> Result:
        account = stored.account
        if account.refresh_token is None:
            return self._give_up(lease, account, "There is no refresh token.")
        oauth = self._oauth()
        pad = self._sealer.new_pad(2 * len(account.refresh_token))
        lease.record_intent(Intent(account.generation, pad.wrapped), [*recent, self._now()])
        if held.remaining() < TIME_FOR_ONE:
            self._take_back(lease, probing=probing)
            return Result(account.name, Outcome.FAILED, account.generation, "No time was left in this run.")
        try:
            tokens = self._present(oauth, account.refresh_token, held, probing=probing)
        except InvalidGrantError:
            return self._refused(lease, stored)
        except OutcomeUnknownError as error:
            # The intent stays: the next run knows that this token may be used up, and tries it once.
            return Result(account.name, Outcome.FAILED, account.generation, error.message)
        except CalendlyError as error:
            self._take_back(lease, probing=probing)
            return Result(account.name, Outcome.FAILED, account.generation, error.message)
        return self._keep(lease, stored, tokens, pad, held)

    def _present(self, oauth: OAuth, refresh_token: str, held: Deadline, *, probing: bool) -> Tokens:
        """Exchange the token. A refusal is asked about once more, but not where an unknown outcome explains it."""
        try:
            return oauth.refresh(refresh_token, deadline=held.sooner(EXCHANGE_SECONDS))
        except InvalidGrantError:
            if probing or held.remaining() < TIME_FOR_ONE:
                raise
        self._sleep(1.0)
        return oauth.refresh(refresh_token, deadline=held.sooner(EXCHANGE_SECONDS))

    def _take_back(self, lease: Lease, *, probing: bool) -> None:
        """The exchange did not happen. An earlier one whose outcome is unknown still is."""
        if not probing:
            lease.clear_intent()

    def _refused(self, lease: Lease, stored: Stored) -> Result:
        """Calendly says the refresh token is dead. Unless somebody stored others meanwhile, it is over."""
        name, generation = stored.account.name, stored.account.generation
        entry = self._directory.get(name) or Entry(name)
        stored, _ = self._recover(lease, self._vault.current(name), entry)
        if stored.account.generation > generation:
            return Result(name, Outcome.NOT_DUE, stored.account.generation)
        return self._give_up(lease, stored.account, "Calendly refused the refresh token: it is used up or revoked.")

    def _give_up(self, lease: Lease, account: Account, reason: str) -> Result:
        lease.give_up(account.generation, reason)
        return Result(account.name, Outcome.NEEDS_REAUTHENTICATION, account.generation, reason)

    def _keep(self, lease: Lease, stored: Stored, tokens: Tokens, pad: Pad, held: Deadline) -> Result:
        """The old refresh token is dead now, and the new one exists here alone: nothing may be lost from here on."""
        renewed, version = stored.account.renewed(tokens, self._now()), str(uuid.uuid4())
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
        # Without a new refresh token it is not known what became of the old one: the next run finds out.
        unconfirmed = None if tokens.refresh_token else Intent(renewed.generation, pad.wrapped)
        # The secret is what counts: if this fails, the next run tells the directory.
        with suppress(AccountUnavailableError):
            lease.promote(renewed, unconfirmed=unconfirmed)
        return Result(renewed.name, Outcome.REFRESHED, renewed.generation)

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
