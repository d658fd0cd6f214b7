"""What an action works with: a connected account, and Calendly as that account sees it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from accounts.account import Account, how_to_connect
from accounts.settings import settings
from accounts.store import AccountStore
from accounts.tokens import AccountTokens, TokenCache, invoke_rotate_tokens
from actions.doors import Answer, Call
from actions.inputs import PagedInput, ScopedInput
from calendly import http, scopes
from calendly.api import Api
from calendly.client import Calendly
from calendly.documents import Page, Resource
from calendly.errors import InsufficientScopeError, InvalidRequestError
from calendly.transport import Response, Transport

if TYPE_CHECKING:
    from actions.lists import Fetch, Order

R = TypeVar("R", bound=Resource)


class Connected:
    """A connected account and Calendly as that account sees it, for the length of one call."""

    def __init__(self, call: Call, account: Account, calendly: Calendly) -> None:
        self.call = call
        self.account = account
        self.calendly = calendly

    def user(self, reference: str | None) -> str:
        """The user meant: the account's own for ``me`` or nothing."""
        return self.account.owner if reference in (None, "me") else str(reference)

    def organization(self, reference: str | None) -> str:
        """The organization meant: the account's own for ``me`` or nothing."""
        return self.account.organization if reference in (None, "me") else str(reference)

    def is_me(self, user: str) -> bool:
        """Whether a user is the account's own."""
        path = self.calendly.api.path
        return path(user, "users") == path(self.account.owner, "users")

    def whose(self, wanted: ScopedInput) -> dict[str, Any]:
        """The scope of webhooks, and whose it is."""
        return {
            "scope": wanted.scope,
            "organization": self.organization(wanted.organization),
            "user": self.user(wanted.user) if wanted.scope == "user" else None,
            "group": wanted.group,
        }

    def list(self, wanted: PagedInput, fetch: Fetch[R], order: Order[R] | None = None) -> Page[R]:
        """One page or all of them, as ``actions.lists`` says. ``fetch`` takes a page size and a page token."""
        from actions.lists import fetch_list

        return fetch_list(self.call, wanted, fetch, order)

    def whole(self, response: Response, *, written: bool) -> Answer:
        """Calendly's answer as it is, with its status.

        Raises:
            InvalidRequestError: it is larger than the door lets through.
        """
        from actions.lists import size_in

        # A write was carried out: it is not refused for the length of what Calendly says of it.
        if not written and size_in(self.call, response.body) > self.call.max_bytes:
            raise InvalidRequestError.for_field(
                "query", f"asks for more than an answer holds, {self.call.max_bytes:,} bytes; use a smaller count"
            )
        return Answer(response.body, response.status)

    def list_pieces(
        self, page_token: str | None, filters: dict[str, Any], fetch: Callable[[str | None], Page[R]]
    ) -> Page[R]:
        """All pieces of a list that Calendly answers for a limited range only, and does not page.

        It looks like Calendly's own: without ``pagination``, unless it is not complete.

        Args:
            page_token: where to go on; None for the beginning.
            filters: what selects the rows; a cursor works with the same ones only.
            fetch: one piece, by its token.
        """
        from actions.lists import fetch_pieces

        return fetch_pieces(self.call, page_token, filters, fetch)


@lru_cache(maxsize=1)
def transport() -> Transport:
    """The process's one transport, over its one HTTP session."""
    return Transport(http.shared())


@lru_cache(maxsize=1)
def store() -> AccountStore:
    """The account secrets."""
    return AccountStore(settings())


@lru_cache(maxsize=1)
def _token_cache() -> TokenCache:
    return TokenCache()


def connect(call: Call, name: str, scope: str, *, dry_run: bool = False) -> Connected:
    """The account of that name, if its grant covers what is needed, where the grant is known.

    Raises:
        InsufficientScopeError: it does not.
        AccountNotFoundError, AccountUnavailableError, ReauthenticationRequiredError: there are no tokens to use.
    """
    tokens = AccountTokens(
        name,
        store=store(),
        cache=_token_cache(),
        ask_rotation=invoke_rotate_tokens(settings().rotate_tokens_function),
        deadline=call.deadline,
    )
    account = tokens.account()
    if _lacks(account, scope):
        # It may have been connected anew since it was read.
        account = tokens.reread()
        if _lacks(account, scope):
            raise insufficient_scope(account.name, (scope,))
    api = Api(
        transport(),
        tokens,
        deadline=call.deadline,
        api=settings().api,
        dry_run=dry_run,
        read_only=settings().reads_only,
    )
    return Connected(call, account, Calendly(api))


def insufficient_scope(account: str, missing: tuple[str, ...]) -> InsufficientScopeError:
    """The error for a grant that does not cover what is needed; says how to connect again."""
    return InsufficientScopeError(
        f"The account '{account}' was connected without the scope {', '.join(missing)}. {how_to_connect(account)}",
        missing_scopes=missing,
    )


def _lacks(account: Account, scope: str) -> bool:
    return bool(scope) and account.scopes is not None and bool(scopes.missing([scope], account.scopes))
