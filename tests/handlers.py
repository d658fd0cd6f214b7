"""Actions called in this process, through their handlers, with the sandbox over HTTP and AWS in moto."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

import actions.runtime
from accounts import aws as accounts_aws
from accounts.account import Account
from accounts.application import OK, Application
from accounts.settings import settings
from accounts.store import AccountStore
from actions.connected import Connected
from actions.doors import Call
from actions.runtime import Function
from calendly import Api, Calendly, StaticToken, Transport
from generate.catalog import FUNCTIONS, load
from sandbox.app import CalendlySandbox
from sandbox.faults import Fault
from sandbox.server import serve
from sandbox.world import World
from tests.unit.test_doors import Context

BUCKET = "exports"
APPLICATION = Application(OK, None, "an id", "a secret", "the key of the application")


@dataclass
class Handlers:
    """The actions of this process.

    Attributes:
        url, world: the sandbox's.
        transport: what the actions send with; it does not sleep.
        account: whose account they work on.
    """

    url: str
    world: World
    transport: Transport
    account: Account

    def call(self, action: str | Function, context: Any = None, **input: Any) -> Any:
        """What a direct call answers. Raises what it raises."""
        handler = action if isinstance(action, Function) else handler_of(action)
        return handler(input, context or Context())

    def fault(self, **fault: Any) -> None:
        self.world.faults.append(Fault(**fault))

    def sent(self, operation: str) -> int:
        return self.world.requests[operation]

    def connect(self, call: Call, *_: Any, dry_run: bool = False) -> Connected:
        tokens = StaticToken(self.account.access_token)
        api = Api(self.transport, tokens, deadline=call.deadline, api=self.url, dry_run=dry_run)
        return Connected(call, self.account, Calendly(api))


_loaded: dict[str, Any] = {}


def module_of(action: str) -> Any:
    """An action's module, loaded once."""
    if action not in _loaded:
        (path,) = FUNCTIONS.glob(f"*/{action}.py")
        _loaded[action] = load(path)
    return _loaded[action]


def handler_of(action: str) -> Function:
    handler: Function = module_of(action).handler
    return handler


_moto = threading.RLock()
_answer = BotocoreStubber.__call__


def _one_at_a_time(self: BotocoreStubber, *args: Any, **how: Any) -> Any:
    """Moto in this process is one program for all threads: an object is not to be replaced while it is read."""
    with _moto:
        return _answer(self, *args, **how)


@contextmanager
def handlers(*, aws: bool = True, **size: int) -> Iterator[Handlers]:
    """The actions, with a sandbox of their own for as long as it lasts; without ``aws`` there is none."""
    server = serve(None, 0)
    url = f"http://127.0.0.1:{server.server_port}"
    app = CalendlySandbox(url, **size)
    server.app = app
    world = app.world
    world.limits.per_minute = 10_000_000
    user = world.data.users[0]
    token = world.issue_personal_access_token(user["uri"], ["default"])
    account = Account(
        name="default",
        kind="personal_access_token",
        access_token=token,
        refresh_token=None,
        expires_at=None,
        scopes=None,
        owner=user["uri"],
        organization=user["current_organization"],
        role="owner",
        generation=1,
        connected_at=time.time(),
        refreshed_at=time.time(),
    )
    transport = Transport(sleep=lambda _: None)
    made = Handlers(url, world, transport, account)
    with pytest.MonkeyPatch.context() as patch, mock_aws() if aws else nullcontext():
        patch.setattr(BotocoreStubber, "__call__", _one_at_a_time)
        for name, value in {
            "CALENDLY_API_URL": url,
            "TABLE_NAME": "Table",
            "EXPORT_BUCKET": BUCKET,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "PUBLIC_URL": "http://127.0.0.1:9",
        }.items():
            patch.setenv(name, value)
        if not aws:  # and nothing is to be asked of the real one
            patch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        patch.setattr(actions.runtime, "connect", made.connect)
        patch.setattr(AccountStore, "application", lambda _: APPLICATION)
        patch.setattr(actions.runtime, "transport", lambda: transport)
        _forget()
        if aws:
            _make_aws()
        try:
            yield made
        finally:
            _forget()
            server.shutdown()
            server.server_close()


def _make_aws() -> None:
    make_table()
    boto3.client("s3").create_bucket(Bucket=BUCKET)


def make_table() -> None:
    """The stack's table, empty."""
    boto3.client("dynamodb").create_table(
        TableName="Table",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )


def _forget() -> None:
    """What the process keeps of its environment."""
    caches: list[Callable[..., Any]] = [settings, accounts_aws.client]
    for cached in caches:
        cached.cache_clear()  # type: ignore[attr-defined]
