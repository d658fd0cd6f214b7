"""Random schedules of everything that happens to accounts over months, with fixed seeds.

Scheduled runs, functions that ask, connects, replaces, disconnects, revocations, refusals and changes of the
application interleave call by call, with clocks apart, old answers, failures, lost answers, deaths and freezes. Then
nothing goes wrong any more, and the promises must hold. ``make soak`` searches for longer.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

import pytest
from moto import mock_aws

from accounts import aws, secrets
from accounts.health import account_state
from calendly.errors import AccountNotFoundError, CalendlyError
from local.moto_fixes import apply
from tests.faults.actors import Actor
from tests.faults.searching import RIGHT, WRONG, Client, Stack, current, failure, live
from tests.sizes import size

SCHEDULES = size(5, 300)
STEPS = 110
NAMES, USERS = ("a", "b"), ("U1", "U2")
MUST_NOT_WAIT = ("secretsmanager.delete_secret", "oauth.revoke")
"""Calls before which nobody stands still for long: what a process sends after such a freeze is left to physics."""


STACKS: list[Stack] = []
"""The stack of the schedule that runs."""


class Inline:
    """Stands in for a pool of threads: an actor is one thread."""

    def __init__(self, **_: Any) -> None: ...
    def __enter__(self) -> Inline:
        return self

    def __exit__(self, *_: object) -> None: ...
    def map(self, function: Any, items: Any) -> list[Any]:
        return [function(item) for item in items]

    def submit(self, *_: Any) -> Future[Any]:
        raise NotImplementedError


class Search:
    """One schedule."""

    def __init__(self, stack: Stack, chance: random.Random) -> None:
        self.stack, self.chance = stack, chance
        self.actors: list[Actor] = []
        self.log: list[str] = []
        self.broken: dict[int, str] = {}

    def start(self, kind: str, work: Any, ends: str | None = None) -> None:
        def act(actor: Actor) -> None:
            current.actor = actor
            with suppress(CalendlyError):
                work()

        self.log.append(kind)
        actor = Actor(act)
        actor.ends = ends  # type: ignore[attr-defined]
        self.actors.append(actor)

    def event(self) -> None:
        stack, chance = self.stack, self.chance
        skew = chance.uniform(-1, 1)
        name, user = chance.choice(NAMES), chance.choice(USERS)
        match chance.choices(
            ["run", "ask", "connect", "disconnect", "application", "revoke", "refuse", "time"],
            [6, 3, 3, 1, 1, 0.5, 1, 4],
        )[0]:
            case "run":
                self.start("run", lambda: stack.run(skew))
            case "ask":
                account = stack.current_of(name)
                if account:
                    generation = account.generation
                    self.start(f"ask {name}", lambda: stack.ask(name, generation, skew))
            case "connect":
                self.start(f"connect {name}", lambda: stack.connect(name, user, skew))
            case "disconnect":
                self.start(f"disconnect {name}", lambda: stack.disconnect(name, skew), ends=name)
            case "application":
                app = chance.choice([RIGHT, WRONG])
                self.log.append(f"use {app.client_id}")
                stack.use(app)
            case "revoke":
                grants = [grant for grant in stack.calendly.grants if not grant.revoked]
                if grants:
                    self.log.append("revoke")
                    chance.choice(grants).revoked = True
            case "refuse":
                stack.calendly.refusing = not stack.calendly.refusing
                self.log.append(f"refusing {stack.calendly.refusing}")
            case "time":
                self.time(chance.choice([1, 5, 30, 121, 900, 3700, 3700, 7300]))

    def time(self, seconds: float) -> None:
        self.log.append(f"time {seconds}")
        for actor in self.alive():
            while actor.waiting_for in MUST_NOT_WAIT:
                self.step(actor, "go")
        self.stack.now += seconds

    def alive(self) -> list[Actor]:
        return [actor for actor in self.actors if actor.waiting_for is not None]

    def step(self, actor: Actor, order: Any) -> None:
        waiting = actor.waiting_for
        self.log.append(f"{self.actors.index(actor)}: {waiting} {order if order != 'go' else ''}")
        lost = getattr(order, "acted", False) and waiting == "oauth.refresh"
        actor.step(order)
        if lost or actor.dead:
            grant = self.stack.calendly.in_hand.pop(id(actor), None)
            if grant:
                grant.excused = True

    def go(self) -> None:
        for _ in range(STEPS):
            alive = self.alive()
            if not alive or (len(alive) < 4 and self.chance.random() < 0.25):
                self.event()
                continue
            actor = self.chance.choice(alive)
            for _ in range(self.chance.randint(1, 6)):
                if actor.waiting_for is None:
                    break
                self.step(actor, self.order(actor))

    def order(self, actor: Actor) -> Any:
        what, waiting = self.chance.random(), actor.waiting_for or ""
        # Where the answer to a write matters, things go wrong more often.
        writes = waiting.endswith(("secret_value", "version_stage", "create_secret", "update_item", "oauth.refresh"))
        if self.broken.get(id(actor)) == waiting:
            return self.fail(waiting)
        if waiting == "start" or what < (0.93 if writes else 0.97):
            return "go"
        if writes and self.chance.random() < 0.4:
            # For as long as this process lives, so that it has to do without.
            self.broken[id(actor)] = waiting
        if what > 0.98:
            return "die" if what < 0.99 else "act and die"
        return self.fail(waiting)

    def fail(self, waiting: str) -> Any:
        acted = self.chance.random() < 0.3
        error: Any = failure(waiting, acted=acted)
        error.acted = acted
        return error

    def settle(self) -> None:
        """Nothing goes wrong any more; the right application is stored; a day and a bit goes by."""
        for actor in self.alive():
            if self.chance.random() < 0.5:
                self.step(actor, "die")
            while actor.waiting_for is not None:
                self.step(
                    actor, self.fail(actor.waiting_for) if self.broken.get(id(actor)) == actor.waiting_for else "go"
                )
        current.actor = None
        self.stack.calendly.refusing = False
        self.stack.use(RIGHT)
        for minutes in (15, 15, 65, 65, 65):
            self.stack.now += 60 * minutes
            self.stack.run()

    def check(self) -> list[str]:
        stack, problems = self.stack, list(self.stack.problems)
        seen = stack.directory.application()
        entries = {entry.name: entry for entry in stack.directory.all()}
        for name in stack.names():
            if name not in entries or not entries[name].summary:
                problems.append(f"'{name}' has a secret and is not listed")
        for name, entry in entries.items():
            state = account_state(entry, stack.now, seen)
            account = stack.current_of(name)
            if entry.announced != state:
                problems.append(f"'{name}' is {state}, and {entry.announced} was noted")
            told = stack.told.get(name, [])
            if (told or ["healthy"])[-1] != state:
                problems.append(f"'{name}' is {state}, and the world was told {told}")
            if account is None:
                if state == "healthy":
                    problems.append(f"'{name}' is healthy, and has no secret")
                continue
            owning = [g for g in stack.calendly.grants if g.refresh_token == account.refresh_token]
            good = live(stack.calendly.grants, account.refresh_token)
            if state == "healthy" and not good:
                problems.append(f"'{name}' is called healthy, and its token is dead")
            if state == "needs_reauthentication" and not entry.disconnecting:
                if good and owning[0].client_id == RIGHT.client_id:
                    problems.append(f"'{name}' was given up with a good token")
                # A good token of another application cannot be asked about while that one is not stored.
                elif not good and not any(g.revoked or g.excused for g in self.past(account)):
                    problems.append(f"'{name}' died without a revocation")
            if state == "wrong_application" and account.client_id == RIGHT.client_id:
                problems.append(f"'{name}' is of the right application")
        return problems

    def past(self, account: Any) -> list[Any]:
        """The grants of the account's user and application, one of which is its own."""
        return [
            grant
            for grant in self.stack.calendly.grants
            if grant.user == account.owner and grant.client_id == account.client_id
        ]

    def names_are_free(self) -> list[str]:
        """Every name can be disconnected, if it is connected, and connected."""
        problems = []
        for name in NAMES:
            current.ends = name
            try:
                with suppress(AccountNotFoundError):
                    self.stack.disconnect(name)
                self.stack.connect(name, "U1")
            except CalendlyError as error:
                problems.append(f"'{name}' is stuck: {error.message}")
            finally:
                current.ends = None
            account = self.stack.current_of(name)
            if account is None or not live(self.stack.calendly.grants, account.refresh_token):
                problems.append(f"'{name}' cannot be connected")
        return problems


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """AWS in this process, whose calls are steps of the schedule."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    apply()
    made = aws.client
    with mock_aws():
        made.cache_clear()
        real = {service: aws.client(service, attempts=1) for service in ("dynamodb", "secretsmanager", "events")}

        def watch(operation: str, how: dict[str, Any], answer: Any) -> None:
            _watch(STACKS[-1], operation, how)

        clients = {service: Client(service, client, watch) for service, client in real.items()}
        monkeypatch.setattr(aws, "client", lambda service, *_, **__: clients[service])
        monkeypatch.setattr(secrets, "read", lambda name, stage, *_: STACKS[-1].read(_reader(real), name, stage))
        monkeypatch.setattr("accounts.rotation.ThreadPoolExecutor", Inline)
        yield
    made.cache_clear()


def _reader(real: dict[str, Any]) -> Any:
    client = real["secretsmanager"]

    def read(name: str, stage: str) -> tuple[str, str] | None:
        try:
            answer = client.get_secret_value(SecretId=name, VersionStage=stage)
        except client.exceptions.ResourceNotFoundException:
            return None
        return answer["SecretString"], answer["VersionId"]

    return read


def _watch(stack: Stack, operation: str, how: dict[str, Any]) -> None:
    """What was stored is in no hand any more, and what was told is told."""
    if operation == "put_events":
        for entry in how["Entries"]:
            detail = json.loads(entry["Detail"])
            if "state" in detail:
                stack.told.setdefault(detail["account"], []).append(detail["state"])
    if operation == "delete_item" and how["Key"]["pk"]["S"] == "account":
        # Whatever is connected under the name next is another account, and healthy as long as nothing else is told.
        stack.told.pop(how["Key"]["sk"]["S"], None)
    actor = getattr(current, "actor", None)
    if operation in ("put_secret_value", "update_item") and actor is not None:
        grant = stack.calendly.in_hand.get(id(actor))
        stored = how.get("SecretString", "") if operation == "put_secret_value" else ""
        if grant and (grant.refresh_token in stored or ":parked" in how.get("ExpressionAttributeValues", {})):
            del stack.calendly.in_hand[id(actor)]


def search(seed: int) -> tuple[list[str], list[str]]:
    """The broken promises of one schedule, and what happened in it."""
    chance = random.Random(seed)  # noqa: S311 - to be repeatable
    current.actor = current.ends = None
    stack = Stack.__new__(Stack)
    STACKS[:] = [stack]
    stack.__init__(f"search-{seed}", chance)  # type: ignore[misc]
    schedule = Search(stack, chance)
    for name, user in zip(NAMES, USERS, strict=True):
        stack.connect(name, user)
    schedule.go()
    schedule.settle()
    problems = schedule.check()
    return [*problems, *schedule.names_are_free(), *stack.problems[len(problems) :]], schedule.log


@pytest.mark.usefixtures("in_process")
def test_no_schedule_breaks_a_promise() -> None:
    broken = {}
    for seed in range(SCHEDULES):
        problems, log = search(seed)
        if problems:
            broken[seed] = (problems, log)
            break
    assert broken == {}
