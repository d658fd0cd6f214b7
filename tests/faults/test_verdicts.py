"""Verdicts need proof, and none is final: what wrong credentials, spurious refusals and a single 401 lead to."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.application import Application
from accounts.directory import Seen
from accounts.health import account_state, health
from accounts.outcome import Outcome
from accounts.rotation import Rotation, Run
from accounts.table import Table
from calendly.deadline import Deadline
from calendly.oauth import OAuth, OAuthApp
from sandbox.world import SCOPES, App, Grant
from tests.conftest import APP
from tests.faults.test_reported import connect_with_token
from tests.faults.world import World

STAGING = App("staging-app", "the-staging-application's-secret", ())
NAMES = ("default", "sales", "support")


def use(world: World, app: App, transport: Any = None) -> None:
    """Store an application's credentials."""
    world.sandbox.world.apps[app.client_id] = app
    client = OAuthApp(app.client_id, str(app.client_secret))
    world.oauth = OAuth(transport or world.transport, client, auth=world.sandbox.url, now=world.clock)


def seen(world: World) -> Seen:
    app = world.oauth.app
    return Seen.of(Application("ok", None, app.client_id, app.client_secret))


def run(world: World, minutes: float = 15) -> Run:
    """The next scheduled run, which looks at the stored application, too."""
    world.clock.sleep(60 * minutes)
    rotation = Rotation(
        world.directory,
        world.refresher(),
        lambda name: None,
        application=lambda: seen(world),
        now=world.clock,
    )
    return rotation.run(Deadline(900, clock=world.clock))


def outcomes(run: Run) -> dict[str, str]:
    return {result.account: result.outcome.value for result in run.results}


def states(world: World) -> dict[str, str]:
    """As GET /accounts shows them."""
    application = world.directory.application()
    return {entry.name: account_state(entry, world.clock(), application) for entry in world.directory.list()}


def ask(world: World, name: str, **how: Any) -> Any:
    return world.refresher().refresh(name, deadline=Deadline(900, clock=world.clock), **how)


def refuse(world: World, times: int = 1000) -> None:
    """Calendly refuses refresh tokens that are good."""
    body = {"error": "invalid_grant"}
    world.sandbox.fault(method="POST", path="/oauth/token", status=400, body=body, times=times)


def works_again(world: World) -> None:
    world.sandbox.world.faults.clear()


@pytest.fixture
def three(world: World) -> World:
    """Three accounts of three grants, all due."""
    for name in NAMES[1:]:
        world.ACCOUNT = name  # type: ignore[misc]
        world.grant = Grant(world.grant.user, sorted(SCOPES), APP.client_id)
        world._connect()
    world.ACCOUNT = NAMES[0]  # type: ignore[misc]
    return world


def alive(world: World, name: str) -> bool:
    account = world.store.read(name)
    tokens = world.sandbox.world
    return account.access_token in tokens.access_tokens and account.refresh_token in tokens.refresh_tokens


def test_credentials_of_another_application_cost_nothing_and_heal_by_themselves(three: World) -> None:
    assert set(outcomes(run(three)).values()) == {"refreshed"}
    use(three, STAGING)
    for _ in range(10):
        run(three)
    assert states(three) == dict.fromkeys(NAMES, "wrong_application")
    exchanges = three.sandbox.world.requests["POST /oauth/token"]
    run(three)
    assert three.sandbox.world.requests["POST /oauth/token"] == exchanges, "no exchange is tried under another"
    for entry in three.directory.list():
        assert entry.state == "healthy", "0.1 does not know the state"
        shown = health(entry, lambda granted: [], three.directory.application(), now=three.clock)
        assert STAGING.client_id in shown["reason"]
        assert f"POST /accounts/{entry.name}/connect" in shown["reason"]
    use(three, APP)
    assert set(outcomes(run(three)).values()) == {"refreshed"}
    assert states(three) == dict.fromkeys(NAMES, "healthy")


def test_a_function_that_asks_under_another_application_is_told_what_is_wrong(world: World) -> None:
    run(world)
    use(world, STAGING)
    result = ask(world, "default", refused_generation=2)
    assert result.outcome is Outcome.WRONG_APPLICATION
    assert STAGING.client_id in (result.reason or "")
    assert world.entry().state == "healthy"


def test_wrong_credentials_do_not_kill_what_0_1_stored_without_a_client_id(three: World) -> None:
    """They look like refusals of all accounts at once."""
    use(three, STAGING)
    first = run(three)
    assert set(outcomes(first).values()) == {"failed"}
    assert all("secret" in (result.reason or "") for result in first.results)
    for _ in range(8):
        run(three)
    assert {entry.state for entry in three.directory.list()} == {"healthy"}
    use(three, APP)
    assert set(outcomes(run(three)).values()) == {"refreshed"}, "asked at once when the secret changes"
    assert {entry.client_id for entry in three.directory.list()} == {APP.client_id}


def test_what_0_1_stored_is_not_given_up_because_another_account_is_granted(three: World) -> None:
    """Somebody connects a new account with the wrong credentials, and it is refreshed."""
    use(three, STAGING)
    three.ACCOUNT = "new"  # type: ignore[misc]
    three.grant = Grant(three.grant.user, sorted(SCOPES), STAGING.client_id)
    three._connect(client_id=STAGING.client_id)
    three.ACCOUNT = NAMES[0]  # type: ignore[misc]
    assert outcomes(run(three)) == {**dict.fromkeys(NAMES, "failed"), "new": "refreshed"}


@pytest.mark.parametrize("spread", [0, 15])
def test_refusals_of_many_accounts_at_once_are_no_verdict_on_any(three: World, spread: int) -> None:
    run(three)
    refuse(three)
    if spread:
        # They become due one after the other.
        for name in NAMES:
            three.clock.sleep(60 * (65 if name == NAMES[0] else spread))
            ask(three, name)
    last = run(three, 65)
    assert set(outcomes(last).values()) == {"failed"}
    assert {entry.state for entry in three.directory.list()} == {"healthy"}
    works_again(three)
    assert set(outcomes(run(three, 60)).values()) == {"refreshed"}


def test_one_account_that_is_refused_needs_a_person(three: World) -> None:
    run(three)
    three.sandbox.world.revoke(three.sandbox.world.refresh_tokens[str(three.store.read("sales").refresh_token)])
    assert outcomes(run(three, 65)) == {
        "default": "refreshed",
        "sales": "needs_reauthentication",
        "support": "refreshed",
    }


def test_two_that_are_revoked_while_another_is_granted_are_judged_singly(three: World) -> None:
    run(three)
    for name in ("sales", "support"):
        three.sandbox.world.revoke(three.sandbox.world.refresh_tokens[str(three.store.read(name).refresh_token)])
    assert outcomes(run(three, 65)) == {
        "default": "refreshed",
        "sales": "needs_reauthentication",
        "support": "needs_reauthentication",
    }


def test_accounts_that_are_still_refused_after_a_day_are_given_up(three: World) -> None:
    for name in NAMES:
        three.sandbox.world.revoke(three.sandbox.world.refresh_tokens[str(three.store.read(name).refresh_token)])
    for _ in range(24):
        assert set(outcomes(run(three, 60)).values()) == {"failed"}
    run(three, 60)
    assert set(outcomes(run(three, 60)).values()) == {"needs_reauthentication"}
    exchanges = three.sandbox.world.requests["POST /oauth/token"]
    for _ in range(5):
        run(three, 60)
    assert three.sandbox.world.requests["POST /oauth/token"] == exchanges


def test_two_spurious_refusals_are_no_end(world: World) -> None:
    refuse(world, times=2)
    assert outcomes(run(world)) == {"default": "needs_reauthentication"}
    assert outcomes(run(world)) == {"default": "needs_reauthentication"}, "not asked again within the hour"
    assert outcomes(run(world, 60)) == {"default": "refreshed"}
    assert world.state == "working"
    assert states(world) == {"default": "healthy"}


def test_a_refused_token_is_asked_about_hourly_for_a_day_and_when_the_secret_changes(world: World) -> None:
    world.sandbox.world.revoke(world.grant)
    run(world)
    asked = []
    for _ in range(4 * 30):
        before = world.sandbox.world.requests["POST /oauth/token"]
        run(world)
        asked.append(world.sandbox.world.requests["POST /oauth/token"] - before)
    assert set(asked) == {0, 1}
    assert 23 <= sum(asked) <= 25
    assert sum(asked[-16:]) == 0
    use(world, App(APP.client_id, "another-secret", ()))
    before = world.sandbox.world.requests["POST /oauth/token"]
    run(world)
    run(world)
    assert world.sandbox.world.requests["POST /oauth/token"] == before + 1


def test_an_operator_asks_now(world: World) -> None:
    refuse(world, times=2)
    run(world)
    assert ask(world, "default").outcome is Outcome.NEEDS_REAUTHENTICATION
    assert ask(world, "default", force=True).outcome is Outcome.REFRESHED
    assert states(world) == {"default": "healthy"}


def test_an_account_that_0_1_gave_up_is_asked_about(world: World) -> None:
    Table(world.store._settings.table).update(
        "account",
        "default",
        "SET account_state = :state, reason = :reason",
        {
            ":state": "needs_reauthentication",
            ":reason": "Calendly refused the refresh token: it is used up or revoked.",
        },
    )
    assert outcomes(run(world)) == {"default": "refreshed"}
    assert world.state == "working"


def test_a_refused_refresh_token_does_not_end_a_live_access_token(three: World) -> None:
    use(three, STAGING)
    run(three, 1)
    assert {name: alive(three, name) for name in NAMES} == dict.fromkeys(NAMES, True)


def test_refused_credentials_are_no_verdict(three: World) -> None:
    use(three, App("nobody-knows-this-one", "secret", ()))
    del three.sandbox.world.apps["nobody-knows-this-one"]
    for _ in range(3):
        assert set(outcomes(run(three)).values()) == {"failed"}
    assert {entry.refusal for entry in three.directory.list()} == {None}


def token_account(world: World) -> None:
    connect_with_token(world, "script", 1)


def test_one_401_is_no_verdict_on_a_personal_access_token(world: World) -> None:
    token_account(world)
    assert ask(world, "script", refused_generation=1).outcome is Outcome.NOT_DUE
    assert states(world)["script"] == "healthy"


def test_a_personal_access_token_that_is_refused_twice_is_asked_about_again(world: World) -> None:
    token_account(world)
    world.sandbox.fault(path="/users/me", status=401, times=2)
    assert ask(world, "script", refused_generation=1).outcome is Outcome.NEEDS_REAUTHENTICATION
    assert states(world)["script"] == "needs_reauthentication"
    run(world, 15)
    assert states(world)["script"] == "needs_reauthentication"
    run(world, 60)
    assert states(world)["script"] == "healthy"


def test_calendly_being_down_is_no_verdict_on_a_personal_access_token(world: World) -> None:
    token_account(world)
    world.sandbox.fault(path="/users/me", status=503, times=20)
    assert ask(world, "script", refused_generation=1).outcome is Outcome.FAILED
    assert states(world)["script"] == "healthy"
