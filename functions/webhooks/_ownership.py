"""Whose a delivery is. The signature says that it is Calendly's; ``created_by`` says whose subscription it is for."""

from functools import lru_cache

from accounts.directory import Directory
from accounts.entry import Entry
from accounts.owners import same
from accounts.sessions import Sessions
from accounts.settings import settings
from accounts.subscriptions import Subscriptions
from accounts.table import Table
from actions.connected import store
from calendly.errors import AccountUnavailableError, CalendlyError

SHARED = ("organization", "group")
"""Scopes of subscriptions that are about more than one user."""


class GoneAccountError(CalendlyError):
    """The account is gone, or its name is another user's. Calendly deletes a subscription that is answered so."""

    http_status = 410


class UnknownCreatorError(CalendlyError):
    """Signed by Calendly, for somebody who has nothing to do with the account."""

    http_status = 403


@lru_cache(maxsize=1)
def table() -> Table:
    """The stack's, for a caller who waits for 15 seconds."""
    return Table(settings().table, read_timeout=1.0, attempts=2)


@lru_cache(maxsize=1)
def subscriptions() -> Subscriptions:
    return Subscriptions(table())


def connected(account: str) -> Entry:
    """The account that a delivery is for. One that needs a person is connected all the same.

    Raises:
        GoneAccountError: it is certain that there is none, and that none is being connected.
        AccountUnavailableError: that cannot be told now.
    """
    entry = Directory(table()).find(account)
    if entry is None:
        if store().exists(account):
            raise AccountUnavailableError(
                f"There is a secret of '{account}' and nothing in the table: the stack was made anew. "
                f"Connect it again with POST /accounts/{account}/connect."
            )
        if Sessions(table()).is_open(account):
            raise AccountUnavailableError(f"'{account}' is being connected.")
        if Directory(table()).find(account) is None:
            raise GoneAccountError("There is no connected account of that name any more.")
        raise AccountUnavailableError(f"'{account}' is being connected.")
    if not entry.summary or entry.disconnecting:
        raise AccountUnavailableError(f"'{account}' is being connected or disconnected.")
    return entry


def check(entry: Entry, creator: str) -> None:
    """Return if a subscription of this user may deliver for the account.

    Raises:
        GoneAccountError: the name was theirs before, and is another user's now.
        UnknownCreatorError: they have nothing to do with it.
        AccountUnavailableError: that cannot be told now.
    """
    if same(creator, str(entry.summary.get("owner"))):
        return
    state = subscriptions().state(entry.name)
    if any(same(creator, former) for former in state.former_owners):
        raise GoneAccountError(f"'{entry.name}' is another user's now.")
    organization = entry.summary.get("organization")
    shared = [each for each in state.subscriptions if each.scope in SHARED and each.organization == organization]
    if shared:
        if any(each.creator and same(creator, each.creator) for each in shared):
            return
        for other in Directory(table()).list():
            if other.summary.get("organization") == organization and same(creator, str(other.summary.get("owner"))):
                return
    raise UnknownCreatorError(
        f"The subscription was made by a user who has nothing to do with '{entry.name}'. If it is for an organization "
        "or a group, subscribe again as that account."
    )
