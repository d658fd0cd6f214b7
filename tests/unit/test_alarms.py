"""Alarms: one for each way to lose something, at once; none that strangers can keep ringing; all of them heard."""

from __future__ import annotations

import re
from typing import Any

import pytest

from accounts.outcome import Outcome
from tests.cloudformation import Stack
from tests.cloudwatch import Metric, Metrics, state, watched
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
STACK = Stack("a-stack")
OF_AWS = {
    "AWS/Lambda": ({"Errors", "Throttles"}, {"FunctionName": "AWS::Serverless::Function"}),
    "AWS/States": (
        {"ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"},
        {"StateMachineArn": "AWS::Serverless::StateMachine"},
    ),
    "AWS/Scheduler": ({"InvocationDroppedCount"}, {"ScheduleGroup": "AWS::Scheduler::ScheduleGroup"}),
    "AWS/SQS": ({"ApproximateNumberOfMessagesVisible"}, {"QueueName": "AWS::SQS::Queue"}),
    "AWS/ApiGateway": ({"5XXError"}, {"ApiName": "AWS::Serverless::Api", "Stage": "AWS::Serverless::Api"}),
}
"""The metrics that each service documents and an alarm may look at, and the resources that its dimensions name.

Sources, in each service's own guide: "Types of metrics for Lambda functions", "Execution metrics" of Step Functions,
"Monitoring Amazon EventBridge Scheduler", "Available CloudWatch metrics for Amazon SQS", "Amazon API Gateway dimensions
and metrics".
"""

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


@pytest.mark.parametrize("name", [name for name, each in NAMED.items() if each.get("Namespace") != "CalendlyActions"])
def test_a_metric_of_awss_own_is_one_that_aws_has_of_something_that_is_there(name: str) -> None:
    alarm = STACK.properties(name)
    for metric in watched(alarm):
        known, dimensions = OF_AWS[metric.namespace]
        assert metric.name in known
        assert {dimension for dimension, _ in metric.dimensions} == set(dimensions)
        for dimension, value in metric.dimensions:
            assert value in named(dimension, dimensions[dimension]), (dimension, value)
        threshold, now = alarm["Threshold"], 1_000_000.0
        assert state(alarm, Metrics().put(metric, now, threshold), now) == "OK"
        assert state(alarm, Metrics().put(metric, now, threshold + 1), now) == "ALARM", metric


def named(dimension: str, kind: str) -> set[str]:
    """The values that a dimension can have in a stack."""
    resources = [name for name, each in STACK.resources.items() if each["Type"] == kind]
    assert resources
    members = {"ApiName": "Name", "Stage": "StageName"}
    if dimension in members:
        return {STACK.properties(name)[members[dimension]] for name in resources}
    return {STACK.value({"Ref": name}) for name in resources}


@pytest.mark.parametrize("name", [name for name, each in NAMED.items() if each.get("Namespace") == "CalendlyActions"])
def test_a_metric_of_ours_is_of_the_stack(name: str) -> None:
    """tests/e2e/test_alarms.py has functions log it."""
    service = frozenset({("service", "a-stack")})
    assert watched(STACK.properties(name)) == [Metric("CalendlyActions", NAMED[name]["MetricName"], service)]


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
    needed = {"OperatorTopicPolicy": "sns:Publish", "Key": ["kms:Decrypt", "kms:GenerateDataKey*"]}
    assert granted["Action"] == needed[resource]
    assert granted["Resource"] == {"OperatorTopicPolicy": {"Ref": "OperatorTopic"}, "Key": "*"}[resource]


@pytest.mark.parametrize(
    ("name", "states"), [("AccountStates", [{"anything-but": "healthy"}]), ("AccountsHealthyAgain", ["healthy"])]
)
def test_a_second_account_that_breaks_or_heals_is_heard(name: str, states: list[Any]) -> None:
    rule = RESOURCES[name]["Properties"]
    assert rule["EventPattern"]["detail-type"] == ["Calendly account state changed"]
    assert rule["EventPattern"]["detail"] == {"stack": [{"Ref": "AWS::StackName"}], "state": states}
    (target,) = rule["Targets"]
    assert [target["Arn"]] == OPERATOR
    (allowed,) = RESOURCES["UnstartedBookingsPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert {"GetAtt": f"{name}.Arn"} in allowed["Condition"]["ArnLike"]["aws:SourceArn"]


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
