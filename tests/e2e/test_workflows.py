"""The state machines, run by moto's interpreter on the functions as they are deployed."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.workflows import ROLE, STATE_MACHINE, Execution, executions, finish
from tests.e2e.conftest import Bus, Running
from tests.sizes import FULL, size
from tests.unit.test_architecture import ROOT

REVOKED = "ReauthenticationRequiredError"


@pytest.fixture(autouse=True, scope="module")
def _hurried(running_stack: Running) -> Iterator[None]:
    """The same state machines, with a fiftieth of their pauses."""
    client = running_stack.stack.aws.client("stepfunctions")
    machines = {
        name: client.describe_state_machine(stateMachineArn=STATE_MACHINE + name)["definition"]
        for name in ("send-booking-link", "on-booking", "export-events")
    }
    for name, definition in machines.items():
        hurried = json.loads(definition, object_hook=_hurry)
        client.update_state_machine(stateMachineArn=STATE_MACHINE + name, definition=json.dumps(hurried))
    yield
    for name, definition in machines.items():
        client.update_state_machine(stateMachineArn=STATE_MACHINE + name, definition=definition)


def _hurry(node: dict[str, Any]) -> dict[str, Any]:
    return {name: 1 if name in ("IntervalSeconds", "MaxDelaySeconds") else value for name, value in node.items()}


@pytest.fixture
def told(running: Running) -> Iterator[Any]:
    """What a workflow tells a person, on the operators' topic. What is told of accounts has no subject."""
    sqs, sns = running.stack.aws.client("sqs"), running.stack.aws.client("sns")
    queue = sqs.create_queue(QueueName="person")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = "arn:aws:sns:us-east-1:123456789012:local-operator"
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]

    def read() -> list[Any]:
        messages = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", ())
        return [message for each in messages if "Subject" in (message := json.loads(each["Body"]))]

    yield read
    sns.unsubscribe(SubscriptionArn=subscription)
    sqs.delete_queue(QueueUrl=queue)


def test_a_link_to_an_event_type_by_name(running: Running, bus: Bus) -> None:
    input = {"event_type_name": "30 MINUTE meeting", "context": {"candidate": "Zoë"}}
    execution = running.run("send-booking-link", input)
    assert execution.status == "SUCCEEDED"
    assert execution.output["booking_url"] == running.world.data.scheduling_links[0]["booking_url"]
    assert execution.output["event_type"]["uri"] == running.world.data.event_types[0]["uri"]
    (event,) = bus.read("calendly-actions")
    assert event["detail-type"] == "Calendly booking link created"
    assert event["detail"] == execution.output
    assert event["detail"]["context"] == {"candidate": "Zoë"}


def test_event_types_are_looked_for_on_every_page(running: Running) -> None:
    """More than an answer of 240 kB holds."""
    running.sandbox("reset", event_types=400)
    running.sandbox("limits", per_minute=1_000_000)
    execution = running.run("send-booking-link", {"event_type_name": "30 Minute Meeting 396"})
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.states().count("Find event types") > 1


def test_a_name_that_nothing_has_ends_with_the_names_there_are(running: Running) -> None:
    execution = running.run("send-booking-link", {"event_type_name": "Demo"})
    assert (execution.status, execution.error) == ("FAILED", "EventTypeNotFound")
    assert "30 Minute Meeting" in str(execution.cause)


def test_a_name_that_two_have_is_not_guessed_at(running: Running) -> None:
    for event_type in running.world.data.event_types[:2]:
        event_type["name"] = "Twice"
    execution = running.run("send-booking-link", {"event_type_name": "twice"})
    assert (execution.status, execution.error) == ("FAILED", "EventTypeAmbiguous")


def test_429_and_503_twice_and_then_success(running: Running) -> None:
    """Each beyond what an action repeats by itself."""
    running.sandbox("faults", method="GET", path="/event_types", status=429, headers={"X-RateLimit-Reset": "3000"})
    running.sandbox("faults", method="GET", path="/event_types", status=503, times=8)
    execution = running.run("send-booking-link", {"event_type_name": "30 Minute Meeting"})
    assert execution.status == "SUCCEEDED"
    assert execution.errors() == ["RateLimitedError", "CalendlyUnavailableError", "CalendlyUnavailableError"]
    assert len(running.world.data.scheduling_links) == 1


def test_a_killed_function_is_called_again_and_makes_one_link(running: Running) -> None:
    running.sandbox("faults", method="GET", path="/event_types", delay=2.0)
    killer = threading.Thread(target=_kill_at, args=(running, "GET /event_types", "RetrieveUsersEventTypes"))
    killer.start()
    execution = running.run("send-booking-link", {"event_type_name": "30 Minute Meeting"})
    killer.join()
    assert execution.status == "SUCCEEDED"
    assert execution.errors() == ["Runtime.ExitError"]
    assert len(running.world.data.scheduling_links) == 1


def _kill_at(running: Running, operation: str, function: str, after: int = 0) -> None:
    """Kill the processes of a function once Calendly was asked for something more often than ``after``."""
    end = time.monotonic() + 60
    while running.world.requests[operation] <= after and time.monotonic() < end:
        time.sleep(0.005)
    processes = running.stack.pool.processes(function) or running.stack.pool.processes(f"local-{function}")
    for process in processes:
        process.process.kill()


@pytest.mark.skipif(not FULL, reason="half a minute of waiting; test_repeats.py has the function's part in every run")
def test_a_link_whose_maker_was_killed_is_made_anew(running: Running) -> None:
    """Nobody knows the first one, if there is one."""
    running.direct("CreateSingleUseSchedulingLink", event_type=running.world.data.event_types[0]["uri"])
    running.sandbox("faults", method="POST", path="/scheduling_links", delay=2.0)
    made = running.world.requests["POST /scheduling_links"]
    killer = threading.Thread(
        target=_kill_at, args=(running, "POST /scheduling_links", "CreateSingleUseSchedulingLink", made)
    )
    killer.start()
    execution = running.run("send-booking-link", {"event_type_name": "30 Minute Meeting"}, seconds=90)
    killer.join()
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.errors() == ["Runtime.ExitError", "OutcomeUnknownError"]
    assert execution.states()[-2:] == ["Make another link", "Hand it on"]


def test_the_documented_map_makes_a_link_for_each_item(running: Running) -> None:
    page = (ROOT / "docs" / "step-functions.md").read_text()
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    (machine,) = (block for block in blocks if isinstance(block, dict) and block.get("StartAt") == "Each lead")
    client = running.stack.aws.client("stepfunctions")
    functions = "arn:aws:lambda:us-east-1:123456789012:function:local-"
    definition = json.dumps(machine).replace("calendly-dev-", functions)
    arn = client.create_state_machine(name="local-each-lead", definition=definition, roleArn=ROLE)["stateMachineArn"]
    event_type = running.world.data.event_types[0]["uri"]
    leads = [{"email": f"lead-{number}@example.com", "event_type": event_type} for number in range(3)]
    execution = running.run("each-lead", {"leads": leads})
    client.delete_state_machine(stateMachineArn=arn)
    assert execution.status == "SUCCEEDED", execution.cause
    assert [each["email"] for each in execution.output] == [lead["email"] for lead in leads]
    assert len({each["booking_url"] for each in execution.output}) == 3
    assert len(running.world.data.scheduling_links) == 3


@pytest.mark.parametrize("input", [{}, {"event_type_name": None}, {"event_type_name": 7}])
def test_a_link_needs_a_name(running: Running, input: dict[str, Any]) -> None:
    assert running.run("send-booking-link", input).error == "InvalidInputError"


def test_a_revoked_account_is_told_of_however_many_windows_there_are(running: Running, told: Any) -> None:
    running.sandbox("revoke")
    until = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=size(20, 150))
    days = {"start_time": "2024-01-01T00:00:00Z", "end_time": until.isoformat(), "window_days": 1}
    execution = running.run("export-events", days, seconds=300)
    assert (execution.status, execution.error) == ("FAILED", REVOKED)
    assert len(told()) == 1
    results = next(
        event["mapStateExitedEventDetails"]["output"] if "mapStateExitedEventDetails" in event else event
        for event in reversed(execution.history)
        if event["type"] == "MapStateExited"
    )
    failed = json.loads(results["stateExitedEventDetails"]["output"])
    assert len(json.dumps(failed)) / len(failed) * 1000 < 256 * 1024, "a thousand windows fit into a state"


@pytest.mark.parametrize("workflow", ["send-booking-link", "on-booking", "export-events"])
def test_a_revoked_account_ends_where_a_person_is_told(running: Running, told: Any, workflow: str) -> None:
    inputs = {
        "send-booking-link": {"event_type_name": "30 Minute Meeting"},
        "on-booking": {"detail": {"account": "default", "payload": _payload(running)}},
        "export-events": {"start_time": "2026-01-01T00:00:00Z", "end_time": "2026-01-08T00:00:00Z"},
    }
    running.sandbox("revoke")
    execution = running.run(workflow, inputs[workflow])
    assert (execution.status, execution.error) == ("FAILED", REVOKED)
    if workflow != "export-events":  # whose tasks fail in executions of their own
        assert execution.errors() == [REVOKED]
    assert execution.states()[-2:] == ["Tell a person", "Stopped"]
    assert "Connect 'default'" in str(execution.cause)
    (message,) = told()
    assert "needs a person" in message["Subject"]
    assert "Connect 'default'" in message["Message"]


def _payload(running: Running, position: int = 0) -> Any:
    event = running.world.data.scheduled_events[position]
    return running.world.data.invitees[event["uri"]][0]


def test_a_booking_that_is_gone_takes_its_catch(running: Running) -> None:
    payload = {**_payload(running), "event": f"{running.world.origin}/scheduled_events/{'0' * 32}"}
    execution = running.run("on-booking", {"detail": {"account": "default", "payload": payload}})
    assert execution.status == "SUCCEEDED"
    assert execution.errors() == ["NotFoundError"]
    assert execution.states() == ["Begin", "Fetch event", "Gone"]
    assert execution.output["kind"] == "gone"


def started_since(running: Running, before: list[str], count: int) -> list[Execution]:
    """The executions of on_booking that were started since, once there are so many."""
    end = time.monotonic() + 30
    while len(found := set(executions(running.stack.aws, "on-booking")) - set(before)) < count:
        assert time.monotonic() < end, f"{len(found)} of {count}"
        time.sleep(0.05)
    return [finish(running.stack.aws, execution) for execution in found]


def test_a_booking_starts_a_workflow_that_hands_on_a_clean_document(running: Running, bus: Bus) -> None:
    before = executions(running.stack.aws, "on-booking")
    events = ["invitee.created", "invitee.canceled"]
    running.http("POST", "/accounts/default/webhook_subscriptions", json={"events": events})
    (first,) = running.sandbox("bookings", name="Eve Adams", email="eve@example.com")["invitees"]
    second = running.sandbox("reschedule", invitee=first, start_time="2030-01-07T09:00:00Z")["invitee"]
    done = {each.output["invitee"]["uri"]: each.output for each in started_since(running, before, 2)}
    booked, moved = done[first], done[second]
    assert (booked["kind"], booked["previous"]) == ("new", None)
    assert moved["kind"] == "rescheduled"
    assert moved["event"]["start_time"] == "2030-01-07T09:00:00.000000Z"
    assert moved["previous"]["start_time"] == booked["event"]["start_time"]
    assert moved["invitee"]["name"] == "Eve Adams"
    assert moved["event"]["hosts"] == [
        {
            name: running.world.data.users[0][its]
            for name, its in (("user", "uri"), ("name", "name"), ("email", "email"))
        }
    ]
    handed_on = [event["detail"] for event in bus.read("calendly-actions")]
    assert sorted(handed_on, key=str) == sorted((booked, moved), key=str)


def rows(running: Running, output: dict[str, Any]) -> list[Any]:
    """What an export wrote, line by line."""
    s3 = running.stack.aws.client("s3")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=output["bucket"], Prefix=output["prefix"])
    keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
    assert len(keys) == output["parts"]
    bodies = [s3.get_object(Bucket=output["bucket"], Key=key)["Body"].read().decode() for key in keys]
    return [json.loads(line) for body in bodies for line in body.splitlines()]


def span(running: Running) -> dict[str, str]:
    """All of the data set's time."""
    starts = [event["start_time"] for event in running.world.data.scheduled_events]
    return {"start_time": min(starts)[:10] + "T00:00:00Z", "end_time": max(starts)[:10] + "T23:59:59Z"}


def test_an_export_holds_every_event_with_its_invitees(running: Running) -> None:
    running.sandbox("reset", events=130)
    running.sandbox("limits", per_minute=1_000_000)
    execution = running.run("export-events", {**span(running), "window_days": 10, "export": "small"})
    assert execution.status == "SUCCEEDED", execution.cause
    data = running.world.data
    expected = {event["uri"]: {**event, "invitees": data.invitees[event["uri"]]} for event in data.scheduled_events}
    exported = rows(running, execution.output)
    for row in (*exported, *expected.values()):
        row["invitees"] = sorted(row["invitees"], key=lambda invitee: str(invitee["uri"]))
    assert {row["uri"]: row for row in exported} == expected
    assert len(exported) == execution.output["events"] == 130
    assert execution.output["invitees"] == sum(len(row["invitees"]) for row in exported)


def test_an_export_of_one_window_and_of_nothing(running: Running) -> None:
    empty = {"start_time": "1999-01-01T00:00:00Z", "end_time": "1999-01-02T00:00:00Z"}
    execution = running.run("export-events", empty)
    assert execution.status == "SUCCEEDED", execution.cause
    assert {name: execution.output[name] for name in ("windows", "parts", "events", "invitees")} == {
        "windows": 1,
        "parts": 0,
        "events": 0,
        "invitees": 0,
    }
    for wrong in (
        {},
        {**empty, "start_time": "yesterday"},
        {**empty, "end_time": "1999-01-02T00:00:00"},
        {**empty, "window_days": "7"},
    ):
        assert running.run("export-events", wrong).error == "InvalidRangeError"
    backwards = {"start_time": empty["end_time"], "end_time": empty["start_time"]}
    assert running.run("export-events", backwards).error == "InvalidRangeError"


def test_an_export_that_failed_goes_on_under_its_name(running: Running) -> None:
    """The second execution asks for nothing that the first one wrote."""
    input = {**span(running), "export": "resumed", "window_days": 30}
    running.sandbox("faults", method="GET", path="/scheduled_events", status=400)
    failed = running.run("export-events", input)
    assert (failed.status, failed.error) == ("FAILED", "InvalidRequestError")
    assert "Start it again with export resumed" in str(failed.cause)
    execution = running.run("export-events", input)
    assert execution.status == "SUCCEEDED", execution.cause
    assert sorted(row["uri"] for row in rows(running, execution.output)) == sorted(
        event["uri"] for event in running.world.data.scheduled_events
    )
    before = running.calendly_requests()
    assert running.run("export-events", input).output == execution.output
    assert running.calendly_requests() == before


def test_an_export_of_another_range_needs_another_name(running: Running) -> None:
    """Or there would be events twice under the name."""
    input = {**span(running), "export": "one-range", "window_days": 30}
    assert running.run("export-events", input).status == "SUCCEEDED"
    earlier = datetime.fromisoformat(input["start_time"]) - timedelta(days=1)
    shifted = running.run("export-events", {**input, "start_time": earlier.strftime("%Y-%m-%dT%H:%M:%SZ")})
    assert (shifted.status, shifted.error) == ("FAILED", "InvalidRequestError")


def test_an_event_that_is_deleted_meanwhile_is_left_out(running: Running) -> None:
    running.sandbox("faults", method="GET", path="/scheduled_events/{uuid}/invitees", status=404)
    execution = running.run("export-events", {**span(running), "export": "one-gone"})
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.output["events"] == len(running.world.data.scheduled_events) - 1


def test_an_export_that_changes_under_way_holds_each_event_once(running: Running) -> None:
    """A part is written, its checkpoint is not, and events before its end are canceled."""
    running.sandbox("reset", events=120)
    running.sandbox("limits", per_minute=1_000_000)
    data = running.world.data
    window = {"export": "changing", "status": "active"} | {
        name: value for name, value in span(running).items() if name != "window_days"
    }
    active = [event for event in data.scheduled_events if event["status"] == "active"]
    deadline = running.direct("ExportWindow", **window)
    assert deadline["done"]
    s3 = running.stack.aws.client("s3")
    checkpoints = s3.list_objects_v2(Bucket="local-exportbucket", Prefix="changing/checkpoints/")["Contents"]
    for item in checkpoints:
        s3.delete_object(Bucket="local-exportbucket", Key=item["Key"])
    for event in active[:60]:
        event["status"] = "canceled"
    again = running.direct("ExportWindow", **window)
    exported = rows(running, {"bucket": "local-exportbucket", "prefix": "changing/events/", "parts": again["parts"]})
    assert sorted(row["uri"] for row in exported) == sorted(event["uri"] for event in active[60:])


def test_an_export_of_many_events(running: Running) -> None:
    """Page tokens go stale half-way, and a function is killed: every event is there once."""
    running.contract.paused = True  # thousands of answers, all alike, and a minute's work to check
    events = size(500, 10_000)
    running.sandbox("reset", events=events)
    running.sandbox("limits", per_minute=1_000_000)
    invitees = "GET /scheduled_events/{uuid}/invitees"

    def misbehave() -> None:
        while running.world.requests[invitees] < events / 2:
            time.sleep(0.01)
        running.sandbox("expire_page_tokens")
        _kill_at(running, invitees, "ExportWindow", after=events * 7 // 10)

    trouble = threading.Thread(target=misbehave)
    trouble.start()
    try:
        execution = running.run("export-events", {**span(running), "window_days": 40}, seconds=400)
        trouble.join()
    finally:
        running.contract.paused = False
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.output["events"] == events
    exported = rows(running, execution.output)
    expected = sorted(event["uri"] for event in running.world.data.scheduled_events)
    assert sorted(row["uri"] for row in exported) == expected
    assert execution.output["invitees"] == sum(len(row["invitees"]) for row in exported) > events
