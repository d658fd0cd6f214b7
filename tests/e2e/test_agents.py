"""Agents on the whole stack: a session of the official client, and a write that a person approves."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from calendly_actions.approving import answer
from calendly_actions.doors import Options, Stack
from calendly_actions.failures import CallFailedError
from local import agent, workflows
from local.workflows import STATE_MACHINE, finish, start
from tests.e2e.conftest import Bus, Running

BOOK = {
    "account": "default",
    "tool": "create_single_use_scheduling_link",
    "arguments": {"event_type": "e7c09f00-60ae-5ad0-880a-d7d9ebca060b"},
    "why": "Eve asked for a link",
    "who": "the booking assistant",
}


def test_the_official_client_finds_books_and_cancels(running: Running, bus: Bus) -> None:
    steps = agent.session(f"{running.stack.api_url}/accounts/default/mcp/booking", agent.MODERN)
    assert [name for name, _ in steps][-3:] == ["reschedule_event", "retrieve_booking", "cancel_event"]
    told = [event["detail"] for event in bus.read("calendly-actions") if event["detail-type"] == "Calendly agent write"]
    assert [(each["tool"], each["why"], each["outcome"]) for each in told] == [
        ("book_first_free_slot", "Eve asked for a meeting", "done"),
        ("reschedule_event", "Eve asked for another day", "done"),
        ("cancel_event", "Eve is ill", "done"),
    ]


@pytest.fixture
def cli(running: Running, monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.setenv("AWS_PORT", str(running.stack.ports.aws))
    return Stack(Options("local", None, None, direct=False, local=True))


@pytest.fixture
def asked(running: Running) -> Iterator[Callable[[], str]]:
    """What the operator is asked."""
    sqs, sns = running.stack.aws.client("sqs"), running.stack.aws.client("sns")
    queue = sqs.create_queue(QueueName="approver")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = "arn:aws:sns:us-east-1:123456789012:local-operator"
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]

    def ask() -> str:
        end = time.monotonic() + 30
        while True:
            for each in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", ()):
                # What is told of accounts has no subject.
                if "Subject" in (message := json.loads(each["Body"])):
                    return str(message["Message"])
            assert time.monotonic() < end, "nobody was asked"
            time.sleep(0.05)

    yield ask
    sns.unsubscribe(SubscriptionArn=subscription)
    sqs.delete_queue(QueueUrl=queue)


def test_a_write_happens_once_a_person_approved_it(
    running: Running, bus: Bus, cli: Stack, asked: Callable[[], str]
) -> None:
    execution = start(running.stack.aws, "approve-write", BOOK)
    message = asked()
    assert "the booking assistant wants to run create_single_use_scheduling_link on the account default" in message
    assert "Why: Eve asked for a link" in message
    assert BOOK["arguments"]["event_type"] in message  # type: ignore[index]
    assert f"approve {execution}" in message
    assert running.world.data.scheduling_links == []
    assert answer(cli, execution, approved=True)["approved"]
    ended = finish(running.stack.aws, execution)
    assert ended.status == "SUCCEEDED", ended.cause
    (link,) = running.world.data.scheduling_links
    assert ended.output["result"]["resource"]["booking_url"] == link["booking_url"]
    (event,) = bus.read("calendly-actions")
    assert event["detail-type"] == "Calendly agent write"
    assert event["detail"]["outcome"] == "done"
    assert event["detail"]["approved_by"].startswith("arn:aws:sts::")
    with pytest.raises(CallFailedError, match="answered already"):
        answer(cli, execution, approved=True)


def test_a_write_that_is_refused_does_not_happen(running: Running, cli: Stack, asked: Callable[[], str]) -> None:
    execution = start(running.stack.aws, "approve-write", BOOK)
    asked()
    answer(cli, execution, approved=False)
    ended = finish(running.stack.aws, execution)
    assert (ended.status, ended.error) == ("FAILED", "WriteRefused")
    assert running.world.data.scheduling_links == []


def test_no_answer_within_the_time_is_no(running: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    client = running.stack.aws.client("stepfunctions")
    machine = STATE_MACHINE + "approve-write"
    definition = client.describe_state_machine(stateMachineArn=machine)["definition"]
    assert json.loads(definition)["States"]["Ask a person"]["TimeoutSeconds"] == 24 * 3600
    hurried = definition.replace("86400", "1")
    client.update_state_machine(stateMachineArn=machine, definition=hurried)
    try:
        ended = workflows.run(running.stack.aws, "approve-write", BOOK)
    finally:
        client.update_state_machine(stateMachineArn=machine, definition=definition)
    assert (ended.status, ended.error) == ("FAILED", "WriteRefused")
    assert running.world.data.scheduling_links == []


def test_what_fails_after_approval_is_told(running: Running, bus: Bus, cli: Stack, asked: Callable[[], str]) -> None:
    wanted: dict[str, Any] = {**BOOK, "arguments": {"event_type": "c0ffee00-0000-4000-8000-000000000001"}}
    execution = start(running.stack.aws, "approve-write", wanted)
    asked()
    answer(cli, execution, approved=True)
    ended = finish(running.stack.aws, execution)
    assert (ended.status, ended.error) == ("FAILED", "NotFoundError")
    assert [event["detail"]["outcome"] for event in bus.read("calendly-actions")] == ["NotFoundError"]
