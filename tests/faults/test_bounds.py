"""Bounds for the minute and for the day: an incident at Calendly does not use up what Secrets Manager takes."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from accounts import aws, bounds
from accounts.entry import Early, Entry
from accounts.outcome import Outcome, Result
from accounts.tokens import AccountTokens, TokenCache
from calendly.deadline import Deadline
from calendly.errors import AccountUnavailableError
from tests.faults.test_reported import connector
from tests.faults.test_verdicts import ask, run
from tests.faults.world import World
from tests.sizes import size

DAY = 24 * 3600


def versions(world: World) -> int:
    """Of the account's secret, ever written: moto keeps them all."""
    listed = aws.client("secretsmanager").list_secret_version_ids(
        SecretId=world.store._settings.account_secret("default")
    )
    return len(listed["Versions"])


def test_ten_warm_functions_in_an_incident_of_a_day_leave_room_to_connect(world: World) -> None:
    """Calendly's API answers 401 to whatever its token endpoint gives out."""
    run(world)
    before, ends = versions(world), world.clock() + DAY
    waits = []
    while world.clock() < ends:
        generation = world.entry().generation
        results = [ask(world, "default", refused_generation=generation) for _ in range(2)]
        assert {result.outcome for result in results} <= {Outcome.REFRESHED, Outcome.FAILED, Outcome.NOT_DUE}
        waits += [result.retry_after for result in results if result.outcome is Outcome.FAILED]
        world.clock.sleep(size(2400, 1200))
        run(world, 0)
    assert versions(world) - before <= 60
    assert waits
    assert all(wait and 0 < wait <= DAY for wait in waits), "callers are told when"
    assert world.state == "working"


def test_what_calendly_refuses_again_is_renewed_after_ever_longer_pauses(world: World) -> None:
    run(world)
    began, renewed = world.clock(), []
    minutes = size(35, 130)
    for _ in range(minutes):
        if ask(world, "default", refused_generation=world.entry().generation).outcome is Outcome.REFRESHED:
            renewed.append(round((world.clock() - began) / 60))
        world.clock.sleep(60)
    assert renewed == [minute for minute in (0, 1, 2, 4, 8, 16, 32, 64, 124) if minute < minutes]


def test_a_token_that_was_good_for_long_is_renewed_at_once(world: World) -> None:
    run(world)
    for _ in range(3):
        assert ask(world, "default", refused_generation=world.entry().generation).outcome is Outcome.REFRESHED
        world.clock.sleep(3 * 3600)
        assert ask(world, "default").outcome is Outcome.REFRESHED


def test_an_outage_of_calendlys_costs_nothing_of_the_day(world: World) -> None:
    """Attempts that brought nothing are no versions."""
    for _ in range(size(12, 64)):
        world.sandbox.world.faults.clear()
        world.sandbox.fault(method="POST", path="/oauth/token", status=503, times=10)
        run(world)
    world.sandbox.world.faults.clear()
    assert run(world).results[0].outcome is Outcome.REFRESHED


def test_connecting_often_is_never_refused(world: World) -> None:
    token = world.sandbox.token(0)
    connects = size(20, 70)
    for _ in range(connects):
        connector(world).store_personal_access_token(
            "default", token, replace=True, deadline=Deadline(28, clock=world.clock)
        )
    assert len(world.entry().versions) >= connects
    assert ask(world, "default", force=True).outcome is not Outcome.FAILED, "a new grant has its own day"


def test_connecting_often_and_an_incident_stay_within_what_secrets_manager_takes() -> None:
    """Fifty connects, then whatever is asked for: exchanges end at 90 versions, and a new grant still has a few."""
    connects = tuple(float(at) for at in range(50))
    entry = Entry("a", versions=connects, connected_at=49.0)
    now = 1000.0
    while bounds.too_often(entry, now, early=False, forced=False) is None:
        entry, now = replace(entry, versions=(*entry.versions, now)), now + 600
    assert len(entry.versions) == 90
    again = replace(entry, versions=(*entry.versions, now), connected_at=now)
    assert bounds.too_often(again, now + 1, early=True, forced=False) is None


def test_a_caller_is_told_when_to_try_again(world: World) -> None:
    tokens = AccountTokens(
        "default",
        store=world.store,
        cache=TokenCache(),
        ask_rotation=lambda account, generation, deadline: Result(
            account, Outcome.FAILED, reason="Calendly refuses what it gives out.", retry_after=240.0
        ),
        deadline=Deadline(20),
        now=world.clock,
    )
    with pytest.raises(AccountUnavailableError, match="refuses what it gives out") as caught:
        tokens.renew(tokens.token())
    assert (caught.value.retryable, caught.value.retry_after) == (True, 240.0)


@pytest.mark.parametrize(("count", "waits"), [(1, 0), (2, 60), (3, 120), (7, 1920), (8, 3600), (400, 3600)])
def test_pauses(count: int, waits: float) -> None:
    entry = Entry("a", early=Early(count, 1000.0))
    found = bounds.too_often(entry, 1000.0, early=True, forced=False)
    assert (found.seconds if found else 0) == waits
    assert bounds.too_often(entry, 1000.0, early=True, forced=True) is None
    assert bounds.too_often(entry, 1000.0, early=False, forced=False) is None


def test_no_more_than_eight_a_minute(world: World) -> None:
    run(world)
    results = [ask(world, "default", force=True) for _ in range(12)]
    assert [result.outcome for result in results].count(Outcome.REFRESHED) == 7
    assert {result.retry_after for result in itertools.islice(results, 8, None)} == {60}
