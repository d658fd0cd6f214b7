"""Every alarm of the template fires when what it tells of happens, and the operator gets its message."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.cloudformation import Stack
from tests.cloudwatch import state
from tests.e2e.alarm_causes import CAUSES, STACK
from tests.e2e.conftest import Running

ALARMS = STACK.of("AWS::CloudWatch::Alarm")


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_fires_when_what_it_tells_of_happens(running: Running, name: str) -> None:
    assert name in CAUSES, f"Add to CAUSES in tests/e2e/alarm_causes.py what brings {name} about on the local stack."
    alarm = ALARMS[name]
    told = CAUSES[name](running)
    before = state(alarm, told.before, latest(told.before))
    assert before == "OK", told.before
    assert state(alarm, told.after, latest(told.after), before) == "ALARM", told.after


def latest(metrics: Any) -> float:
    """When the last data point is from, or now."""
    return max((at for points in metrics.points.values() for at, _ in points), default=time.time())


def test_every_cause_has_its_alarm() -> None:
    assert set(CAUSES) == set(ALARMS)


@pytest.fixture(scope="module")
def heard(running_stack: Running) -> Iterator[Callable[[], list[str]]]:
    """The messages at a queue that is subscribed to the operator's topic."""
    sqs, sns = running_stack.stack.aws.client("sqs"), running_stack.stack.aws.client("sns")
    queue = sqs.create_queue(QueueName="on-call")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    topic = STACK.value({"Ref": "OperatorTopic"})
    subscription = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)["SubscriptionArn"]

    def read() -> list[str]:
        found = []
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                found.append(json.loads(message["Body"])["Message"])
        return found

    yield read
    sns.unsubscribe(SubscriptionArn=subscription)
    sqs.delete_queue(QueueUrl=queue)


@pytest.mark.parametrize("name", ALARMS)
def test_the_operator_gets_an_alarms_message(running_stack: Running, heard: Callable[[], list[str]], name: str) -> None:
    """moto keeps an alarm's state and runs no action: here, what CloudWatch publishes goes where the alarm says."""
    cloudwatch, sns = running_stack.stack.aws.client("cloudwatch"), running_stack.stack.aws.client("sns")
    heard()
    cloudwatch.put_metric_alarm(**ALARMS[name])
    try:
        cloudwatch.set_alarm_state(AlarmName=f"local-{name}", StateValue="ALARM", StateReason="Threshold Crossed")
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[f"local-{name}"])["MetricAlarms"]
        assert (alarm["StateValue"], alarm["ActionsEnabled"]) == ("ALARM", True)
        for topic in alarm["AlarmActions"]:
            told = {
                "AlarmName": alarm["AlarmName"],
                "AlarmDescription": alarm["AlarmDescription"],
                "NewStateValue": alarm["StateValue"],
                "NewStateReason": alarm["StateReason"],
            }
            sns.publish(TopicArn=topic, Subject=f"ALARM: {alarm['AlarmName']}", Message=json.dumps(told))
    finally:
        cloudwatch.delete_alarms(AlarmNames=[f"local-{name}"])
    (message,) = heard()
    assert json.loads(message)["AlarmName"] == f"local-{name}"
    assert json.loads(message)["AlarmDescription"] == ALARMS[name]["AlarmDescription"]


def test_all_that_is_told_goes_to_the_topic_that_the_deployment_names() -> None:
    theirs = "arn:aws:sns:us-east-1:123456789012:on-call"
    stack = Stack("local", AlarmTopicArn=theirs)
    alarms = stack.of("AWS::CloudWatch::Alarm")
    assert set(alarms) == set(ALARMS)
    for name, alarm in alarms.items():
        assert alarm["AlarmActions"] == [theirs], name
        assert alarm.get("OKActions", [theirs]) == [theirs], name
    for rule in stack.of("AWS::Events::Rule").values():
        assert [target["Arn"] for target in rule["Targets"]] == [theirs]


def test_two_accounts_that_break_are_two_messages(running: Running, heard: Callable[[], list[str]]) -> None:
    """An alarm that rings already says nothing of the second one. One that is healthy again is told of as well."""
    broken = ("sales", "support")
    for position, account in enumerate(broken):
        running.connect(account, user=position + 1)
    # Calendly renews another one's tokens meanwhile, so that the application is not what is wrong.
    running.direct("RotateTokens", account="default", force=True)
    heard()
    for account in broken:
        running.sandbox("revoke", account=account)
        assert running.direct("RetrieveUser", account=account)["errorType"] == "ReauthenticationRequiredError"
    running.direct("RotateTokens")
    messages = heard()
    assert len(messages) == len(broken), messages
    for account, message in zip(broken, sorted(messages), strict=True):
        assert f"The Calendly account {account} of the stack local is needs_reauthentication now" in message
        assert f"--stack local connect {account}" in message
        assert "<" not in message, "every value has its place"
    running.connect("sales", user=1)
    running.direct("RotateTokens")
    (again,) = heard()
    assert "The Calendly account sales of the stack local is healthy again" in again
    assert "connect" not in again


def test_an_account_that_is_not_refreshed_is_told_of_with_where_to_look(
    running: Running, heard: Callable[[], list[str]]
) -> None:
    heard()
    CAUSES["OverdueAlarm"](running)
    (message,) = heard()
    assert "The Calendly account default of the stack local is refresh_overdue now" in message
    assert "docs/runbook.md#overduealarm" in message
    assert "docs/runbook.md#overduealarm" in running.account()["reason"]
