"""How the account functions are put together, once per process."""

from functools import lru_cache

from accounts.connect import Connector, Sessions
from accounts.directory import Directory
from accounts.refresh import Refresher
from accounts.rotation import Rotation
from accounts.settings import settings
from accounts.table import Table
from actions.runtime import store, transport
from calendly.oauth import OAuth


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
        needed_scopes=settings().oauth_scopes,
    )


@lru_cache(maxsize=1)
def refresher() -> Refresher:
    return Refresher(store(), directory(), lambda: OAuth(transport(), store().oauth_app(), auth=settings().auth))


@lru_cache(maxsize=1)
def rotation() -> Rotation:
    return Rotation(directory(), refresher())
