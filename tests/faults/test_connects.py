"""A connect or a disconnect that fails at any of its steps: everything is as it was, or the schedule finishes it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from werkzeug.wrappers import Response

from accounts import aws
from accounts.connect import Connector
from accounts.table import Table
from calendly.deadline import Deadline
from calendly.errors import AccountNotFoundError, AccountUnavailableError, AlreadyExistsError, CalendlyError
from tests.conftest import APP, REDIRECT
from tests.faults.actors import Dead
from tests.faults.test_reported import connector
from tests.faults.test_verdicts import run, states
from tests.faults.traps import FAULTS, failing
from tests.faults.world import World
from tests.sizes import cases

# The AWS calls of a reconnect once Calendly has given tokens, and of a disconnect: operation, and which one.
RECONNECT = {
    "lease": ("UpdateItem", 1),
    "read the item": ("GetItem", 1),
    "read the secret": ("GetSecretValue", 2),
    "connecting": ("UpdateItem", 2),
    "stage": ("PutSecretValue", 1),
    "promote": ("UpdateSecretVersionStage", 1),
    "promote in the table": ("UpdateItem", 3),
    "release": ("UpdateItem", 4),
}
DISCONNECT = {
    "lease": ("UpdateItem", 1),
    "read the item": ("GetItem", 1),
    "read the secret": ("GetSecretValue", 1),
    "disconnecting": ("UpdateItem", 2),
    "read the application": ("GetSecretValue", 2),
    "delete the secret": ("DeleteSecret", 1),
    "remove the item": ("DeleteItem", 1),
}


@pytest.fixture
def world(world: World) -> World:
    """A world with the application's secret stored."""
    client = aws.client("secretsmanager")
    secret = f'{{"client_id": "{APP.client_id}", "client_secret": "{APP.client_secret}"}}'
    client.create_secret(Name=world.store._settings.oauth_app_secret, SecretString=secret)
    return world


def granted(world: World, name: str, user: int = 0, *, replace: bool = False) -> tuple[Connector, str, str]:
    """A person has granted access; the connector, and what Calendly sends back: state and code."""
    connecting = connector(world)
    url = connecting.authorize_url(name, redirect_uri=REDIRECT, replace=replace)
    person = world.sandbox.world.data.users[user]["uri"]
    answer = requests.post(url, data={"user": person, "decision": "allow"}, allow_redirects=False, timeout=10)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    return connecting, query["state"][0], query["code"][0]


def finish(world: World, granting: tuple[Connector, str, str]) -> Any:
    connecting, state, code = granting
    return connecting.finish(state, code, Deadline(28, clock=world.clock))


def alive(world: World, name: str = "default") -> bool:
    account = world.store.read(name)
    tokens = world.sandbox.world
    return account.access_token in tokens.access_tokens and account.refresh_token in tokens.refresh_tokens


def live_grants(world: World) -> int:
    return len({id(grant) for grant in world.sandbox.world.refresh_tokens.values()})


def test_an_account_has_the_tags_of_the_stack(world: World) -> None:
    """CloudFormation gives them to the application's secret; the stack does not make accounts' secrets."""
    client, settings = aws.client("secretsmanager"), world.store._settings
    client.tag_resource(SecretId=settings.oauth_app_secret, Tags=[{"Key": "team", "Value": "sales"}])
    finish(world, granted(world, "new"))
    tags = client.describe_secret(SecretId=settings.account_secret("new"))["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"calendly-actions:stack": settings.stack, "team": "sales"}


@pytest.mark.parametrize(
    ("user", "step", "fault"),
    cases([0, 1], RECONNECT, ["throttling", "access denied", "cut after it acted", "malformed answer"]),
)
def test_a_connect_that_fails_changes_nothing_and_revokes_nothing_that_is_current(
    world: World, user: int, step: str, fault: str
) -> None:
    owner = world.store.read("default").owner
    granting = granted(world, "default", user, replace=True)
    world.gate.arm(failing(RECONNECT[step], fault, for_good=True))
    try:
        account = finish(world, granting)
    except CalendlyError:
        account = None
    world.gate.arm(None)
    if account is None:
        assert world.store.read("default").owner == owner, "a connect that failed acts as nobody else"
        assert live_grants(world) == 1, "its tokens are not left alive"
    assert alive(world)
    world.clock.sleep(300)
    for _ in range(3):
        run(world, 30)
    assert alive(world)
    entry = world.entry()
    assert entry.summary["owner"] == world.store.read("default").owner
    assert states(world) == {"default": "healthy"}
    assert (entry.connecting, entry.intent) == (None, None)


@pytest.mark.parametrize("user", [0, 1], ids=["reconnect", "replace"])
def test_what_can_neither_be_finished_nor_taken_back_goes_forward(world: World, user: int) -> None:
    def nothing_works_any_more(called: str, count: int, let_through: Callable[[], None]) -> Response | None:
        made = world.gate.calls["UpdateSecretVersionStage"] >= 1
        secret_too = made and called in ("PutSecretValue", "UpdateSecretVersionStage") and count > 1
        return world_down() if secret_too or (made and called == "UpdateItem") else None

    world_down = FAULTS["throttling"][1]
    granting = granted(world, "default", user, replace=True)
    world.gate.arm(nothing_works_any_more)
    with pytest.raises(AccountUnavailableError, match="rotate_tokens finishes it"):
        finish(world, granting)
    world.gate.arm(None)
    assert alive(world), "nothing that is current is revoked"
    world.clock.sleep(200)
    run(world)
    assert world.entry().summary["owner"] == world.sandbox.world.data.users[user]["uri"]
    assert states(world) == {"default": "healthy"}


@pytest.mark.parametrize("step", [*RECONNECT, "never"])
@pytest.mark.parametrize("acted", [False, True], ids=["before", "after"])
def test_a_reconnect_of_a_dead_account_that_is_killed_is_finished_by_the_schedule(
    world: World, step: str, acted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The schedule believes the newer secret, whatever the table says."""
    world.sandbox.world.revoke(world.grant)
    run(world)
    assert states(world) == {"default": "needs_reauthentication"}
    granting = granted(world, "default")

    def kill(called: str, count: int, let_through: Callable[[], None]) -> Response | None:
        if dead or (called, count) == RECONNECT.get(step):
            if acted and not dead:
                let_through()
            dead.append(called)
            return FAULTS["cut before it acted"][1]()
        return None

    dead: list[str] = []
    world.gate.arm(kill)
    monkeypatch.setattr("accounts.storing.Storing.undo", lambda *_: (_ for _ in ()).throw(Dead()))
    monkeypatch.setattr("calendly.oauth.OAuth.revoke", lambda *_, **__: None)
    with suppress(CalendlyError, Dead):
        finish(world, granting)
    world.gate.arm(None)
    monkeypatch.undo()
    changed = world.store.read("default").refresh_token in world.sandbox.world.refresh_tokens
    world.clock.sleep(300)
    run(world)
    assert states(world) == {"default": "healthy" if changed else "needs_reauthentication"}
    world.clock.sleep(7000)
    run(world)
    assert states(world) == {"default": "healthy" if changed else "needs_reauthentication"}
    finish(world, granted(world, "default"))
    assert states(world) == {"default": "healthy"}


def test_a_connect_that_another_overtook_is_refused_and_leaves_the_other_alive(world: World) -> None:
    first, second = granted(world, "default"), granted(world, "default")

    def overtake(called: str, count: int, let_through: Callable[[], None]) -> Response | None:
        if called == "PutSecretValue":
            world.gate.arm(None)
            world.clock.sleep(130)
            finish(world, second)
        return None

    world.gate.arm(overtake)
    with pytest.raises(AlreadyExistsError, match="at the same time"):
        finish(world, first)
    assert alive(world)
    assert states(world) == {"default": "healthy"}


def test_a_new_name_whose_connect_failed_is_free(world: World) -> None:
    granting = granted(world, "new", 1)
    world.gate.arm(failing(("UpdateItem", 3), "throttling", for_good=True))
    with pytest.raises(AccountUnavailableError):
        finish(world, granting)
    world.gate.arm(None)
    with pytest.raises(AccountNotFoundError):
        world.store.read("new")
    world.clock.sleep(200)
    run(world)
    assert world.directory.find("new") is None
    finish(world, granted(world, "new", 1))
    assert states(world)["new"] == "healthy"


def test_an_application_that_changed_during_the_connect_is_told(world: World) -> None:
    granting = granted(world, "default")
    other = '{"client_id": "another", "client_secret": "another-secret"}'
    aws.client("secretsmanager").put_secret_value(SecretId=world.store._settings.oauth_app_secret, SecretString=other)
    with pytest.raises(CalendlyError, match="application was changed"):
        finish(world, granting)


@pytest.mark.parametrize("fault", ["throttling", "cut after it acted"])
@pytest.mark.parametrize("step", DISCONNECT)
def test_a_disconnect_that_fails_is_finished_by_another(world: World, step: str, fault: str) -> None:
    world.gate.arm(failing(DISCONNECT[step], fault, for_good=True))
    try:
        connector(world).disconnect("default", Deadline(28, clock=world.clock))
        failed = False
    except AccountUnavailableError as error:
        failed = True
        begun = "Send DELETE /accounts/default again" in error.message
    world.gate.arm(None)
    world.clock.sleep(130)
    if not failed:
        assert world.directory.find("default") is None
        return
    if begun and world.directory.find("default"):
        assert world.entry().disconnecting is None or states(world) == {"default": "needs_reauthentication"}
    try:
        connector(world).disconnect("default", Deadline(28, clock=world.clock))
    except AccountNotFoundError:
        assert (step, fault) == ("remove the item", "cut after it acted")
    assert world.directory.find("default") is None
    with pytest.raises(AccountNotFoundError):
        world.store.read("default")
    assert live_grants(world) == 0


def test_a_disconnect_whose_last_step_failed_is_finished_by_the_schedule(world: World) -> None:
    world.gate.arm(failing(DISCONNECT["remove the item"], "throttling", for_good=True))
    with pytest.raises(AccountUnavailableError):
        connector(world).disconnect("default", Deadline(28, clock=world.clock))
    world.gate.arm(None)
    assert states(world) == {"default": "needs_reauthentication"}
    world.clock.sleep(130)
    run(world)
    assert world.directory.list() == []


def test_an_account_whose_disconnect_was_not_finished_can_be_connected(world: World) -> None:
    world.gate.arm(failing(DISCONNECT["delete the secret"], "throttling", for_good=True))
    with pytest.raises(AccountUnavailableError):
        connector(world).disconnect("default", Deadline(28, clock=world.clock))
    world.gate.arm(None)
    run(world)
    assert states(world) == {"default": "needs_reauthentication"}
    finish(world, granted(world, "default", 1))
    assert states(world) == {"default": "healthy"}
    assert alive(world)


def test_a_disconnect_that_is_late_leaves_alone_what_was_connected_meanwhile(world: World) -> None:
    table = Table(world.store._settings.table)
    with world.directory.lease("default") as lease:
        table.update("account", "default", "SET lease_holder = :other", {":other": "somebody else"})
        with pytest.raises(AccountUnavailableError):
            lease.remove()
    assert world.directory.get("default") is not None
