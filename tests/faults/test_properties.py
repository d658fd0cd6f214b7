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
from accounts.table import Table
from calendly.deadline import Deadline
from calendly.errors import AccountUnavailableError, OutcomeUnknownError
from tests.faults.actors import Actor
from tests.faults.memory import MemoryCalendly, MemorySealer, MemoryVault

NAME = "default"
VAULT = ("current", "staged", "stage", "promote")
TABLE = ("get", "update", "take")
PLACES = st.integers(0, 3)


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
                vault.stage(account, version)
                vault.promote(NAME, version, replacing=stored.version)
                lease.promote(account)
                lease.forget_exchanges()
        except Exception:
            # A person sees a page that says so, and tries again.
            return

    @rule(place=PLACES, steps=st.integers(1, 4))
    def go_on(self, place: int, steps: int) -> None:
        for _ in range(steps):
            if place in self.actors:
                self.actors[place].step()

    @rule(place=PLACES, until=st.sampled_from(["oauth.refresh", "vault.stage", "vault.promote", "the end"]))
    def go_on_until(self, place: int, until: str) -> None:
        """To where races are lost, which random steps seldom hit."""
        actor = self.actors.get(place)
        while actor and actor.waiting_for not in (None, until):
            actor.step()

    @rule(place=PLACES, how=st.sampled_from(["die", "act and die"]))
    def crash(self, place: int, how: str) -> None:
        if place in self.actors:
            self.unknown += 1
            self.actors[place].step(how)

    @rule(place=PLACES, acted=st.booleans())
    def fail(self, place: int, acted: bool) -> None:
        actor = self.actors.get(place)
        if actor is None or actor.waiting_for is None:
            return
        error: Exception = AccountUnavailableError("AWS refused")
        if actor.waiting_for == "oauth.refresh":
            self.unknown += 1
            error = OutcomeUnknownError("nobody knows")
        error.acted = acted  # type: ignore[attr-defined]
        actor.step(error)

    @rule(seconds=st.sampled_from([1, 30, 59, 119, 121, 600, 4000]))
    def time_passes(self, seconds: int) -> None:
        self.clock.now += seconds

    @invariant()
    def never_an_older_token_over_a_newer_one(self) -> None:
        generations = self.vault.generations
        assert generations == sorted(set(generations))

    @invariant()
    def an_unknown_outcome_allows_one_try_and_nothing_else_presents_a_used_token(self) -> None:
        # A prober that dies before it can say what it found leaves an unknown outcome of its own.
        assert sum(self.calendly.presented.values()) <= self.unknown

    def teardown(self) -> None:
        if not hasattr(self, "actors"):
            return
        for actor in self.actors.values():
            if actor.waiting_for is not None:
                # Processes do not live for ever; what this one was about to do is not known.
                self.unknown += 1
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
            max_examples=100,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            database=None,
            derandomize=True,
        ),
    )
