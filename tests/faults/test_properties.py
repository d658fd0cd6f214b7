"""Any interleaving of refreshers, readers, reconnects, crashes, failures and steps of the clock keeps the promises."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from moto import mock_aws

from accounts import aws
from accounts.account import Account
from accounts.directory import Directory
from accounts.outcome import Outcome
from accounts.refresh import Refresher
from accounts.store import CONNECTING
from accounts.table import Table
from calendly.deadline import Deadline
from calendly.errors import AccountUnavailableError, OutcomeUnknownError
from tests.faults.actors import Actor
from tests.faults.memory import MemoryCalendly, MemorySealer, MemoryVault
from tests.sizes import size

NAME = "default"
VAULT = ("current", "staged", "stage", "promote")
TABLE = ("get", "update", "take")
PLACES = st.integers(0, 3)
WHERE = st.sampled_from(["here", "oauth.refresh", "vault.stage", "vault.promote", "table.update", "the end"])


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Refreshing(RuleBasedStateMachine):
    """Up to four actors on one account. The directory is the real one, on moto; the rest is in memory."""

    @initialize()
    def connect(self) -> None:
        self.clock = Clock()
        self.vault, self.sealer, self.calendly = MemoryVault(), MemorySealer(), MemoryCalendly()
        self.table = Table(_fresh_table())
        self.directory = Directory(self.table, now=self.clock, sleep=self.clock.sleep)
        self.actors: dict[int, Actor] = {}
        self.unknown = 0
        now = self.clock()
        account = Account(
            NAME, "oauth", "access", self.calendly.grant(), now + 1800, None, "owner", "organization", None, 1, now, now
        )
        self.granted = set(self.calendly.live)
        self.vault.stage(account, "first")
        self.vault.current_version = "first"
        with self.directory.lease(NAME) as lease:
            lease.promote(account)

    def _refresher(self, actor: Actor | None = None) -> Refresher:
        vault: Any = self.vault
        oauth: Any = self.calendly
        directory, sealer = self.directory, self.sealer
        if actor:
            vault = actor.port("vault", self.vault, VAULT)
            oauth = actor.port("oauth", self.calendly, ("refresh",))
            table: Any = actor.port("table", self.table, TABLE)
            directory = Directory(table, now=self.clock, sleep=self.clock.sleep)
        return Refresher(
            vault, directory, sealer, lambda: oauth, now=self.clock, sleep=self.clock.sleep, monotonic=self.clock
        )

    def _start(self, place: int, work: Any) -> None:
        old = self.actors.get(place)
        if old and old.waiting_for is not None:
            return
        self.actors[place] = Actor(work)
        self.actors[place].step()

    @rule(place=PLACES)
    def scheduled_run(self, place: int) -> None:
        deadline = Deadline(900, clock=self.clock)
        self._start(place, lambda actor: self._refresher(actor).refresh(NAME, deadline=deadline))

    @rule(place=PLACES, behind=st.integers(0, 1))
    def reader_whose_token_was_refused(self, place: int, behind: int) -> None:
        generation = max(1, self.vault.current(NAME).account.generation - behind)
        deadline = Deadline(900, clock=self.clock)

        def ask(actor: Actor) -> Any:
            return self._refresher(actor).refresh(NAME, deadline=deadline, refused_generation=generation)

        self._start(place, ask)

    @rule(place=PLACES)
    def reconnect(self, place: int) -> None:
        token = self.calendly.grant()
        self.granted.add(token)
        self._start(place, lambda actor: self._reconnect(actor, token))

    def _reconnect(self, actor: Actor, token: str) -> None:
        """What ``Connector`` does once Calendly has given tokens."""
        vault = actor.port("vault", self.vault, VAULT)
        table: Any = actor.port("table", self.table, TABLE)
        directory = Directory(table, now=self.clock, sleep=self.clock.sleep)
        try:
            with directory.lease(NAME) as lease:
                stored = vault.current(NAME)
                entry = directory.get(NAME)
                account = replace(
                    stored.account,
                    refresh_token=token,
                    generation=max(stored.account.generation, entry.generation if entry else 0) + 1,
                    expires_at=self.clock() + 7200,
                )
                version = str(uuid.uuid4())
                vault.stage(account, version, CONNECTING)
                vault.promote(NAME, version, replacing=stored.version)
                lease.promote(account, connected=True)
        except Exception:
            # A person sees a page that says so, and tries again.
            return

    @rule(place=PLACES, steps=st.integers(1, 4))
    def go_on(self, place: int, steps: int) -> None:
        for _ in range(steps):
            if place in self.actors:
                self.actors[place].step()

    def _count_unknown(self, actor: Actor) -> None:
        """Others cannot know what became of an exchange, if this actor may have written down its intent."""
        updates = actor.history.count("table.update") + (actor.waiting_for == "table.update")
        if actor.waiting_for is not None and updates >= 2 and not actor.counted:
            actor.counted = True
            self.unknown += 1

    def _go_to(self, place: int, where: str) -> Actor | None:
        """The actor at this place, if it gets to stand before that call; races are lost there, seldom elsewhere."""
        actor = self.actors.get(place)
        while actor and where != "here" and actor.waiting_for not in (None, where):
            actor.step()
        return actor if actor and actor.waiting_for else None

    @rule(place=PLACES, where=WHERE)
    def go_on_until(self, place: int, where: str) -> None:
        self._go_to(place, where)

    @rule(place=PLACES, where=WHERE, how=st.sampled_from(["die", "act and die"]))
    def crash(self, place: int, where: str, how: str) -> None:
        actor = self._go_to(place, where)
        if actor:
            self._count_unknown(actor)
            actor.step(how)

    @rule(where=WHERE, how=st.sampled_from(["die", "act and die"]))
    def a_run_dies(self, where: str, how: str) -> None:
        place = 8
        self.scheduled_run(place)
        self.crash(place, where, how)

    @rule(place=PLACES, where=WHERE, acted=st.booleans())
    def fail(self, place: int, where: str, acted: bool) -> None:
        actor = self._go_to(place, where)
        if actor is None:
            return
        error: Exception = AccountUnavailableError("AWS refused")
        if actor.waiting_for == "oauth.refresh":
            error = OutcomeUnknownError("nobody knows")
        if actor.waiting_for in ("oauth.refresh", "table.update"):
            self._count_unknown(actor)
        error.acted = acted  # type: ignore[attr-defined]
        actor.step(error)

    @rule(place=PLACES, where=WHERE)
    def freeze(self, place: int, where: str) -> None:
        """It stands still for longer than its lease."""
        self._go_to(place, where)
        self.time_passes(121)

    @rule(what=st.sampled_from(["scheduled run", "reader", "reconnect"]))
    def while_the_others_stand_still(self, what: str) -> None:
        """Somebody else runs from start to end."""
        place = 9
        if what == "reconnect":
            self.reconnect(place)
        elif what == "reader":
            self.reader_whose_token_was_refused(place, 0)
        else:
            self.scheduled_run(place)
        self._go_to(place, "the end")

    @rule(place=PLACES)
    def secrets_manager_refuses_for_good(self, place: int) -> None:
        """Every attempt to stage fails, so that the tokens have to be parked."""
        actor = self._go_to(place, "vault.stage")
        while actor and actor.waiting_for == "vault.stage":
            actor.step(AccountUnavailableError("AWS refused"))

    @rule(seconds=st.sampled_from([1, 30, 59, 119, 121, 600, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.now += seconds
        # Whoever stood still meanwhile may have lost its lease: for the others its outcome is unknown.
        for actor in self.actors.values():
            self._count_unknown(actor)

    @invariant()
    def never_an_older_token_over_a_newer_one(self) -> None:
        generations = self.vault.generations
        assert generations == sorted(set(generations))

    @invariant()
    def an_unknown_outcome_allows_one_try_and_nothing_else_presents_a_used_token(self) -> None:
        # What is known to be refused is asked about again, hourly; each token counts once.
        assert len(self.calendly.presented) <= self.unknown

    def teardown(self) -> None:
        if not hasattr(self, "actors"):
            return
        for actor in self.actors.values():
            if actor.waiting_for is not None:
                # Processes do not live for ever; what this one was about to do is not known.
                self._count_unknown(actor)
                actor.step("die")
                actor.finish()
        last = None
        for _ in range(4):
            # Nothing goes wrong any more, and the schedule goes on.
            self.clock.now += 4000
            last = self._refresher().refresh(NAME, deadline=Deadline(900, clock=self.clock))
            assert last.outcome is not Outcome.BUSY_ELSEWHERE, "a lease was left for good"
        stored = self.vault.current(NAME).account
        entry = self.directory.get(NAME)
        assert entry is not None
        self.never_an_older_token_over_a_newer_one()
        self.an_unknown_outcome_allows_one_try_and_nothing_else_presents_a_used_token()
        known = {account.refresh_token for account in self.vault.versions.values()}
        if entry.state == "needs_reauthentication":
            assert stored.refresh_token in self.calendly.used, "a good token was given up"
            # What a connect staged and could not finish is not ours to adopt.
            kept = known & self.calendly.live - self.granted
            assert not kept, "a good token was stored and given up"
            assert self.unknown > 0
        else:
            assert stored.refresh_token in self.calendly.live
            assert stored.refresh_token in known
            assert last is not None
            assert last.outcome in (Outcome.REFRESHED, Outcome.NOT_DUE)


def _fresh_table() -> str:
    name = f"properties-{uuid.uuid4()}"
    aws.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
    )
    return name


@pytest.fixture
def mocked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        aws.client.cache_clear()
        yield
    aws.client.cache_clear()


@pytest.mark.usefixtures("mocked")
def test_any_interleaving() -> None:
    run_state_machine_as_test(
        Refreshing,
        settings=settings(
            max_examples=size(12, 100),
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            database=None,
            derandomize=True,
        ),
    )
