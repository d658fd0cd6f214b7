"""A stack in one process for the random schedules: the real parts on moto, and a Calendly that keeps account."""

from __future__ import annotations

import json
import random
import secrets as randomness
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from accounts import aws
from accounts.account import Account
from accounts.announce import Announcer
from accounts.connect import Connector, Sessions
from accounts.directory import Directory, Seen
from accounts.owners import Owner
from accounts.refresh import Refresher
from accounts.rotation import Rotation
from accounts.settings import Settings
from accounts.store import AccountStore
from accounts.table import Table
from calendly.deadline import Deadline
from calendly.errors import AccountUnavailableError, CalendlyError, CalendlyUnavailableError
from calendly.oauth import InvalidGrantError, OAuthApp, Tokens
from calendly.transport import SAFETY_MARGIN
from tests.faults.actors import Actor
from tests.faults.memory import MemorySealer

API = "https://api.calendly.com"
RIGHT, WRONG = OAuthApp("right", "right-secret"), OAuthApp("wrong", "wrong-secret")
STALE_SECONDS = 3.0
"""How long Secrets Manager may answer with what was there before."""

HOOKED = {
    "secretsmanager": (
        "put_secret_value",
        "update_secret_version_stage",
        "create_secret",
        "delete_secret",
        "describe_secret",
        "restore_secret",
    ),
    "dynamodb": ("get_item", "put_item", "update_item", "delete_item"),
    "events": ("put_events",),
}
current = threading.local()


def hooked(name: str, function: Callable[[], Any]) -> Any:
    """A call of the outside world: where it is made by an actor, a step of the schedule."""
    actor: Actor | None = getattr(current, "actor", None)
    return function() if actor is None else actor.call(name, function)


@dataclass
class Grant:
    """What a user allowed an application.

    Attributes:
        excused: somebody died, or an answer was lost, between Calendly's acting and the storing of its tokens.
        revoked: by its user, or by a disconnect.
    """

    user: str
    client_id: str
    refresh_token: str = ""
    access_token: str = ""
    excused: bool = False
    revoked: bool = False


@dataclass
class Calendly:
    """Single-use refresh tokens, applications, and whether it refuses what is good."""

    grants: list[Grant] = field(default_factory=list)
    codes: dict[str, Grant] = field(default_factory=dict)
    in_hand: dict[int, Grant] = field(default_factory=dict)
    refusing: bool = False

    def issue(self, grant: Grant) -> Tokens:
        grant.refresh_token, grant.access_token = randomness.token_hex(8), randomness.token_hex(8)
        return Tokens(
            grant.access_token, grant.refresh_token, 0.0, ["users:read"], grant.user, f"{API}/organizations/O"
        )

    def of(self, token: str | None) -> Grant | None:
        """The grant whose live token this is."""
        return next((g for g in self.grants if token in (g.refresh_token, g.access_token) and not g.revoked), None)


class Stack:
    """One stack, and the actors on it.

    Attributes:
        problems: promises that were broken, in words.
        told: the states that EventBridge was told of, by account.
    """

    def __init__(self, name: str, chance: random.Random) -> None:
        self.chance, self.name = chance, name
        self.now = 1_800_000_000.0
        self.calendly = Calendly()
        self.sealer = MemorySealer()
        self.problems: list[str] = []
        self.told: dict[str, list[str]] = {}
        self.history: dict[tuple[str, str], list[tuple[float, tuple[str, str] | None]]] = {}
        self.settings = Settings(name, name, "", "", "", (), API, "https://auth.calendly.com")
        self.store = AccountStore(self.settings)
        self.table = Table(name)
        self.directory = self._directory(0.0)
        client = aws.client("dynamodb")
        client.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
        aws.client("secretsmanager").create_secret(Name=self.settings.oauth_app_secret, SecretString="{}")
        self.use(RIGHT)

    def clock(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def use(self, app: OAuthApp) -> None:
        """An operator stores an application's credentials."""
        text = json.dumps({"client_id": app.client_id, "client_secret": app.client_secret})
        aws.client("secretsmanager").put_secret_value(SecretId=self.settings.oauth_app_secret, SecretString=text)

    def read(self, real: Callable[..., Any], name: str, stage: str) -> Any:
        """Secrets Manager as it is: sometimes with what was there a moment ago."""
        answer = hooked("secretsmanager.get_secret_value", lambda: real(name, stage))
        known = self.history.setdefault((name, stage), [(0.0, answer)])
        if known[-1][1] != answer:
            known.append((self.now, answer))
        if getattr(current, "actor", None) and len(known) > 1 and self.now - known[-1][0] < STALE_SECONDS:
            return self.chance.choice([known[-2][1], answer])
        return answer

    def current_of(self, name: str) -> Account | None:
        """What is current under a name, as nobody else sees it."""
        actor, current.actor = getattr(current, "actor", None), None
        try:
            return self.store.examine(name).account
        finally:
            current.actor = actor

    def names(self) -> list[str]:
        prefix = self.settings.account_secret("")
        listed = aws.client("secretsmanager").list_secrets(MaxResults=100)["SecretList"]
        return sorted(each["Name"].removeprefix(prefix) for each in listed if each["Name"].startswith(prefix))

    def run(self, skew: float = 0.0, seconds: float = 900) -> None:
        """A scheduled run of ``rotate_tokens``."""
        clock = self._clock(skew)
        directory = self._directory(skew)
        announcer = Announcer(self.name, directory, now=clock)

        def announce(name: str) -> None:
            try:
                announcer(name)
            except CalendlyError:
                return

        rotation = Rotation(
            directory,
            self.refresher(skew),
            announce,
            application=lambda: Seen.of(self.store.application()),
            now=clock,
        )
        rotation.run(Deadline(seconds, clock=self.clock))

    def refresher(self, skew: float) -> Refresher:
        asking: Any = FakeOwners(self)
        return Refresher(
            self.store,
            self._directory(skew),
            self.sealer,
            lambda: FakeOAuth(self, self.store.oauth_app()),  # type: ignore[arg-type,return-value]
            owners=asking,
            now=self._clock(skew),
            sleep=self.sleep,
            monotonic=self.clock,
        )

    def ask(self, name: str, generation: int, skew: float = 0.0) -> None:
        """A function whose token Calendly refused."""
        self.refresher(skew).refresh(name, deadline=Deadline(900, clock=self.clock), refused_generation=generation)

    def connect(self, name: str, user: str, skew: float = 0.0, *, replace: bool = True) -> None:
        """A person grants access, and their browser comes back."""
        connecting = self.connector(skew)
        state = connecting.authorize_url(name, redirect_uri="https://example.com/oauth/callback", replace=replace)
        app = self.store.oauth_app()
        grant = Grant(f"{API}/users/{user}", app.client_id)
        self.calendly.grants.append(grant)
        code = randomness.token_hex(8)
        self.calendly.codes[code] = grant
        connecting.finish(state, code, Deadline(28, clock=self.clock))

    def connector(self, skew: float) -> Connector:
        transport: Any = None
        made: Any = Connector(
            self.store,
            self._directory(skew),
            Sessions(self.table, now=self._clock(skew)),
            transport,
            api=API,
            auth="",
            needed_scopes=(),
            now=self._clock(skew),
            sleep=self.sleep,
        )
        made._owners = FakeOwners(self)
        made._oauth = lambda app: FakeOAuth(self, app)
        connector: Connector = made
        return connector

    def disconnect(self, name: str, skew: float = 0.0) -> None:
        self.connector(skew).disconnect(name, Deadline(28, clock=self.clock))

    def _clock(self, skew: float) -> Callable[[], float]:
        return lambda: self.now + skew

    def _directory(self, skew: float) -> Directory:
        return Directory(self.table, now=self._clock(skew), sleep=self.sleep)


class FakeOwners:
    def __init__(self, stack: Stack) -> None:
        self._stack = stack

    def of(self, token: str, deadline: Deadline) -> Owner:
        raise CalendlyUnavailableError("not asked for here")

    def role(self, *_: Any) -> str:
        return "owner"


class FakeOAuth:
    """Calendly's authorization server, as the application ``app`` sees it."""

    def __init__(self, stack: Stack, app: OAuthApp) -> None:
        self._stack, self.app = stack, app

    def authorize_url(self, *, state: str, **_: Any) -> str:
        return state

    def exchange_code(self, code: str, **_: Any) -> Tokens:
        def exchange() -> Tokens:
            grant = self._stack.calendly.codes.pop(code, None)
            if grant is None or grant.client_id != self.app.client_id:
                raise InvalidGrantError("refused")
            return self._timed(self._stack.calendly.issue(grant))

        tokens: Tokens = hooked("oauth.exchange_code", exchange)
        return tokens

    def refresh(self, token: str, *, deadline: Deadline) -> Tokens:
        calendly = self._stack.calendly

        def refresh() -> Tokens:
            if deadline.remaining() <= SAFETY_MARGIN:
                # As the transport does, right before it sends.
                raise CalendlyUnavailableError("No time was left to send it.")
            grant = next((g for g in calendly.grants if g.refresh_token == token and not g.revoked), None)
            if grant is None or grant.client_id != self.app.client_id or calendly.refusing:
                raise InvalidGrantError("refused")
            actor = getattr(current, "actor", None)
            if actor is not None:
                calendly.in_hand[id(actor)] = grant
            return self._timed(calendly.issue(grant))

        tokens: Tokens = hooked("oauth.refresh", refresh)
        return tokens

    def revoke(self, token: str, *, deadline: Deadline) -> None:
        def revoke() -> None:
            grant = self._stack.calendly.of(token)
            if grant is None:
                return
            if grant.client_id != self.app.client_id:
                raise CalendlyError("another application's")
            ending = getattr(getattr(current, "actor", None), "ends", getattr(current, "ends", None))
            for name in self._stack.names():
                account = self._stack.current_of(name)
                if name != ending and account and self._stack.calendly.of(account.refresh_token) is grant:
                    self._stack.problems.append(f"what is current under '{name}' was revoked")
            grant.revoked = True

        hooked("oauth.revoke", revoke)

    def _timed(self, tokens: Tokens) -> Tokens:
        return Tokens(
            tokens.access_token,
            tokens.refresh_token,
            self._stack.now + 7200,
            tokens.scopes,
            tokens.owner,
            tokens.organization,
        )


class Client:
    """A boto3 client whose calls are steps."""

    def __init__(self, service: str, real: Any, watch: Callable[[str, dict[str, Any], Any], None]) -> None:
        self._service, self._real, self._watch = service, real, watch

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._real, name)
        if name not in HOOKED.get(self._service, ()):
            return found

        def call(**how: Any) -> Any:
            def act() -> Any:
                answer = found(**how)
                self._watch(name, how, answer)
                return answer

            return hooked(f"{self._service}.{name}", act)

        return call


def failure(step: str, *, acted: bool) -> Exception:
    """How a call fails, before or after it acted."""
    service, _, operation = step.partition(".")
    if service == "oauth":
        from calendly.errors import OutcomeUnknownError

        return OutcomeUnknownError("lost") if acted else CalendlyUnavailableError("not sent")
    if step == "secretsmanager.get_secret_value":
        return AccountUnavailableError("AWS refused")
    if acted:
        return ReadTimeoutError(endpoint_url="https://aws")
    answer: Any = {"Error": {"Code": "ThrottlingException"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(answer, operation)


def live(grants: Iterable[Grant], token: str | None) -> bool:
    return any(grant.refresh_token == token and not grant.revoked for grant in grants)
