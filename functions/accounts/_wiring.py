"""How the account functions are put together, once per process."""

from functools import lru_cache

from _action_scopes import READING, WRITING

from accounts import aws
from accounts.announce import Announcer
from accounts.connect import Connector, Sessions
from accounts.directory import Directory, Seen
from accounts.endings import Endings
from accounts.owners import Owners
from accounts.refresh import Refresher
from accounts.rotation import Rotation
from accounts.sealing import KmsSealer
from accounts.settings import settings
from accounts.subscriptions import Subscriptions
from accounts.table import Table
from actions.address import receivers_of
from actions.connected import store, transport
from actions.doors import Call
from actions.observability import log
from calendly import scopes
from calendly.errors import CalendlyError
from calendly.oauth import OAuth
from calendly.transport import Transport


@lru_cache(maxsize=1)
def table() -> Table:
    return Table(settings().table)


@lru_cache(maxsize=1)
def directory() -> Directory:
    return Directory(table())


@lru_cache(maxsize=1)
def connector() -> Connector:
    return Connector(
        store(),
        directory(),
        Sessions(table()),
        transport(),
        api=settings().api,
        auth=settings().auth,
        needed_scopes=settings().connect_scopes or scopes.to_ask_for(_scopes_of_actions()),
    )


def _scopes_of_actions() -> tuple[str, ...]:
    """The scopes of the actions that are deployed."""
    return READING if settings().reads_only else (*READING, *WRITING)


@lru_cache(maxsize=1)
def subscriptions() -> Subscriptions:
    return Subscriptions(table())


def endings(call: Call) -> Endings:
    """For the length of a call, which knows the API's address."""
    return Endings(
        subscriptions(), transport(), api=settings().api, receivers=lambda account: receivers_of(call, account)
    )


@lru_cache(maxsize=1)
def announcer() -> Announcer:
    return Announcer(settings().stack, directory())


@lru_cache(maxsize=1)
def refresher() -> Refresher:
    return Refresher(
        store(),
        directory(),
        KmsSealer(settings().kms_key),
        _oauth,
        owners=Owners(transport(), api=settings().api),
    )


def _oauth() -> OAuth:
    """With a connection of its own: one that was kept through a freeze is dead, and breaks once the token is sent."""
    return OAuth(Transport(), store().oauth_app(), auth=settings().auth)


@lru_cache(maxsize=1)
def rotation() -> Rotation:
    return Rotation(directory(), refresher(), announce, application=lambda: Seen.of(store().application()))


def go_on() -> None:
    """Have another run of ``rotate_tokens`` do what this one did not get to."""
    with aws.faults("to go on with another run"):
        aws.client("lambda").invoke(
            FunctionName=settings().rotate_tokens_function, InvocationType="Event", Payload=b"{}"
        )


def note_run() -> None:
    """Keep that a run ended, for whoever asks whether the schedule works."""
    try:
        directory().note_run()
    except CalendlyError as error:
        log.warning("run not noted", reason=error.message)


def announce(account: str) -> None:
    try:
        announcer()(account)
    except CalendlyError as error:
        # The account was refreshed all the same, and the next run tells its state.
        log.warning("not announced", announced_account=account, reason=error.message)
