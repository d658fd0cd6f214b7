"""Connecting accounts: the OAuth authorization code flow with PKCE, and personal access tokens. And their end."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from accounts.account import Account, Kind, how_to_connect
from accounts.application import OK
from accounts.directory import Directory, Seen
from accounts.endings import Endings
from accounts.entry import Disconnecting, Entry
from accounts.lease import Lease, LeaseLostError, LeaseTakenError
from accounts.owners import Owner, Owners, same
from accounts.secret_states import Found, SecretState
from accounts.sessions import InvalidStateError, Session, Sessions
from accounts.store import AccountStore, SupersededError
from accounts.storing import DELETE_SECONDS, UNDO_SECONDS, Storing
from calendly import scopes
from calendly.deadline import Deadline
from calendly.errors import AccountNotFoundError, AccountUnavailableError, AlreadyExistsError, CalendlyError
from calendly.oauth import InvalidGrantError, OAuth, OAuthApp, Pkce, Tokens
from calendly.transport import Transport

NAME_SECONDS = 5.0
"""For the user's name and e-mail address, without which a connect goes on."""

__all__ = ["Connector", "InvalidStateError", "Session", "Sessions"]


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
        self._owners = Owners(transport, api=api)
        self._auth = auth
        self._needed_scopes = needed_scopes
        self._now = now

    def authorize_url(self, name: str, *, redirect_uri: str, replace: bool = False) -> str:
        """Begin: where a person has to go, within ten minutes, to grant access for the account ``name``.

        Raises:
            AccountUnavailableError: the account could not be stored afterwards; no person is asked for nothing.
        """
        app = self._app()
        self._prepare(name)
        pkce = Pkce.new()
        state = self._sessions.open(Session(name, pkce.verifier, redirect_uri, replace, app.client_id))
        return self._oauth(app).authorize_url(
            redirect_uri=redirect_uri, state=state, challenge=pkce.challenge, scope=self._needed_scopes
        )

    def abandon(self, state: str) -> Session:
        """The person declined, or Calendly refused: end the session. Raises InvalidStateError."""
        return self._sessions.take(state)

    def finish(self, state: str, code: str, deadline: Deadline, endings: Endings | None = None) -> Account:
        """Exchange the code and store the account. ``endings`` ends the subscriptions of whom it takes the name from.

        Raises:
            InvalidStateError: the state is unknown, used or expired.
            AlreadyExistsError: the account belongs to another Calendly user, and ``replace`` was not asked for; or
                somebody else connected the name at the same time.
            CalendlyError: Calendly refused the code or could not be reached.
        """
        session = self._sessions.take(state)
        app = self._app()
        if session.client_id not in (None, app.client_id):
            raise InvalidGrantError(
                "The OAuth application was changed while access was being granted. Ask for a new link."
            )
        oauth = self._oauth(app)
        tokens = oauth.exchange_code(
            code, redirect_uri=session.redirect_uri, verifier=session.verifier, deadline=deadline
        )

        def revoke() -> None:
            # Nobody will use these tokens: do not leave them alive, if that can be helped.
            with suppress(CalendlyError):
                oauth.revoke(tokens.refresh_token or tokens.access_token, deadline=deadline.sooner(5))

        return self._store_account(
            session.account,
            tokens,
            "oauth",
            client_id=app.client_id,
            replace=session.replace,
            revoke=revoke,
            deadline=deadline,
            endings=endings,
        )

    def store_personal_access_token(
        self, name: str, token: str, *, replace: bool, deadline: Deadline, endings: Endings | None = None
    ) -> Account:
        """Connect with a personal access token instead of OAuth; it is tried before it is kept. Errors as above."""
        tokens = Tokens(token, None, expires_at=0, scopes=None, owner=None, organization=None)
        return self._store_account(
            name,
            tokens,
            "personal_access_token",
            client_id=None,
            replace=replace,
            revoke=lambda: None,
            deadline=deadline,
            endings=endings,
        )

    def disconnect(self, name: str, deadline: Deadline, endings: Endings | None = None) -> bool:
        """Revoke the account's tokens at Calendly and delete them here, even when the first fails.

        A disconnect that fails half-way is finished by another one. Until then the account is not called healthy.

        Returns:
            Whether Calendly knows: False where its tokens could not be revoked.

        Raises:
            AccountNotFoundError: no such account.
            AccountUnavailableError: it was not finished.
        """
        with self._lease(name, deadline) as lease:
            entry = lease.entry()
            found = self._store.examine(name)
            if found.state is SecretState.ABSENT and not (entry and (entry.summary or entry.disconnecting)):
                lease.remove()
                raise AccountNotFoundError(f"There is no connected account of that name. {how_to_connect(name)}")
            try:
                lease.begin_disconnect(Disconnecting(entry.generation if entry else 0, self._now()))
                return self._end(lease, name, found, deadline, endings)
            except CalendlyError as error:
                raise AccountUnavailableError(
                    f"Disconnecting '{name}' was not finished: {error.message} "
                    f"Send DELETE /accounts/{name} again to finish it."
                ) from None

    def missing_scopes(self, granted: list[str] | None) -> list[str]:
        """What the deployed actions need and a grant does not cover; nothing when the grant is not known."""
        return scopes.missing(self._needed_scopes, granted) if granted is not None else []

    def _app(self) -> OAuthApp:
        """The application, whose state is noted for those who may not read it."""
        application = self._store.application()
        seen = Seen.of(application)
        if self._directory.application() != seen:
            self._directory.note_application(seen)
        if application.client_id is None or application.client_secret is None:
            raise AccountUnavailableError(application.problem or f"The application's state is not {OK}.")
        return OAuthApp(application.client_id, application.client_secret)

    def _oauth(self, app: OAuthApp) -> OAuth:
        return OAuth(self._transport, app, auth=self._auth, now=self._now)

    def _prepare(self, name: str) -> None:
        """See to it that an account of this name can be stored, before a person is asked for consent."""
        if self._store.examine(name).state is SecretState.LOCKED:
            # It will be made anew under the stack's key, if that one can be used.
            self._store.probe_key()

    @contextmanager
    def _lease(self, name: str, deadline: Deadline) -> Iterator[Lease]:
        try:
            with self._directory.lease(name, wait=deadline.sooner(10)) as lease:
                yield lease
        except LeaseTakenError:
            raise AccountUnavailableError(
                f"The tokens of '{name}' are being changed by another function. Try again in a minute."
            ) from None

    def _store_account(
        self,
        name: str,
        tokens: Tokens,
        kind: Kind,
        *,
        client_id: str | None,
        replace: bool,
        revoke: Callable[[], None],
        deadline: Deadline,
        endings: Endings | None,
    ) -> Account:
        """Store the account, or leave everything as it was and revoke the new tokens."""
        try:
            who = self._who(tokens, deadline)
        except CalendlyError:
            revoke()
            raise
        role = None
        with suppress(CalendlyError):
            # It only makes messages better.
            role = self._owners.role(tokens.access_token, who.user, who.organization, deadline)
        keep = False
        try:
            with self._lease(name, deadline) as lease:
                entry = lease.entry()
                found = self._store.examine(name)
                self._refuse_another_owner(name, who.user, entry, found, replace=replace)
                former = _owner(entry, found)
                if endings and former and not same(former, who.user):
                    endings.passes(name, former, who.user)
                now = self._now()
                account = Account(
                    name=name,
                    kind=kind,
                    access_token=tokens.access_token,
                    refresh_token=tokens.refresh_token,
                    expires_at=tokens.expires_at if kind == "oauth" else None,
                    scopes=tokens.scopes,
                    owner=who.user,
                    owner_name=who.name,
                    owner_email=who.email,
                    organization=who.organization,
                    role=role,
                    generation=self._next_generation(entry, found.account),
                    connected_at=now,
                    refreshed_at=now,
                    client_id=client_id,
                )
                storing = Storing(self._store, lease, entry, found, now=self._now, sleep=self._sleep)
                keep = True
                try:
                    storing.put(account, deadline.before(2 * UNDO_SECONDS))
                except BaseException:
                    keep = not storing.undo(deadline)
                    raise
        except (SupersededError, LeaseLostError):
            raise AlreadyExistsError(
                f"'{name}' was connected or changed by somebody else at the same time, and that is what counts. Look "
                "at GET /accounts, and ask for a new link if it is not what you want."
            ) from None
        except AccountUnavailableError as error:
            if not keep:
                raise AccountUnavailableError(f"{error.message} Nothing was changed.") from None
            raise AccountUnavailableError(
                f"{error.message} The tokens of '{name}' may be stored all the same: rotate_tokens finishes it within "
                "15 minutes. Look at GET /accounts then, before you ask for a new link."
            ) from None
        finally:
            if not keep:
                revoke()
        if found.account and not same(found.account.owner, who.user):
            if endings:
                endings.end(found.account, deadline, only_theirs=True)
            # Functions that still have the old user's token must not go on as them.
            self._revoke(found.account, deadline)
        return account

    def _who(self, tokens: Tokens, deadline: Deadline) -> Owner:
        """Whose tokens they are. Where the token's answer says so, the name and the e-mail address may be missing."""
        if not (tokens.owner and tokens.organization):
            return self._owners.of(tokens.access_token, deadline)
        with suppress(CalendlyError):
            found = self._owners.of(tokens.access_token, deadline.sooner(NAME_SECONDS))
            if same(found.user, tokens.owner):
                return found._replace(user=tokens.owner, organization=tokens.organization)
        return Owner(tokens.owner, tokens.organization)

    def _refuse_another_owner(self, name: str, owner: str, entry: Entry | None, found: Found, *, replace: bool) -> None:
        """One user's name is another's only if that is asked for; one that is being disconnected is free."""
        if replace or (entry and entry.disconnecting) or found.state is SecretState.SCHEDULED:
            return
        if found.account and not same(found.account.owner, owner):
            raise AlreadyExistsError(
                f"'{name}' belongs to another Calendly user. To let this one take over the name, send "
                f'POST /accounts/{name}/connect with {{"replace": true}}; to keep both, connect under another name.'
            )

    @staticmethod
    def _next_generation(entry: Entry | None, previous: Account | None) -> int:
        """Higher than any that was given out: of the secret, of the table, and of a connect that was taken back."""
        known = [previous.generation if previous else 0]
        if entry:
            known += [entry.generation, entry.connecting.generation + 1 if entry.connecting else 0]
        return max(known) + 1

    def _end(self, lease: Lease, name: str, found: Found, deadline: Deadline, endings: Endings | None) -> bool:
        if found.state is SecretState.SCHEDULED:
            # What is scheduled for deletion cannot be read, and is not gone for days.
            self._store.restore(name)
            found = self._store.examine(name)
        if endings:
            former = _owner(lease.entry(), found)
            if former:
                endings.passes(name, former, None)
            if found.account:
                endings.end(found.account, deadline)
            else:
                endings.left = True
        revoked = self._revoke(found.account, deadline) if found.account else found.state is SecretState.ABSENT
        if not lease.lasts(self._now(), DELETE_SECONDS):
            raise AccountUnavailableError("It took too long.")
        if found.state is not SecretState.ABSENT:
            self._store.delete(name)
        lease.remove()
        return revoked

    def _revoke(self, account: Account, deadline: Deadline) -> bool:
        """Revoke an account's tokens; whether that could be done, or need not be."""
        if account.kind != "oauth":
            return True
        try:
            app = self._store.oauth_app()
            for token in (account.refresh_token, account.access_token):
                if token:
                    self._oauth(app).revoke(token, deadline=deadline.sooner(5))
        except CalendlyError:
            # Deleting is what keeps the promise; a token nobody holds cannot be used.
            return False
        return True


def _owner(entry: Entry | None, found: Found) -> str | None:
    """The user that a name belongs to: by its secret, or where that cannot be read, by the table."""
    if found.account:
        return found.account.owner
    owner = entry.summary.get("owner") if entry else None
    return str(owner) if owner else None
