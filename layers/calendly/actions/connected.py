"""What an action's function works with: a connected account, and a Calendly client for it."""

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
    """A connected account and its Calendly client, for one call."""

    def __init__(self, call: Call, account: Account, calendly: Calendly) -> None:
        self.call = call
        self.account = account
        self.calendly = calendly

    def user(self, reference: str | None) -> str:
        """The user's reference; the account's own user for ``me`` or None."""
        return self.account.owner if reference in (None, "me") else str(reference)

    def organization(self, reference: str | None) -> str:
        """The organization's reference; the account's own for ``me`` or None."""
        return self.account.organization if reference in (None, "me") else str(reference)

    def organization_if_given(self, reference: str | None) -> str | None:
        """The organization of a filter, which may be left out; ``me`` is the account's own."""
        return self.organization(reference) if reference else None

    def is_me(self, user: str) -> bool:
        """Whether a reference is the account's own user."""
        path = self.calendly.api.path
        return path(user, "users") == path(self.account.owner, "users")

    def whose(self, wanted: ScopedInput) -> dict[str, Any]:
        """The scope of a webhook subscription, and the user, group or organization it belongs to."""
        return {
            "scope": wanted.scope,
            "organization": self.organization(wanted.organization),
            "user": self.user(wanted.user) if wanted.scope == "user" else None,
            "group": wanted.group,
        }

    def list(self, wanted: PagedInput, fetch: Fetch[R], order: Order[R] | None = None) -> Page[R]:
        """One page or all pages, see ``actions.lists``. ``fetch`` takes a page size and a page token."""
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
        self,
        page_token: str | None,
        filters: dict[str, Any],
        fetch: Callable[[str | None], Page[R]],
        order: Order[R] | None = None,
    ) -> Page[R]:
        """All pieces of a list that Calendly limits to a range and does not page.

        Like Calendly's own answer, it has no ``pagination`` if it is complete.

        Args:
            page_token: where to continue; None for the beginning.
            filters: what selects the rows. A cursor is valid only with the same filters.
            fetch: returns one piece by its token.
            order: how to continue within a piece by the place of its last row, where rows may disappear meanwhile.
        """
        from actions.lists import fetch_pieces

        return fetch_pieces(self.call, page_token, filters, fetch, order)


@lru_cache(maxsize=1)
def transport() -> Transport:
    """The transport of this process, over its HTTP session."""
    return Transport(http.shared())


@lru_cache(maxsize=1)
def store() -> AccountStore:
    """The account secrets."""
    return AccountStore(settings())


@lru_cache(maxsize=1)
def _token_cache() -> TokenCache:
    return TokenCache()


def connect(call: Call, name: str, scope: str, *, dry_run: bool = False) -> Connected:
    """The account of that name, after checking its granted scopes if they are known.

    Raises:
        InsufficientScopeError: the grant does not cover ``scope``.
        AccountNotFoundError, AccountUnavailableError, ReauthenticationRequiredError: no usable token.
    """
    tokens = AccountTokens(
        name,
        store=store(),
        cache=_token_cache(),
        ask_rotation=invoke_rotate_tokens(settings().rotate_tokens_function, call.correlation_id),
        deadline=call.deadline,
    )
    account = tokens.account()
    if _lacks(account, scope):
        # The account may have been connected again since it was cached.
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
    """The error for a grant that lacks a scope; its message says how to connect again."""
    return InsufficientScopeError(
        f"The account '{account}' was connected without the scope {', '.join(missing)}. {how_to_connect(account)}",
        missing_scopes=missing,
    )


def _lacks(account: Account, scope: str) -> bool:
    return bool(scope) and account.scopes is not None and bool(scopes.missing([scope], account.scopes))
