"""``reschedule_event`` and its clean-up killed with SIGKILL between every two steps: one active booking is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import boto3
import pytest
import requests
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app

from accounts import aws
from accounts.account import Account
from generate.catalog import LAYER
from sandbox.server import serve
from tests.conftest import Sandbox
from tests.faults.world import Gate
from tests.handlers import make_table
from tests.moves import NOT_FINISHED, TOLD, Booked

FUNCTIONS = ("reschedule_event", "finish_reschedules")
Run = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def bus() -> Iterator[Gate]:
    """AWS over HTTP, with the stack's table and bus; it keeps what was sent to it."""
    gate = Gate().wrap(DomainDispatcherApplication(create_backend_app))
    server = serve(gate, 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{server.server_port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        aws.client.cache_clear()
        # Moto's services belong to the process, and another test may have left a table of the same name.
        requests.post(f"{os.environ['AWS_ENDPOINT_URL']}/moto-api/reset", timeout=10).raise_for_status()
        make_table()
        boto3.client("events").create_event_bus(Name="test")
        yield gate
    aws.client.cache_clear()
    server.shutdown()
    server.server_close()


@pytest.fixture
def run(sandbox: Sandbox, bus: Gate) -> Iterator[Run]:
    """Calls a function in a process of its own, which dies after so many writes."""
    sandbox.control("limits", per_minute=1_000_000)
    sandbox.checked.paused = True  # the tests of the whole stack hold it against the contract
    sandbox.world.data.organizations[0]["plan"] = "enterprise"
    bus.arm(lambda *_: None)
    user = sandbox.world.data.users[0]
    account = Account("default", "personal_access_token", sandbox.token(), None, None, None, user["uri"],
                      user["current_organization"], "owner", 1, 0, 0)  # fmt: skip
    environment = {
        **os.environ,
        "CALENDLY_API_URL": sandbox.url,
        "TABLE_NAME": "Table",
        "STACK_NAME": "test",
        "PYTHONPATH": str(LAYER),
    }
    mover = subprocess.Popen(
        [sys.executable, "-m", "tests.mover", json.dumps(asdict(account)), *FUNCTIONS],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip

    def call(function: str, writes: int | None = None, **input: Any) -> dict[str, Any]:
        assert mover.stdin
        assert mover.stdout
        mover.stdin.write(json.dumps({"function": function, "input": input, "writes": writes}) + "\n")
        mover.stdin.flush()
        outcome: dict[str, Any] = json.loads(mover.stdout.readline())
        return outcome

    yield call
    mover.stdin.close()  # type: ignore[union-attr]
    mover.wait()


def told(bus: Gate, booked: Booked) -> list[tuple[str, str]]:
    """Detail-type and id of each event about a booking's move that was put on the bus."""
    entries = [entry for body in bus.bodies if "Entries" in body for entry in json.loads(body)["Entries"]]
    details = [(entry["DetailType"], json.loads(entry["Detail"])) for entry in entries]
    return [(kind, detail["id"]) for kind, detail in details if detail["old_event"] == booked.event["uri"]]


def test_whoever_comes_after_a_kill_leaves_one_active_booking_and_says_so(
    sandbox: Sandbox, bus: Gate, run: Run
) -> None:
    """Killed after each of its writes; then the same call, or the clean-up, goes on."""
    for writes in range(1, 40):
        for finisher in FUNCTIONS:
            booked = Booked(sandbox.world)
            wanted = {"event": booked.event["uri"], "start_time": booked.start}
            killed = run("reschedule_event", writes, **wanted)["killed"]
            was_booked, record = bool(booked.others), booked.record()
            booked.age(minutes=16)
            if finisher == "reschedule_event":
                answer = run("reschedule_event", **wanted)["answer"]
                assert answer["resource"]["state"] == "rescheduled", (writes, answer)
                assert [answer["resource"]["new_event"]] == booked.active
            else:
                run("finish_reschedules")
                assert booked.active == [booked.others[0]["event"] if was_booked else booked.event["uri"]], writes
            said = set(told(bus, booked))
            expected = TOLD if finisher == "reschedule_event" or was_booked else NOT_FINISHED
            assert {kind for kind, _ in said} == ({expected} if booked.record() else set()), (writes, said)
            assert len(said) == len({kind for kind, _ in said}), "what is told twice has one id"
            assert record is None or state(booked) in ("done", "ended")
        if not killed:
            return
    raise AssertionError("it was killed each time")


def test_a_clean_up_that_is_killed_leaves_the_rest_to_the_next(sandbox: Sandbox, bus: Gate, run: Run) -> None:
    for writes in range(1, 40):
        booked = Booked(sandbox.world)
        sandbox.fault(method="POST", path="/scheduled_events/{uuid}/cancellation", drop=True)
        answer = run("reschedule_event", event=booked.event["uri"], start_time=booked.start)["answer"]
        assert answer["errorType"] == "OutcomeUnknownError"
        assert len(booked.active) == 2
        killed = run("finish_reschedules", writes)["killed"]
        booked.age()
        run("finish_reschedules")
        assert booked.active == [booked.others[0]["event"]], writes
        assert {kind for kind, _ in told(bus, booked)} == {TOLD}
        assert state(booked) == "done"
        if not killed:
            return
    raise AssertionError("it was killed each time")


def state(booked: Booked) -> str:
    record = booked.record()
    assert record
    return str(record["move_state"]["S"])
