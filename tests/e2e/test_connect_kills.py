"""Connect and disconnect killed with SIGKILL at every step; then the schedule goes on, or a person tries again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from local import operator
from tests.e2e.conftest import Running
from tests.e2e.test_connect import come_back
from tests.faults.test_connects import DISCONNECT, RECONNECT
from tests.sizes import cases

NAME = "killed"
# Before those that the fault tests count, which begin once Calendly has given tokens.
STEPS = {
    "take the session": ("DeleteItem", 1),
    "read the application": ("GetSecretValue", 1),
    **RECONNECT,
}


@pytest.fixture
def dead(running: Running) -> Iterator[Running]:
    """An account whose grant its user revoked, and nobody but its owner can bring back."""
    running.connect(NAME)
    revoke(running)
    running.direct("RotateTokens", account=NAME, force=True)
    assert running.account(NAME)["state"] == "needs_reauthentication"
    running.aws.reset()
    yield running
    running.aws.reset()
    lease_runs_out(running)
    running.direct("DisconnectAccount", account=NAME)


def revoke(running: Running) -> None:
    world = running.world
    grant = world.refresh_tokens[running.secret(NAME)["refresh_token"]]
    with world.lock:
        world.revoke(grant)


def lease_runs_out(running: Running) -> None:
    key = {"pk": {"S": "account"}, "sk": {"S": NAME}}
    table = running.stack.aws.client("dynamodb")
    if "Item" in table.get_item(TableName="Table", Key=key):
        expression = "REMOVE lease_until, lease_holder"
        table.update_item(TableName="Table", Key=key, UpdateExpression=expression)


def kill_at(running: Running, function: str, step: tuple[str, int], when: str) -> list[str]:
    killed: list[str] = []

    def trap(called: str, count: int) -> bool:
        if killed or (called, count) != step:
            return False
        killed.append(called)
        for process in running.stack.pool.processes(function):
            process.process.kill()
            process.process.join()
        return True

    setattr(running.aws, when, trap)
    return killed


def is_alive(running: Running) -> bool:
    secret, world = running.secret(NAME), running.world
    return secret["access_token"] in world.access_tokens and secret["refresh_token"] in world.refresh_tokens


def next_run(running: Running) -> Any:
    running.aws.reset()
    lease_runs_out(running)
    return running.direct("RotateTokens")


@pytest.mark.parametrize(("step", "when"), cases(STEPS, ["before", "after"]))
def test_a_reconnect_that_is_killed(dead: Running, step: str, when: str) -> None:
    back = come_back(operator.authorize_url(dead.stack, NAME))
    dead.aws.reset()
    killed = kill_at(dead, "OauthCallback", STEPS[step], when)
    assert requests.get(back, timeout=60).status_code >= 500
    assert killed, "the process was to be killed"
    next_run(dead)
    alive = is_alive(dead)
    assert alive is (
        (STEPS[step][0] == "UpdateSecretVersionStage" and when == "after")
        or step in ("promote in the table", "release")
    )
    assert dead.account(NAME)["state"] == ("healthy" if alive else "needs_reauthentication")
    if alive:
        answer = dead.direct("RotateTokens", account=NAME, force=True)
        assert answer["accounts"][0]["outcome"] == "refreshed"
    dead.connect(NAME)
    assert dead.account(NAME)["state"] == "healthy"
    assert "resource" in dead.direct("RetrieveUser", account=NAME)


@pytest.mark.parametrize(("step", "when"), cases(DISCONNECT, ["before", "after"]))
def test_a_disconnect_that_is_killed(running: Running, step: str, when: str) -> None:
    running.connect(NAME)
    running.aws.reset()
    killed = kill_at(running, "DisconnectAccount", DISCONNECT[step], when)
    assert running.direct("DisconnectAccount", account=NAME).get("errorType") == "Runtime.ExitError"
    assert killed
    running.aws.reset()
    listed = [account for account in running.http("GET", "/accounts").json()["accounts"] if account["account"] == NAME]
    begun = list(DISCONNECT).index(step) >= list(DISCONNECT).index("disconnecting") + (when == "before")
    if listed:
        assert listed[0]["state"] == ("needs_reauthentication" if begun else "healthy")
    next_run(running)
    again = running.direct("DisconnectAccount", account=NAME)
    # The schedule may have finished it.
    assert again.get("disconnected") or again["errorType"] == "AccountNotFoundError"
    assert NAME not in [account["account"] for account in running.http("GET", "/accounts").json()["accounts"]]
    assert running.direct("RetrieveUser", account=NAME)["errorType"] == "AccountNotFoundError"
    running.connect(NAME)
    assert "resource" in running.direct("RetrieveUser", account=NAME)
    running.direct("DisconnectAccount", account=NAME)
