"""The refresh protocol: how a single-use refresh token is exchanged without ever losing the account.

Calendly kills a refresh token the moment it is exchanged, gives no grace period, and an answer that is lost means that
a person has to connect again. So, per account: a lease; the secret read again under it; the intent written down; one
exchange; the new tokens staged at once, and made current; the directory brought up to date. Whatever dies on the way
leaves traces from which the next run goes on. ``docs/token-lifecycle.md`` walks through it, fault by fault.

The protocol knows no AWS: it works on a ``Vault``, a ``Directory``, a ``Sealer`` and Calendly's ``OAuth``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from accounts import bounds, verdicts
from accounts.account import Account, how_to_connect
from accounts.application import digest_of
from accounts.directory import Directory
from accounts.entry import DAY, NEEDS_REAUTHENTICATION, Entry, Exchanged, Intent, Refusal
from accounts.keeping import PARK_SECONDS, STORE_SECONDS, Keeper
from accounts.lease import LEASE_SECONDS, Lease, LeaseTakenError
from accounts.outcome import Outcome, Result
from accounts.owners import Owners, same
from accounts.recovery import Recovery
from accounts.sealing import Sealer
from accounts.secret_states import ScheduledForDeletionError
from accounts.store import Stored, SupersededError, Vault
from accounts.verdicts import Verdicts
from calendly.deadline import Deadline
from calendly.errors import (
    AccountNotFoundError,
    CalendlyError,
    OutcomeUnknownError,
    RateLimitedError,
    ReauthenticationRequiredError,
)
from calendly.oauth import InvalidGrantError, OAuth, Tokens

DUE_SECONDS = 60 * 60
"""A token with less time left is refreshed. Four runs of the schedule: three in a row may fail and nothing breaks."""

EXCHANGE_SECONDS = 25.0
"""How long an exchange may take."""

TIME_FOR_ONE = EXCHANGE_SECONDS + STORE_SECONDS + PARK_SECONDS
"""Seconds that must be left to begin: an exchange that is begun has to be finished. Well within a lease."""


class Refresher:
    """Refreshes accounts, one exchange each.

    Args:
        vault: where tokens are.
        directory: leases and states.
        sealer: for tokens that have to be parked.
        oauth: makes the client to Calendly's authorization server. Called when an exchange is due, because reading
            the application's secret costs a request.
        owners: asks Calendly's API whose a token is; without it no personal access token is looked into.
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
        owners: Owners | None = None,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._vault = vault
        self._directory = directory
        self._sealer = sealer
        self._oauth = oauth
        self._owners = owners
        self._now = now
        self._sleep = sleep
        self._monotonic = monotonic
        self._recovery = Recovery(vault, sealer, now=now)
        self._keeper = Keeper(vault, owners, now=now, sleep=sleep, monotonic=monotonic)
        self._verdicts = Verdicts(directory)

    def is_due(self, entry: Entry, application: str | None = None) -> bool:
        """Whether the schedule should look at this account.

        Args:
            entry: the account.
            application: a digest of the application as it is now, where that is known.
        """
        if entry.unfinished or entry.role_unknown or verdicts.is_due(entry, self._now(), application):
            return True
        if entry.summary.get("kind") != "oauth" or entry.state == NEEDS_REAUTHENTICATION or entry.refused:
            return False
        expires_at = entry.summary.get("expires_at")
        return expires_at is None or expires_at - self._now() < DUE_SECONDS

    def refresh(
        self,
        name: str,
        *,
        deadline: Deadline,
        refused_generation: int | None = None,
        force: bool = False,
        judge: bool = True,
    ) -> Result:
        """Refresh one account if it is due, or if Calendly refused the generation that is still current.

        Never raises: what goes wrong with one account is a result, and must not keep another from being refreshed.

        Args:
            name: the account.
            deadline: nothing is begun that cannot be finished before it.
            refused_generation: of the tokens that Calendly refused.
            force: an operator asks: whatever its state, and whether it is due or not.
            judge: say what follows from a refusal; a run that asks many says it for all together.
        """
        try:
            entry = self._directory.find(name)
            if entry is None:
                # Not listed, because the connect could not do it; raises where there is no secret, either.
                self._vault.current(name)
            elif not force and (settled := self._settled(entry, refused_generation)):
                return settled
            with self._directory.lease(name) as lease:
                held = Deadline(min(LEASE_SECONDS - 10, deadline.remaining()), clock=self._monotonic)
                result = self._under_lease(lease, name, held, refused_generation, force=force)
            if judge and result.outcome is Outcome.FAILED and self._is_refused(name):
                return self._judged(result)
            return result
        except LeaseTakenError:
            return Result(name, Outcome.BUSY_ELSEWHERE)
        except CalendlyError as error:
            failed = Result(name, Outcome.FAILED, reason=error.message, retry_after=error.retry_after)
            return failed.without_addresses()
        except Exception as error:  # whose message may hold anything
            return Result(name, Outcome.FAILED, reason=f"An unexpected {type(error).__name__}.")

    def _settled(self, entry: Entry, refused_generation: int | None) -> Result | None:
        """What is known without a look at the secret: the tokens are refused, and not to be asked about yet."""
        newer = refused_generation is not None and refused_generation > entry.generation
        if entry.unfinished or newer or verdicts.is_due(entry, self._now(), None):
            return None
        if entry.state == NEEDS_REAUTHENTICATION:
            return Result(entry.name, Outcome.NEEDS_REAUTHENTICATION, reason=entry.reason)
        if entry.refused is None:
            return None
        again = verdicts.asks_again_at(entry.refused)
        wait = max(1.0, again - self._now()) if again else None
        return Result(entry.name, Outcome.FAILED, entry.generation, entry.reason, wait)

    def _under_lease(
        self, lease: Lease, name: str, held: Deadline, refused_generation: int | None, *, force: bool
    ) -> Result:
        entry = lease.entry() or Entry(name)
        try:
            stored = self._vault.current(name)
        except AccountNotFoundError as error:
            return self._gone(lease, entry, error)
        if entry.disconnecting and stored.account.generation <= entry.generation:
            reason = verdicts.disconnecting(name)
            return Result(name, Outcome.NEEDS_REAUTHENTICATION, entry.generation, reason)
        if stored.account.generation < entry.generation:
            # Secrets Manager is eventually consistent. What it says now is not worth acting on.
            return Result(name, Outcome.FAILED, reason="Secrets Manager answered with older tokens; try again.")
        parked = entry.parked
        stored, entry = self._recovery.run(lease, stored, entry)
        account = stored.account
        # An adopted refresh token comes without an access token of its own.
        adopted = parked is not None and parked.generation == account.generation
        refused = refused_generation is not None and refused_generation >= account.generation
        asking = entry.refused is not None or entry.state == NEEDS_REAUTHENTICATION
        if account.kind != "oauth":
            if asking or refused or force:
                return self._look_into(lease, entry, account, held)
            return Result(name, Outcome.NOT_DUE, account.generation)
        # An exchange was begun and nothing is known of it: the refresh token may be used up.
        unknown = entry.intent is not None
        left = account.seconds_left(self._now())
        needed = refused if refused_generation is not None else left < DUE_SECONDS or unknown
        if not (needed or adopted or asking or force):
            if entry.role_unknown:
                self._keeper.ask_role(lease, stored, entry, held)
            return Result(name, Outcome.NOT_DUE, account.generation)
        early = refused and left > 0 and not (adopted or asking)
        wait = bounds.too_often(entry, self._now(), early=early, forced=force)
        if wait:
            return Result(name, Outcome.FAILED, account.generation, wait.reason, wait.seconds)
        return self._exchange(lease, stored, entry, held, early=early, once=unknown or asking)

    def _exchange(
        self, lease: Lease, stored: Stored, entry: Entry, held: Deadline, *, early: bool, once: bool
    ) -> Result:
        account, now = stored.account, self._now()
        if account.refresh_token is None:
            return self._give_up(lease, account, "There is no refresh token.", None)
        oauth = self._oauth()
        if account.client_id not in (None, oauth.app.client_id):
            reason = verdicts.wrong_application(account.name, str(account.client_id), oauth.app.client_id)
            return Result(account.name, Outcome.WRONG_APPLICATION, account.generation, reason)
        application = digest_of(oauth.app.client_id, oauth.app.client_secret)
        pad = self._sealer.new_pad(2 * len(account.refresh_token))
        lease.record_intent(
            Intent(account.generation, pad.wrapped),
            [*bounds.recent(entry, now), now],
            bounds.next_early(entry, now) if early else None,
        )
        if held.remaining() < TIME_FOR_ONE:
            self._take_back(lease, entry)
            return Result(account.name, Outcome.FAILED, account.generation, "No time was left in this run.")
        try:
            tokens = self._present(oauth, account.refresh_token, held, once=once)
        except InvalidGrantError:
            return self._refused(lease, stored, application)
        except OutcomeUnknownError as error:
            # The intent stays: the next run knows that this token may be used up, and tries it once.
            return Result(account.name, Outcome.FAILED, account.generation, error.message)
        except CalendlyError as error:
            self._take_back(lease, entry)
            wait = error.retry_after if isinstance(error, RateLimitedError) else None
            return Result(account.name, Outcome.FAILED, account.generation, error.message, wait).without_addresses()
        if tokens.owner and not same(tokens.owner, account.owner):
            reason = "Calendly answered its exchange with another user's tokens, which were not taken over."
            return self._give_up(lease, account, reason, application)
        renewed = account.renewed(tokens, self._now(), oauth.app.client_id)
        record = self._record(entry, account, renewed)
        if tokens.refresh_token is None:
            # It is not known what became of the old one: the next run finds out.
            record["unconfirmed"] = Intent(renewed.generation, pad.wrapped)
        result = self._keeper.keep(lease, stored, renewed, pad, held=held, record=record)
        if record["role_unknown"] and result.outcome is Outcome.REFRESHED:
            self._complete(lease, account.name, held)
        return result

    def _present(self, oauth: OAuth, refresh_token: str, held: Deadline, *, once: bool) -> Tokens:
        """Exchange the token. A refusal is asked about once more, but not where it is no surprise."""
        try:
            return oauth.refresh(refresh_token, deadline=held.sooner(EXCHANGE_SECONDS))
        except InvalidGrantError:
            if once or held.remaining() < TIME_FOR_ONE:
                raise
        self._sleep(1.0)
        return oauth.refresh(refresh_token, deadline=held.sooner(EXCHANGE_SECONDS))

    def _take_back(self, lease: Lease, entry: Entry) -> None:
        """The exchange did not happen. An earlier one whose outcome is unknown still is."""
        if entry.intent is None:
            lease.clear_intent()

    def _record(self, entry: Entry, before: Account, renewed: Account) -> dict[str, Any]:
        """What the table is to know of an exchange beside the account."""
        now, changed = self._now(), renewed.grant() != before.grant()
        return {
            "versions": [*entry.versions_since(now - DAY), now],
            "exchanged": Exchanged(now, str(renewed.client_id), before.client_id is not None),
            "was": (entry.was or before.grant()) if changed else None,
            "role_unknown": renewed.role is None
            and (entry.role_unknown or renewed.organization != before.organization),
        }

    def _complete(self, lease: Lease, name: str, held: Deadline) -> None:
        """Ask for the role in another organization; what cannot be done now is the next run's."""
        with suppress(CalendlyError, SupersededError):
            stored, entry = self._vault.current(name), lease.entry()
            if entry and entry.generation == stored.account.generation:
                self._keeper.ask_role(lease, stored, entry, held)

    def _refused(self, lease: Lease, stored: Stored, application: str) -> Result:
        """Calendly says the token is dead. Unless somebody stored others meanwhile, that is written down."""
        name, generation = stored.account.name, stored.account.generation
        stored, entry = self._recovery.run(lease, self._vault.current(name), lease.entry() or Entry(name))
        if stored.account.generation > generation:
            return Result(name, Outcome.NOT_DUE, stored.account.generation)
        lease.refuse(self._refusal(entry, generation, application))
        reason = "Calendly refused its token. What follows from it is decided with all accounts in view."
        return Result(name, Outcome.FAILED, generation, reason, verdicts.HOUR)

    def _refusal(self, entry: Entry, generation: int, application: str | None) -> Refusal:
        """That Calendly refuses a token, since when, and whether it is known why."""
        now, known = self._now(), entry.refused
        certain = known is not None and known.certain and known.application is not None
        return Refusal(generation, known.refused_at if known else now, now, application, certain)

    def _give_up(self, lease: Lease, account: Account, reason: str, application: str | None) -> Result:
        """Mark what no other account has anything to do with."""
        now = self._now()
        lease.give_up(account.generation, reason, Refusal(account.generation, now, now, application, certain=True))
        return Result(account.name, Outcome.NEEDS_REAUTHENTICATION, account.generation, reason)

    def _look_into(self, lease: Lease, entry: Entry, account: Account, held: Deadline) -> Result:
        """Ask Calendly about a personal access token: what a function was told once is no verdict."""
        if self._owners is None:
            return Result(account.name, Outcome.FAILED, account.generation, "Nobody is here to ask Calendly.")
        for attempt in range(2):
            if attempt:
                self._sleep(1.0)
            try:
                self._owners.of(account.access_token, held.sooner(EXCHANGE_SECONDS))
            except ReauthenticationRequiredError:
                continue
            if entry.refused or entry.state == NEEDS_REAUTHENTICATION:
                lease.accept()
            return Result(account.name, Outcome.NOT_DUE, account.generation)
        lease.refuse(self._refusal(entry, account.generation, None))
        reason = "Calendly refused its token. What follows from it is decided with all accounts in view."
        return Result(account.name, Outcome.FAILED, account.generation, reason, verdicts.HOUR)

    def _gone(self, lease: Lease, entry: Entry, error: AccountNotFoundError) -> Result:
        """There is no secret, or somebody is having it deleted."""
        connecting, scheduled = entry.connecting, isinstance(error, ScheduledForDeletionError)
        if connecting and not scheduled and self._now() - connecting.at < LEASE_SECONDS:
            # Secrets Manager is eventually consistent, and it may have been made a moment ago.
            return Result(entry.name, Outcome.FAILED, reason=error.message)
        if not entry.summary or (entry.disconnecting and not scheduled):
            lease.remove()
            return Result(entry.name, Outcome.REMOVED)
        reason = error.message if scheduled else f"Its secret was deleted. {how_to_connect(entry.name)}"
        reason = f"{reason} To end it: DELETE /accounts/{entry.name}."
        now = self._now()
        lease.give_up(entry.generation, reason, Refusal(entry.generation, now, now, certain=True))
        return Result(entry.name, Outcome.NEEDS_REAUTHENTICATION, entry.generation, reason)

    def _is_refused(self, name: str) -> bool:
        entry = self._directory.find(name)
        return entry is not None and entry.refused is not None

    def _judged(self, result: Result) -> Result:
        verdict = self._verdicts.on(result.account)
        if verdict is None:
            return result
        needs = verdict.state == NEEDS_REAUTHENTICATION
        outcome = Outcome.NEEDS_REAUTHENTICATION if needs else Outcome.FAILED
        return result._replace(outcome=outcome, reason=verdict.reason, retry_after=None if needs else verdicts.HOUR)
