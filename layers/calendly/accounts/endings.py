"""Ending an account's webhook subscriptions to this stack when the account goes, or when its name passes to another.

A failure never keeps an account from being disconnected: a subscription that is left is ended by the receiver, which
answers its next delivery with 410.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from typing import Any

from accounts.account import Account
from accounts.owners import same
from accounts.subscriptions import Subscriptions
from calendly.api import Api, StaticToken, each_page
from calendly.client import Calendly
from calendly.deadline import Deadline
from calendly.errors import (
    AccountUnavailableError,
    CalendlyError,
    InsufficientScopeError,
    InvalidRequestError,
    NotFoundError,
    PermissionDeniedError,
)
from calendly.transport import Transport

END_SECONDS = 8.0
"""How long ending them may take: somebody waits for the account to be disconnected."""

_NOT_FOR_US = (InsufficientScopeError, PermissionDeniedError, NotFoundError, InvalidRequestError)


class Endings:
    """Ends subscriptions, for one call.

    Args:
        subscriptions: what the table knows of them.
        transport: shared by all calls of the process.
        api: Calendly's address.
        receivers: the addresses of this stack's receiver for an account.

    Attributes:
        left: whether a subscription may be left that could not be ended.
    """

    def __init__(
        self,
        subscriptions: Subscriptions,
        transport: Transport,
        *,
        api: str,
        receivers: Callable[[str], Collection[str]],
    ) -> None:
        self._subscriptions = subscriptions
        self._transport = transport
        self._api = api
        self._receivers = receivers
        self.left = False

    def passes(self, name: str, former: str, owner: str | None) -> None:
        """Write down that a name passes to another user, or to nobody: before it does, or else it must not.

        Raises:
            AccountUnavailableError: the table refuses.
        """
        self._subscriptions.pass_on(name, former, owner)

    def end(self, account: Account, deadline: Deadline, *, only_theirs: bool = False) -> None:
        """End the account's subscriptions to this stack's receiver; ``left`` says if any may be left.

        Args:
            account: with a token that still works.
            deadline: of the call.
            only_theirs: leave those that others of the organization made: the name goes on, as somebody else's.
        """
        tokens = StaticToken(account.access_token)
        api = Api(self._transport, tokens, deadline=deadline.sooner(END_SECONDS), api=self._api)
        try:
            known = self._subscriptions.state(account.name).subscriptions
            receivers = set(self._receivers(account.name))
            groups = {each.group for each in known if each.group}
            own = {each.uri for each in known if each.callback_url in receivers or each.made}
            rows = {row["uri"]: row for row in listed(Calendly(api), account.owner, account.organization, groups)}
        except CalendlyError:
            self.left = True
            return
        ended = [uri for uri in own if uri not in rows]
        for uri, row in rows.items():
            if row.get("callback_url") not in receivers and uri not in own:
                continue
            if only_theirs and row.get("creator") and not same(str(row["creator"]), account.owner):
                continue
            if self._end(Calendly(api), uri):
                ended.append(uri)
        with suppress(AccountUnavailableError):
            self._subscriptions.forget_all(account.name, ended)

    def _end(self, calendly: Calendly, uri: str) -> bool:
        try:
            with suppress(NotFoundError):
                calendly.webhook_subscriptions.delete(uri)
        except CalendlyError:
            self.left = True
            return False
        return True


def listed(calendly: Calendly, user: str, organization: str, groups: Collection[str]) -> Iterator[dict[str, Any]]:
    """Every subscription that a token may list: the user's, their organization's, and its groups'.

    Args:
        calendly: as the account sees it.
        user, organization: URIs of the account's.
        groups: URIs of groups that are known beside those that the token may list.

    Raises:
        CalendlyError: Calendly could not be asked. What the token may not list is left out.
    """
    yield from _rows(calendly, scope="user", organization=organization, user=user)
    try:
        yield from _rows(calendly, scope="organization", organization=organization)
    except _NOT_FOR_US:
        pass
    else:
        # Who may see the organization's may see its groups.
        with suppress(*_NOT_FOR_US):
            pages = each_page(
                lambda token: calendly.groups.list(organization=organization, count=100, page_token=token)
            )
            groups = {*groups, *(row["uri"] for page in pages for row in page.rows)}
    for group in groups:
        with suppress(*_NOT_FOR_US):
            yield from _rows(calendly, scope="group", organization=organization, group=group)


def _rows(calendly: Calendly, **owner: Any) -> list[dict[str, Any]]:
    subscriptions = calendly.webhook_subscriptions
    pages = each_page(lambda token: subscriptions.list(**owner, count=100, page_token=token))
    return [row for page in pages for row in page.rows if isinstance(row.get("uri"), str)]
