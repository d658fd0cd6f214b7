"""Prepares accounts in AWS and Calendly for the refresh benchmark."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import requests

os.environ.update(AWS_ACCESS_KEY_ID="local", AWS_SECRET_ACCESS_KEY="local", AWS_DEFAULT_REGION="us-east-1")

from accounts import aws
from accounts.account import Account
from accounts.directory import Directory
from accounts.refresh import Refresher
from accounts.rotation import Rotation
from accounts.sealing import KmsSealer
from accounts.settings import Settings
from accounts.store import AccountStore
from accounts.table import Table
from calendly.deadline import Deadline
from calendly.oauth import OAuth, OAuthApp
from calendly.transport import Transport
from local.moto_fixes import apply
from sandbox.app import CalendlySandbox
from sandbox.faults import Fault
from sandbox.server import serve
from sandbox.world import App, Grant, World

STACK = "benchmark"


@dataclass
class RefreshStage:
    """Accounts that are due, and the rotation that refreshes them."""

    rotation: Rotation
    world: World
    deadline: Deadline
    app: App
    origin: str

    def most_exchanges_a_minute(self) -> int:
        """The most tokens that any user received within a minute."""
        return max(len(times) for times in self.world.exchanges_of.values())


@contextmanager
def refresh_stage(accounts: int, exchange_seconds: float) -> Iterator[RefreshStage]:
    """Prepare ``accounts`` accounts of as many users, all due, with a delay for each exchange at Calendly."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    apply()
    moto = serve(DomainDispatcherApplication(create_backend_app), 0)
    os.environ["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{moto.server_port}"
    # Remove the data of the previous stage: moto's services and the clients belong to the process.
    requests.post(f"{os.environ['AWS_ENDPOINT_URL']}/moto-api/reset", timeout=10).raise_for_status()
    aws.client.cache_clear()
    app = App("benchmark", "a-benchmark's-secret", ())
    server = serve(None, 0)
    origin = f"http://127.0.0.1:{server.server_port}"
    server.app = CalendlySandbox(origin, apps=[app], users=accounts, events=0)
    world: World = server.app.world
    _make_resources()
    settings = Settings(STACK, STACK, "", f"alias/{STACK}", "", (), origin, origin)
    store, directory = AccountStore(settings), Directory(Table(STACK))
    for number, user in enumerate(world.data.users):
        _connect(store, directory, world, f"account-{number:04}", Grant(user["uri"], ["users:read"], app.client_id))
    world.faults.append(Fault("POST", "/oauth/token", times=10**9, delay=exchange_seconds))
    oauth = OAuth(Transport(), OAuthApp(app.client_id, str(app.client_secret)), auth=origin)
    refresher = Refresher(store, directory, KmsSealer(settings.kms_key), lambda: oauth)
    try:
        yield RefreshStage(Rotation(directory, refresher, lambda _: None), world, Deadline(900), app, origin)
    finally:
        for each in (moto, server):
            each.shutdown()
            each.server_close()


def _connect(store: AccountStore, directory: Directory, world: World, name: str, grant: Grant) -> None:
    tokens, now = world.issue(grant), time.time()
    account = Account(
        name=name,
        kind="oauth",
        access_token=tokens["access_token"],
        refresh_token=tokens["refresh_token"],
        expires_at=now + 1800,
        scopes=["users:read"],
        owner=grant.user,
        organization=tokens["organization"],
        role="user",
        generation=1,
        connected_at=now,
        refreshed_at=now,
    )
    store.create(account)
    with directory.lease(name) as lease:
        lease.promote(account)


def _make_resources() -> None:
    kms = aws.client("kms")
    kms.create_alias(AliasName=f"alias/{STACK}", TargetKeyId=kms.create_key()["KeyMetadata"]["KeyId"])
    aws.client("dynamodb").create_table(
        TableName=STACK,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )
