"""AWS and Calendly on loopback, with a gate in front of AWS that fails, cuts or kills at a chosen call."""

from __future__ import annotations

import io
import itertools
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.wrappers import Response

from accounts import aws as accounts_aws
from accounts import secrets as accounts_secrets
from accounts.account import Account
from accounts.directory import Directory, Entry
from accounts.outcome import Result
from accounts.owners import Owners
from accounts.refresh import Refresher
from accounts.rotation import Rotation, Run
from accounts.sealing import KmsSealer
from accounts.settings import Settings
from accounts.store import AccountStore
from accounts.table import Table
from calendly.deadline import Deadline
from calendly.oauth import OAuth, OAuthApp
from calendly.transport import Transport
from sandbox.world import SCOPES, Grant
from tests.conftest import APP, Sandbox

AWS_ERRORS = {
    "throttling": (400, "ThrottlingException"),
    "access denied": (400, "AccessDeniedException"),
    "KMS disabled": (400, "KMSDisabledException"),
    "5xx": (500, "InternalServiceError"),
}


READ_SECONDS = 1.5
"""How long the clients of this suite wait for an answer: long enough for a busy machine, short enough for a test."""


Trap = Callable[[str, int, Callable[[], None]], Response | None]
"""Called with the operation, how often it was called since ``arm``, and a function that lets the call through; what it
returns is the answer, None for letting it through."""


@dataclass
class Gate:
    """A WSGI middleware in front of moto.

    Attributes:
        bodies: of the requests since then, while there is a trap.
        trap: answers in moto's place.
    """

    app: Any = None
    trap: Trap | None = None
    calls: Counter[str] = field(default_factory=Counter)
    bodies: list[str] = field(default_factory=list)

    def arm(self, trap: Trap | None) -> None:
        self.calls.clear()
        self.bodies.clear()
        self.trap = trap

    def wrap(self, app: Any) -> Gate:
        self.app = app
        return self

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        operation = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
        if self.trap is not None:
            body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
            environ["wsgi.input"] = io.BytesIO(body)
            self.bodies.append(body.decode(errors="replace"))
        self.calls[operation] += 1
        if self.trap is None:
            return self.app(environ, start_response)
        passed: list[Any] = []

        def let_through() -> None:
            from werkzeug.test import run_wsgi_app

            iterable, status, headers = run_wsgi_app(self.app, environ, buffered=True)
            passed.append(Response(iterable, status, headers))

        answer = self.trap(operation, self.calls[operation], let_through)
        if answer is None:
            if not passed:
                let_through()
            answer = passed[0]
        return answer(environ, start_response)


def aws_error(kind: str) -> Response:
    """An error as AWS's JSON protocols answer it."""
    status, code = AWS_ERRORS[kind]
    body = json.dumps({"__type": code, "message": kind})
    return Response(body, status, {"x-amzn-ErrorType": code}, content_type="application/x-amz-json-1.1")


@dataclass
class Clock:
    """Virtual time: sleeping is going forward."""

    now: float = field(default_factory=time.time)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class World:
    """One account, due for a refresh, and everything that refreshes it: real HTTP, virtual time."""

    ACCOUNT = "default"
    _numbers = itertools.count()

    def __init__(self, sandbox: Sandbox, gate: Gate) -> None:
        self.sandbox = sandbox
        self.gate = gate
        self.clock = Clock()
        stack = f"faults-{next(self._numbers)}"
        self._make_resources(stack)
        settings = Settings(
            stack=stack,
            table=stack,
            rotate_tokens_function="",
            kms_key=f"alias/{stack}",
            public_url="",
            connect_scopes=(),
            api=sandbox.url,
            auth=sandbox.url,
        )
        self.store = AccountStore(settings)
        self.directory = Directory(Table(stack), now=self.clock, sleep=self.clock.sleep)
        self.transport = Transport(sleep=self.clock.sleep)
        self.oauth = OAuth(
            self.transport, OAuthApp(APP.client_id, str(APP.client_secret)), auth=sandbox.url, now=self.clock
        )
        self.grant = Grant(sandbox.world.data.users[0]["uri"], sorted(SCOPES), APP.client_id)
        self._connect()

    def refresher(self, **replaced: Any) -> Refresher:
        ports = {
            "vault": self.store,
            "directory": self.directory,
            "sealer": KmsSealer(self.store._settings.kms_key),
            "oauth": lambda: self.oauth,
            "owners": Owners(self.transport, api=self.sandbox.url),
            "now": self.clock,
            "sleep": self.clock.sleep,
            "monotonic": self.clock,
            **replaced,
        }
        return Refresher(**ports)

    def run(self, seconds: float = 900, **replaced: Any) -> Run:
        """One scheduled run."""
        rotation = Rotation(self.directory, self.refresher(**replaced), lambda name: None, now=self.clock)
        return rotation.run(Deadline(seconds, clock=self.clock))

    def next_runs(self) -> Run:
        """The fault is over, and the schedule goes on."""
        self.gate.arm(None)
        self.sandbox.world.faults.clear()
        for _ in range(2):
            self.clock.sleep(900)
            run = self.run()
        return run

    def entry(self) -> Entry:
        entry = self.directory.get(self.ACCOUNT)
        assert entry is not None
        return entry

    def refresh_now(self, **replaced: Any) -> Result:
        deadline = Deadline(900, clock=self.clock)
        return self.refresher(**replaced).refresh(self.ACCOUNT, deadline=deadline)

    @property
    def working(self) -> bool:
        """Whether what is stored is what Calendly takes: the access token, and the refresh token for the next time."""
        account = self.store.read(self.ACCOUNT)
        world = self.sandbox.world
        return account.access_token in world.access_tokens and account.refresh_token in world.refresh_tokens

    @property
    def state(self) -> str:
        return self.entry().state if not self.working else "working"

    def _connect(self, client_id: str | None = None) -> None:
        with self.sandbox.world.lock:
            tokens = self.sandbox.world.issue(self.grant)
        now = self.clock()
        account = Account(
            name=self.ACCOUNT,
            kind="oauth",
            access_token=tokens["access_token"],
            refresh_token=tokens["refresh_token"],
            expires_at=now + 1800,
            scopes=sorted(SCOPES),
            owner=self.grant.user,
            organization=tokens["organization"],
            role="owner",
            generation=1,
            connected_at=now,
            refreshed_at=now,
            client_id=client_id,
        )
        self.store.create(account)
        with self.directory.lease(self.ACCOUNT) as lease:
            lease.promote(account)

    @staticmethod
    def _make_resources(stack: str) -> None:
        client = accounts_aws.client
        key = client("kms").create_key()["KeyMetadata"]["KeyId"]
        client("kms").create_alias(AliasName=f"alias/{stack}", TargetKeyId=key)
        client("dynamodb").create_table(
            TableName=stack,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
        )


@contextmanager
def moto_behind_a_gate() -> Iterator[Gate]:
    """A moto server of its own, and AWS clients that go there, without retries of their own."""
    from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

    from local.moto_fixes import apply
    from sandbox.server import serve

    apply()
    gate = Gate().wrap(DomainDispatcherApplication(create_backend_app))
    server = serve(gate, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        accounts_aws.client.cache_clear()
        once = accounts_aws.client

        def client(service: str, read_timeout: float = READ_SECONDS, attempts: int = 1) -> Any:
            return once(service, min(read_timeout, READ_SECONDS), 1)

        patch.setattr(accounts_aws, "client", client)
        patch.setattr(accounts_secrets, "ATTEMPTS", 1)
        patch.setattr(accounts_secrets, "TIMEOUT_SECONDS", READ_SECONDS)
        yield gate
    once.cache_clear()
    server.shutdown()
    server.server_close()
