"""Mistakes of the refresh protocol that were made once, each held down by a test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from werkzeug.wrappers import Response

from accounts.connect import Connector, Session, Sessions
from accounts.outcome import Outcome
from accounts.store import STAGED, Stored
from accounts.table import Table
from calendly.deadline import Deadline
from calendly.errors import AccountNotFoundError, AccountUnavailableError
from calendly.transport import Transport
from tests.faults.test_matrix import STEPS
from tests.faults.traps import cut, failing
from tests.faults.world import World, aws_error


def connector(world: World) -> Connector:
    settings = world.store._settings
    return Connector(
        world.store,
        world.directory,
        Sessions(Table(settings.table), now=world.clock),
        Transport(sleep=world.clock.sleep),
        api=settings.api,
        auth=settings.auth,
        needed_scopes=("users:read",),
        now=world.clock,
        sleep=world.clock.sleep,
    )


def connect_with_token(world: World, name: str, user: int, *, replaces: bool = False) -> Any:
    token = world.sandbox.token(user)
    deadline = Deadline(28, clock=world.clock)
    return connector(world).store_personal_access_token(name, token, replace=replaces, deadline=deadline)


def parked(world: World) -> None:
    world.gate.arm(failing(STEPS["store"], "throttling", for_good=True))
    assert [result.outcome for result in world.run().results] == [Outcome.PARKED]
    world.gate.arm(None)


def test_a_reader_that_has_a_parked_token_adopted_gets_a_new_access_token(world: World) -> None:
    """An adopted refresh token comes without an access token; the old one would be refused again."""
    old = world.store.read(world.ACCOUNT)
    parked(world)
    deadline = Deadline(900, clock=world.clock)
    result = world.refresher().refresh(world.ACCOUNT, deadline=deadline, refused_generation=old.generation)
    assert result.outcome is Outcome.REFRESHED
    assert world.store.read(world.ACCOUNT).access_token != old.access_token
    assert world.state == "working"
    assert world.sandbox.world.refresh_tokens_reused == 0


def test_a_parked_token_that_is_damaged_leaves_one_try_for_the_old_one(world: World) -> None:
    parked(world)
    entry = world.entry()
    assert entry.parked is not None
    Table(world.store._settings.table).update(
        "account",
        world.ACCOUNT,
        "SET parked = :parked",
        {":parked": {"generation": 2, "sealed": b"damaged" * 9, "pad": list(entry.parked.pad)}},
    )
    world.next_runs()
    assert world.entry().state == "needs_reauthentication"
    assert world.sandbox.world.refresh_tokens_reused == 1


def test_an_old_answer_of_secrets_manager_is_not_acted_on(world: World) -> None:
    """It is eventually consistent."""
    old = world.store.current(world.ACCOUNT)
    world.run()

    class Stale:
        def current(self, name: str) -> Stored:
            return old

    exchanges = world.sandbox.world.requests["POST /oauth/token"]
    world.clock.sleep(5000)
    result = world.refresh_now(vault=Stale())
    assert result.outcome is Outcome.FAILED
    assert world.sandbox.world.requests["POST /oauth/token"] == exchanges
    world.next_runs()
    assert world.state == "working"


def test_what_a_failed_connect_staged_is_never_adopted(world: World) -> None:
    owner = world.store.read(world.ACCOUNT).owner
    world.gate.arm(failing(STEPS["promote"], "throttling", for_good=True))
    with pytest.raises(AccountUnavailableError):
        connect_with_token(world, world.ACCOUNT, 1, replaces=True)
    world.gate.arm(None)
    world.sandbox.fault(method="POST", path="/oauth/token", drop=True)
    world.run()
    world.next_runs()
    assert world.store.read(world.ACCOUNT).owner == owner
    assert world.state == "working"


def test_an_account_that_could_not_be_listed_is_not_connected(world: World) -> None:
    """Its secret was made, and is taken back."""

    def directory_down(called: str, count: int, let_through: Callable[[], None]) -> Response | None:
        return aws_error("throttling") if called == "UpdateItem" and count > 2 else None

    world.gate.arm(directory_down)
    with pytest.raises(AccountUnavailableError, match="Nothing was changed"):
        connect_with_token(world, "unlisted", 1)
    world.gate.arm(None)
    with pytest.raises(AccountNotFoundError):
        world.store.read("unlisted")
    world.next_runs()
    assert world.directory.find("unlisted") is None


def test_an_account_that_could_neither_be_listed_nor_taken_back_is_listed_by_the_schedule(world: World) -> None:
    def nothing_works(called: str, count: int, let_through: Callable[[], None]) -> Response | None:
        broken = called == "DeleteSecret" or (called == "UpdateItem" and count > 2)
        return aws_error("throttling") if broken else None

    world.gate.arm(nothing_works)
    with pytest.raises(AccountUnavailableError, match="rotate_tokens finishes it"):
        connect_with_token(world, "unlisted", 1)
    world.gate.arm(None)
    assert world.directory.get("unlisted") is None
    world.next_runs()
    entry = world.directory.get("unlisted")
    assert entry is not None
    assert (entry.state, entry.connecting) == ("healthy", None)


def test_a_name_that_nobody_connected_leaves_no_trace(world: World) -> None:
    deadline = Deadline(900, clock=world.clock)
    assert world.refresher().refresh("nobody", deadline=deadline).outcome is Outcome.FAILED
    assert Table(world.store._settings.table).get("account", "nobody") is None


def test_connect_outlasts_a_moment_of_throttling(world: World) -> None:
    """The code is spent, and the person would have to begin anew."""

    def briefly(called: str, count: int, let_through: Callable[[], None]) -> Response | None:
        return aws_error("throttling") if called == "CreateSecret" and count < 3 else None

    world.gate.arm(briefly)
    connect_with_token(world, "patient", 1)
    assert world.store.read("patient").kind == "personal_access_token"


def test_a_refused_personal_access_token_shows(world: World) -> None:
    connect_with_token(world, "script", 1)
    world.sandbox.control("revoke", account=world.sandbox.world.data.users[1]["email"])
    deadline = Deadline(900, clock=world.clock)
    result = world.refresher().refresh("script", deadline=deadline, refused_generation=1)
    assert result.outcome is Outcome.NEEDS_REAUTHENTICATION
    entry = world.directory.get("script")
    assert entry is not None
    assert entry.state == "needs_reauthentication"
    assert connect_with_token(world, "script", 1).generation == 2
    entry = world.directory.get("script")
    assert entry is not None
    assert entry.state == "healthy"


def test_a_lease_whose_answer_was_lost_is_its_holders_all_the_same(world: World) -> None:
    """As botocore does, the holder asks again."""
    lost = []

    def lose_the_first(called: str, count: int, let_through: Callable[[], None]) -> Response | None:
        if (called, count) != ("UpdateItem", 1):
            return None
        let_through()
        lost.append(called)
        return cut()

    world.gate.arm(lose_the_first)
    with pytest.raises(AccountUnavailableError), world.directory.lease(world.ACCOUNT):
        pass
    table = Table(world.store._settings.table)
    from accounts.directory import Lease

    holder = (table.get("account", world.ACCOUNT) or {})["lease_holder"]
    assert lost
    assert Lease(table, world.ACCOUNT, holder).take(world.clock())
    assert not Lease(table, world.ACCOUNT, "somebody else").take(world.clock())


def test_a_damaged_or_locked_secret_can_still_be_disconnected(world: World) -> None:
    def locked(called: str, count: int, let_through: Callable[[], None]) -> Response | None:
        return aws_error("KMS disabled") if called == "GetSecretValue" else None

    world.gate.arm(locked)
    connector(world).disconnect(world.ACCOUNT, Deadline(28, clock=world.clock))
    world.gate.arm(None)
    assert world.directory.get(world.ACCOUNT) is None
    with pytest.raises(AccountUnavailableError):
        world.store.oauth_app()


def test_sessions_and_stages_hold_no_surprises(world: World) -> None:
    """A staged version is found by its label; a session by its state, once."""
    account = replace(world.store.read(world.ACCOUNT), generation=2)
    world.store.stage(account, "00000000-0000-4000-8000-000000000001")
    found = world.store.staged(world.ACCOUNT)
    assert found is not None
    assert (found.version, STAGED) == ("00000000-0000-4000-8000-000000000001", "calendly-staged")
    sessions = Sessions(Table(world.store._settings.table), now=world.clock)
    session = Session("a", "verifier", "https://example.com/oauth/callback", False)
    assert sessions.take(sessions.open(session)) == session
