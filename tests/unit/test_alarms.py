"""Alarms: one for each way to lose something, at once; none that strangers can keep ringing; all of them heard."""

from __future__ import annotations

import re
from typing import Any

import pytest

from accounts.outcome import Outcome
from tests.unit.test_architecture import RESOURCES, ROOT

NAMED = {
    name: resource["Properties"] for name, resource in RESOURCES.items() if resource["Type"] == "AWS::CloudWatch::Alarm"
}
ALARMS = {properties["MetricName"]: properties for properties in NAMED.values() if "MetricName" in properties}
LOST = (
    "FailedBusUnavailableError",
    "FailedStorageUnavailableError",
    "FailedUnknownCreatorError",
    "WebhooksUndecided",
    "WebhooksNotUnderstood",
    "WebhooksStale",
    "WebhooksUnexpected",
    "SubscriptionsFailing",
    "SubscriptionsDisabled",
    "SubscriptionsUnseen",
    "ReschedulesUnfinished",
)
OPERATOR = [{"If": ["HasAlarmTopic", {"Ref": "AlarmTopicArn"}, {"Ref": "OperatorTopic"}]}]
MACHINES = {name for name, resource in RESOURCES.items() if resource["Type"] == "AWS::Serverless::StateMachine"}


@pytest.mark.parametrize("metric", LOST)
def test_once_is_enough(metric: str) -> None:
    alarm = ALARMS[metric]
    assert (alarm["EvaluationPeriods"], alarm["Threshold"]) == (1, 0)
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"


@pytest.mark.parametrize(
    "metric", ["FailedForgedDeliveryError", "FailedStaleDeliveryError", "FailedNotFoundError", "FailedGoneAccountError"]
)
def test_what_strangers_can_send_alarms_on_nothing(metric: str) -> None:
    assert metric not in ALARMS


def test_a_function_that_dies_is_noticed() -> None:
    watched = [each["Dimensions"][0]["Value"]["Ref"] for each in NAMED.values() if each.get("MetricName") == "Errors"]
    assert sorted(watched) == ["FinishReschedules", "HealSubscriptions", "ReceiveWebhook", "RotateTokens"]


@pytest.mark.parametrize("name", NAMED)
def test_an_alarm_reaches_the_operator_and_says_what_it_is(name: str) -> None:
    alarm = NAMED[name]
    assert alarm["AlarmActions"] == OPERATOR
    assert alarm["AlarmName"] == {"Sub": f"${{AWS::StackName}}-{name}"}
    assert alarm["AlarmDescription"]


@pytest.mark.parametrize("name", NAMED)
def test_an_alarm_ends_only_where_its_metric_says_that_it_is_over(name: str) -> None:
    """A gauge says so, and stays as it is while nobody measures. That nothing more happened is no news."""
    alarm = NAMED[name]
    # A queue's messages and the runs of a schedule are measured by AWS, or missing is what is wrong.
    gauge = alarm.get("Statistic") == "Maximum"
    assert alarm.get("OKActions") == (OPERATOR if gauge or name == "RotationStoppedAlarm" else None)
    missing = {"RotationStoppedAlarm": "breaching", "UnstartedBookingsAlarm": "notBreaching"}
    assert alarm["TreatMissingData"] == missing.get(name, "ignore" if gauge else "notBreaching")


@pytest.mark.parametrize("ending", ["Failed", "TimedOut", "Aborted"])
def test_every_workflow_is_watched(ending: str) -> None:
    metrics = NAMED[f"Workflows{ending}Alarm"]["Metrics"][1:]
    watched = [unconditional(each)["MetricStat"]["Metric"] for each in metrics]
    assert {each["MetricName"] for each in watched} == {f"Executions{ending}"}
    # An agent's write that fails, or that a person refuses, is told to whoever asked for it.
    told = {"ApproveWrite"} if ending == "Failed" else set()
    assert {each["Dimensions"][0]["Value"]["Ref"] for each in watched} == MACHINES - told


def unconditional(value: dict[str, Any]) -> dict[str, Any]:
    """What stands there where its condition holds."""
    found: dict[str, Any] = value["If"][1] if "If" in value else value
    return found


@pytest.mark.parametrize("resource", ["OperatorTopicPolicy", "Key"])
def test_cloudwatch_and_eventbridge_may_publish_to_the_encrypted_topic(resource: str) -> None:
    properties = RESOURCES[resource]["Properties"]
    policy = properties.get("PolicyDocument") or properties["KeyPolicy"]
    (granted,) = [
        each for each in policy["Statement"] if each["Effect"] == "Allow" and "Service" in dict(each["Principal"])
    ]
    assert set(granted["Principal"]["Service"]) == {"cloudwatch.amazonaws.com", "events.amazonaws.com"}
    assert granted["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_a_second_account_that_breaks_is_heard() -> None:
    rule = RESOURCES["AccountStates"]["Properties"]
    assert rule["EventPattern"]["detail-type"] == ["Calendly account state changed"]
    assert rule["EventPattern"]["detail"] == {"stack": [{"Ref": "AWS::StackName"}]}
    (target,) = rule["Targets"]
    assert [target["Arn"]] == OPERATOR


def test_every_metric_of_ours_that_is_watched_or_shown_is_counted() -> None:
    sources = [*(ROOT / "layers" / "calendly").rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    text = "\n".join(path.read_text() for path in sources)
    shown = re.findall(r'"CalendlyActions","(\w+)"', RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Sub"])
    watched = [each["MetricName"] for each in NAMED.values() if each.get("Namespace") == "CalendlyActions"]
    for name in {*shown, *watched}:
        error, outcome = name.removeprefix("Failed"), name.removeprefix("Refresh")
        assert (
            f'"{name}"' in text
            or (error != name and f"class {error}(" in text)
            or (outcome != name and re.sub(r"(?<!^)(?=[A-Z])", "_", outcome).upper() in Outcome.__members__)
        ), name
