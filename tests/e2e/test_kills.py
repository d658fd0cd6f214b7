"""``rotate_tokens`` killed with SIGKILL at every step of a refresh; then the schedule goes on."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.e2e.conftest import Running
from tests.faults.test_matrix import STEPS as CALLS
from tests.sizes import cases

# The exchange has a test of its own.
STEPS = {**CALLS, "intent: the application's secret": ("GetSecretValue", 2)}

# Calendly acted, and its answer reached no durable storage: the new tokens died with the process.
LOST = {("store", "before")}


@pytest.fixture
def due(running: Running) -> Running:
    """The account ``killed`` is due, and the only one that is."""
    running.connect("killed", user=1)
    age(running)
    running.aws.reset()
    return running


def age(running: Running) -> None:
    """An hour and a half passes for the account: its token is due, and whoever held its lease is long gone."""
    secrets, table = running.stack.aws.client("secretsmanager"), running.stack.aws.client("dynamodb")
    name = "local/accounts/killed"
    soon = time.time() + 1800
    current = secrets.get_secret_value(SecretId=name, VersionStage="AWSCURRENT")
    account = {**json.loads(current["SecretString"]), "expires_at": soon}
    secrets.put_secret_value(SecretId=name, SecretString=json.dumps(account))
    key = {"pk": {"S": "account"}, "sk": {"S": "killed"}}
    item = table.get_item(TableName="Table", Key=key)["Item"]
    item["summary"]["M"]["expires_at"] = {"N": str(soon)}
    item.pop("lease_until", None)
    item.pop("lease_holder", None)
    table.put_item(TableName="Table", Item=item)


def lease_runs_out(running: Running) -> None:
    table = running.stack.aws.client("dynamodb")
    key = {"pk": {"S": "account"}, "sk": {"S": "killed"}}
    table.update_item(TableName="Table", Key=key, UpdateExpression="REMOVE lease_until, lease_holder")


def kill(running: Running) -> None:
    for process in running.stack.pool.processes("RotateTokens"):
        process.process.kill()
        process.process.join()


def rotate(running: Running) -> Any:
    return running.direct("RotateTokens", account="killed")


def is_working(running: Running) -> bool:
    secret, world = running.secret("killed"), running.world
    return secret["access_token"] in world.access_tokens and secret["refresh_token"] in world.refresh_tokens


def next_run(running: Running) -> None:
    running.aws.reset()
    lease_runs_out(running)
    rotate(running)


@pytest.mark.parametrize(("step", "when"), cases(STEPS, ["before", "after"]))
def test_killed_around_a_call_of_aws(due: Running, step: str, when: str) -> None:
    operation, position = STEPS[step]
    reused = due.world.refresh_tokens_reused

    def trap(called: str, count: int) -> bool:
        if (called, count) != (operation, position):
            return False
        kill(due)
        return True

    setattr(due.aws, when, trap)
    answer = rotate(due)
    assert answer.get("errorType") == "Runtime.ExitError", "the process was to be killed"
    next_run(due)
    next_run(due)
    if (step, when) in LOST:
        assert due.account("killed")["state"] == "needs_reauthentication"
        assert due.world.refresh_tokens_reused == reused + 1
    else:
        assert is_working(due)
        assert due.account("killed")["state"] == "healthy"
        assert due.world.refresh_tokens_reused == reused
    due.direct("DisconnectAccount", account="killed")


@pytest.mark.parametrize("after", [False, True], ids=["before Calendly acted", "after Calendly acted"])
def test_killed_during_the_exchange(due: Running, after: bool) -> None:
    import threading

    reused = due.world.refresh_tokens_reused
    due.sandbox("faults", method="POST", path="/oauth/token", delay=1.0, after=after, drop=not after)
    killer = threading.Timer(0.6, lambda: kill(due))
    if not due.stack.pool.processes("RotateTokens"):
        due.direct("RotateTokens", account="nobody")
    due.aws.reset()
    killer.start()
    answer = rotate(due)
    killer.join()
    assert answer.get("errorType") == "Runtime.ExitError"
    time.sleep(1.2)
    next_run(due)
    assert (due.account("killed")["state"] == "healthy") is (not after)
    assert due.world.refresh_tokens_reused == reused + (1 if after else 0)
    due.direct("DisconnectAccount", account="killed")
