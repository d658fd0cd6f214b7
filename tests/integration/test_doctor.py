"""``doctor`` on a stack that is as it should be, and on one with each thing wrong that an operator would want named."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from moto.core.exceptions import JsonRESTError
from moto.scheduler.models import EventBridgeSchedulerBackend

from accounts.account import Account
from accounts.application import parse
from accounts.directory import Directory
from accounts.settings import settings
from accounts.store import AccountStore
from accounts.subscriptions import Subscription, Subscriptions
from accounts.table import Table
from tests.handlers import Handlers, handler_of, handlers, module_of

TOPIC = "arn:aws:sns:us-east-1:123456789012:test-operator"
APPLICATION = {"client_id": "an-id", "client_secret": "very-secret", "webhook_signing_key": "a-key"}
SCHEDULES = ("RotateTokens", "HealSubscriptions", "FinishReschedules")


def schedule(state: str = "ENABLED") -> dict[str, Any]:
    return {
        "GroupName": "test",
        "ScheduleExpression": "rate(15 minutes)",
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "State": state,
        "Target": {"Arn": "arn:aws:lambda:us-east-1:123456789012:function:x", "RoleArn": "arn:aws:iam::1:role/x"},
    }


def alarm(**how: Any) -> None:
    boto3.client("cloudwatch").put_metric_alarm(
        **{
            "AlarmName": "test-ParkedAlarm",
            "MetricName": "AccountsParked",
            "Namespace": "CalendlyActions",
            "Period": 900,
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "Statistic": "Maximum",
            "AlarmActions": [TOPIC],
            **how,
        }
    )


def logging_role(name: str) -> None:
    change = {"op": "replace", "path": "/cloudwatchRoleArn", "value": name}
    boto3.client("apigateway").update_account(patchOperations=[change])


def store(document: Any) -> None:
    boto3.client("secretsmanager").put_secret_value(SecretId="test/oauth-app", SecretString=json.dumps(document))


def connect(account: Account, **how: Any) -> None:
    with Directory(Table("Table"), **how).lease(account.name) as lease:
        lease.promote(account)


@pytest.fixture
def stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Handlers]:
    """A stack that is as it should be."""
    monkeypatch.setenv("KMS_KEY_ID", "alias/test")
    with handlers() as made:
        boto3.client("cloudformation").create_stack(
            StackName="test", TemplateBody='{"Resources": {"T": {"Type": "AWS::SQS::Queue"}}}'
        )
        logging_role("arn:aws:iam::123456789012:role/logs")
        key = boto3.client("kms").create_key()["KeyMetadata"]["KeyId"]
        boto3.client("kms").create_alias(AliasName="alias/test", TargetKeyId=key)
        boto3.client("secretsmanager").create_secret(Name="test/oauth-app", SecretString=json.dumps(APPLICATION))
        boto3.client("scheduler").create_schedule_group(Name="test")
        for name in SCHEDULES:
            boto3.client("scheduler").create_schedule(Name=f"test-{name}", **schedule())
        topic = boto3.client("sns").create_topic(Name="test-operator")["TopicArn"]
        boto3.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="a@example.com")
        alarm()
        boto3.client("dynamodb").update_table(TableName="Table", DeletionProtectionEnabled=True)
        connect(made.account)
        Directory(Table("Table")).note_run()

        def application(_: AccountStore, __: Any = None) -> Any:
            client = boto3.client("secretsmanager")
            return parse(client.get_secret_value(SecretId="test/oauth-app")["SecretString"], "test/oauth-app")

        monkeypatch.setattr(AccountStore, "application", application)
        module_of("doctor")
        yield made


def report(stack: Handlers) -> list[Any]:
    answer = stack.call(handler_of("doctor"))
    assert answer["ok"] == all(each["ok"] for each in answer["checks"])
    assert "very-secret" not in json.dumps(answer)
    assert all(each["ok"] or each["what_to_do"] for each in answer["checks"])
    return list(answer["checks"])


def test_nothing_to_do(stack: Handlers) -> None:
    assert [each for each in report(stack) if not each["ok"]] == []
    assert len(report(stack)) >= 12


def test_a_stack_that_only_reads_has_no_moves_to_finish(stack: Handlers, monkeypatch: pytest.MonkeyPatch) -> None:
    boto3.client("scheduler").delete_schedule(Name="test-FinishReschedules", GroupName="test")
    assert [each["check"] for each in report(stack) if not each["ok"]] == ["schedule"]
    with monkeypatch.context() as reading:
        reading.setenv("ACTIONS", "read")
        settings.cache_clear()
        assert [each["check"] for each in report(stack) if not each["ok"]] == []
    settings.cache_clear()


def test_each_schedule_is_looked_at_whatever_became_of_the_others(stack: Handlers) -> None:
    client = boto3.client("scheduler")
    client.delete_schedule(Name="test-RotateTokens", GroupName="test")
    client.update_schedule(Name="test-FinishReschedules", **schedule("DISABLED"))
    gone, there, off = [each for each in report(stack) if each["check"] == "schedule"]
    assert (gone["ok"], gone["found"]) == (False, "test-RotateTokens is not there.")
    assert "Create it again" in gone["what_to_do"]
    assert (there["ok"], there["found"]) == (True, "test-HealSubscriptions is ENABLED.")
    assert (off["ok"], off["found"]) == (False, "test-FinishReschedules is DISABLED.")


def test_a_schedule_that_cannot_be_read_keeps_no_other_from_its_turn(
    stack: Handlers, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = EventBridgeSchedulerBackend.get_schedule

    def get_schedule(self: Any, group: str, name: str) -> Any:
        if name == "test-RotateTokens":
            raise JsonRESTError("AccessDeniedException", "No.")
        return read(self, group, name)

    monkeypatch.setattr(EventBridgeSchedulerBackend, "get_schedule", get_schedule)
    refused, *others = [each for each in report(stack) if each["check"] == "schedule"]
    assert (refused["ok"], "AccessDeniedException" in refused["found"]) == (False, True)
    assert [each["ok"] for each in others] == [True, True]


def days_ago(stack: Handlers) -> None:
    Directory(Table("Table"), now=lambda: time.time() - 86400).note_run()


def wrong_stack_state(stack: Handlers) -> None:
    boto3.client("cloudformation").delete_stack(StackName="test")


def subscription(**how: Any) -> None:
    Subscriptions(Table("Table")).note(
        Subscription(account="default", uri="https://api.calendly.com/webhook_subscriptions/A", **how)
    )


def close_calendly(stack: Handlers) -> None:
    stack.fault(path="/users/me", times=1, status=503)


def unsubscribe(stack: Handlers) -> None:
    alarm()
    (listed,) = boto3.client("sns").list_subscriptions()["Subscriptions"]
    boto3.client("sns").unsubscribe(SubscriptionArn=listed["SubscriptionArn"])


WRONG: dict[str, tuple[str, Callable[[Handlers], None]]] = {
    "the stack is gone": ("stack", wrong_stack_state),
    "no logging role": ("API logs", lambda _: logging_role("")),
    "no application": ("application", lambda _: store({})),
    "a secret with a line break": ("application", lambda _: store({**APPLICATION, "client_secret": "a\nb"})),
    "no signing key": ("application", lambda _: store({**APPLICATION, "webhook_signing_key": None})),
    "the key is disabled": (
        "key",
        lambda _: boto3.client("kms").disable_key(
            KeyId=boto3.client("kms").describe_key(KeyId="alias/test")["KeyMetadata"]["KeyId"]
        ),
    ),
    "no run for a day": ("rotation", days_ago),
    "a schedule is off": (
        "schedule",
        lambda _: boto3.client("scheduler").update_schedule(Name="test-RotateTokens", **schedule("DISABLED")),
    ),
    "a schedule is gone": (
        "schedule",
        lambda _: boto3.client("scheduler").delete_schedule(Name="test-HealSubscriptions", GroupName="test"),
    ),
    "an alarm without action": ("alarms", lambda _: alarm(AlarmActions=[])),
    "an alarm rings": (
        "alarm",
        lambda _: boto3.client("cloudwatch").set_alarm_state(
            AlarmName="test-ParkedAlarm", StateValue="ALARM", StateReason="x"
        ),
    ),
    "nobody hears": (
        "who is told",
        unsubscribe,
    ),
    "a scope is missing": ("account", lambda s: connect(replace(s.account, scopes=("users:read",), generation=2))),
    "a subscription is disabled": ("subscription", lambda _: subscription(state="disabled")),
    "a subscription fails": ("subscription", lambda _: subscription(state="active", retry_started_at="2026-01-01")),
    "Calendly is not reached": ("Calendly", close_calendly),
    "no protection": (
        "deletion",
        lambda _: boto3.client("dynamodb").update_table(TableName="Table", DeletionProtectionEnabled=False),
    ),
    "no account": ("accounts", lambda _: Table("Table").remove("account", "default") and None),
}


def test_what_is_wrong_is_named_and_nothing_else_is(stack: Handlers) -> None:
    """One after the other, on one stack: each adds what it is about to the report, and nothing else."""
    said = {found(each) for each in report(stack)}
    for what, (check, break_it) in WRONG.items():
        break_it(stack)
        after = report(stack)
        assert {each["check"] for each in after if found(each) not in said and not each["ok"]} == {check}, what
        said = {found(each) for each in after}


def found(line: dict[str, Any]) -> tuple[str, str]:
    return line["check"], line["found"]
