"""Connecting and disconnecting accounts: the OAuth authorization code flow with PKCE, and personal access tokens."""

from __future__ import annotations

import hashlib
import secrets
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from accounts.account import Account, Kind
from accounts.directory import Directory, Lease, LeaseTakenError
from accounts.store import CONNECTING, AccountStore, DamagedSecretError
from accounts.table import Table
from calendly import scopes
from calendly.api import Api, StaticToken
from calendly.client import Calendly
from calendly.deadline import Deadline
from calendly.errors import AccountNotFoundError, AccountUnavailableError, AlreadyExistsError, CalendlyError
from calendly.oauth import OAuth, OAuthApp, Pkce, Tokens
from calendly.transport import Transport

SESSION_SECONDS = 600
_SESSIONS = "connect"


class InvalidStateError(CalendlyError):
    """The ``state`` that came back is unknown, used or expired."""

    http_status = 400


@dataclass(frozen=True)
class Session:
    """A connect under way: what the callback needs to finish it."""

    account: str
    verifier: str
    redirect_uri: str
    replace: bool


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
            }
        )
        return state

    def take(self, state: str) -> Session:
        """End the session of this state and return it.

        Raises:
            InvalidStateError: there is none, or no longer.
        """
        item = self._table.take(_SESSIONS, _digest(state))
        # DynamoDB deletes expired items when it gets to it, which can take days.
        if item is None or item["expires_at"] < self._now():
            raise InvalidStateError("This link was used already, or has expired.")
        return Session(item["account"], item["verifier"], item["redirect_uri"], item["replace_owner"])


class Connector:
    """Connects, reconnects and disconnects accounts.

    Args:
        store: where tokens go.
        directory: leases and summaries.
        sessions: connects under way.
        transport: shared by all calls of the process.
        api, auth: Calendly's base addresses.
        needed_scopes: what the deployed actions need.
    """

    def __init__(
        self,
        store: AccountStore,
        directory: Directory,
        sessions: Sessions,
        transport: Transport,
        *,
        api: str,
        auth: str,
        needed_scopes: Sequence[str],
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._sleep = sleep
        self._store = store
        self._directory = directory
        self._sessions = sessions
        self._transport = transport
        self._api = api
        self._auth = auth
        self._needed_scopes = needed_scopes
        self._now = now

    def authorize_url(self, name: str, *, redirect_uri: str, replace: bool = False) -> str:
        """Begin: where a person has to go, within ten minutes, to grant access for the account ``name``."""
        oauth = self._oauth(self._store.oauth_app())
        pkce = Pkce.new()
        state = self._sessions.open(Session(name, pkce.verifier, redirect_uri, replace))
        return oauth.authorize_url(
            redirect_uri=redirect_uri, state=state, challenge=pkce.challenge, scope=self._needed_scopes
        )

    def abandon(self, state: str) -> Session:
        """The person declined, or Calendly refused: end the session. Raises InvalidStateError."""
        return self._sessions.take(state)

    def finish(self, state: str, code: str, deadline: Deadline) -> Account:
        """Exchange the code and store the account.

        Raises:
            InvalidStateError: the state is unknown, used or expired.
            AlreadyExistsError: the account belongs to another Calendly user, and ``replace`` was not asked for.
            CalendlyError: Calendly refused the code or could not be reached.
        """
        session = self._sessions.take(state)
        oauth = self._oauth(self._store.oauth_app())
        tokens = oauth.exchange_code(
            code, redirect_uri=session.redirect_uri, verifier=session.verifier, deadline=deadline
        )
        try:
            return self._store_account(session.account, tokens, "oauth", replace=session.replace, deadline=deadline)
        except CalendlyError:
            # Nobody will use these tokens: do not leave them alive, if that can be helped.
            with suppress(CalendlyError):
                oauth.revoke(tokens.refresh_token or tokens.access_token, deadline=deadline.sooner(5))
            raise

    def store_personal_access_token(self, name: str, token: str, *, replace: bool, deadline: Deadline) -> Account:
        """Connect with a personal access token instead of OAuth; it is tried before it is kept."""
        tokens = Tokens(token, None, expires_at=0, scopes=None, owner=None, organization=None)
        return self._store_account(name, tokens, "personal_access_token", replace=replace, deadline=deadline)

    def disconnect(self, name: str, deadline: Deadline) -> None:
        """Revoke the account's tokens at Calendly and delete them here, even when the first fails.

        Raises:
            AccountNotFoundError: no such account.
        """
        with self._lease(name, deadline) as lease:
            entry = self._directory.get(name)
            try:
                self._revoke(self._store.read(name), deadline)
            except AccountNotFoundError:
                lease.remove()
                if entry is None:
                    raise
                return
            except AccountUnavailableError:
                # It is damaged, or its key is disabled: there is nothing to revoke with. Deleting it is what is left.
                pass
            self._store.delete(name)
            lease.remove()

    def missing_scopes(self, granted: list[str] | None) -> list[str]:
        """What the deployed actions need and a grant does not cover; nothing when the grant is not known."""
        return scopes.missing(self._needed_scopes, granted) if granted is not None else []

    def _oauth(self, app: OAuthApp) -> OAuth:
        return OAuth(self._transport, app, auth=self._auth, now=self._now)

    @contextmanager
    def _lease(self, name: str, deadline: Deadline) -> Iterator[Lease]:
        try:
            with self._directory.lease(name, wait=deadline.sooner(10)) as lease:
                yield lease
        except LeaseTakenError:
            raise AccountUnavailableError(
                f"The tokens of '{name}' are being changed by another function. Try again in a minute."
            ) from None

    def _store_account(self, name: str, tokens: Tokens, kind: Kind, *, replace: bool, deadline: Deadline) -> Account:
        api = Api(self._transport, StaticToken(tokens.access_token), deadline=deadline, api=self._api)
        calendly = Calendly(api)
        owner, organization = tokens.owner, tokens.organization
        if not (owner and organization):
            me = calendly.users.retrieve("me").resource
            owner, organization = me.uri, me.current_organization
        role = self._role(calendly, owner, organization)
        with self._lease(name, deadline) as lease:
            previous, version = self._previous(name)
            if previous and previous.owner != owner and not replace:
                raise AlreadyExistsError(
                    f"'{name}' is connected as another Calendly user. Disconnect it first, or connect with replace."
                )
            now = self._now()
            account = Account(
                name=name,
                kind=kind,
                access_token=tokens.access_token,
                refresh_token=tokens.refresh_token,
                expires_at=tokens.expires_at if kind == "oauth" else None,
                scopes=tokens.scopes,
                owner=owner,
                organization=organization,
                role=role,
                generation=self._next_generation(name, previous),
                connected_at=now,
                refreshed_at=now,
            )
            self._write(account, replacing=version, deadline=deadline)
            self._insist(lambda: lease.promote(account), deadline)
            self._insist(lease.forget_exchanges, deadline)
        if previous and previous.owner != owner:
            # Functions that still have the old user's token must not go on as them.
            self._revoke(previous, deadline)
        return account

    def _write(self, account: Account, *, replacing: str | None, deadline: Deadline) -> None:
        """Store the account; without a version to replace, as a new secret."""
        if replacing is None:
            # A secret of that name that was deleted a moment ago takes a while to be gone.
            self._insist(lambda: self._store.create(account), deadline)
            return
        version = str(uuid.uuid4())
        self._insist(lambda: self._store.stage(account, version, CONNECTING), deadline)
        self._insist(lambda: self._store.promote(account.name, version, replacing=replacing), deadline)

    def _insist(self, write: Callable[[], None], deadline: Deadline) -> None:
        """Try a write again while AWS refuses it: the code is spent, and the person would have to begin anew."""
        limit = deadline.sooner(8)
        while True:
            try:
                write()
                return
            except AccountUnavailableError:
                if limit.remaining() < 1:
                    raise
            self._sleep(0.5)

    def _previous(self, name: str) -> tuple[Account | None, str | None]:
        """What is stored under this name so far, and in which version; a damaged secret has a version alone."""
        try:
            stored = self._store.current(name)
        except AccountNotFoundError:
            return None, None
        except DamagedSecretError as error:
            return None, error.version
        return stored.account, stored.version

    def _next_generation(self, name: str, previous: Account | None) -> int:
        entry = self._directory.get(name)
        return max(previous.generation if previous else 0, entry.generation if entry else 0) + 1

    def _role(self, calendly: Calendly, owner: str, organization: str) -> str | None:
        """The user's role; None when the grant does not let us ask: it only makes messages better."""
        try:
            memberships = calendly.organization_memberships.list(user=owner, organization=organization)
            return next((membership.role for membership in memberships), None)
        except CalendlyError:
            return None

    def _revoke(self, account: Account, deadline: Deadline) -> None:
        """Revoke an account's tokens, if that can be done."""
        if account.kind != "oauth":
            return
        try:
            oauth = self._oauth(self._store.oauth_app())
            for token in (account.refresh_token, account.access_token):
                if token:
                    oauth.revoke(token, deadline=deadline.sooner(5))
        except CalendlyError:
            # Deleting is what keeps the promise; a token nobody holds cannot be used.
            return


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
