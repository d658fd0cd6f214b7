"""What the template promises to whoever lets it into a production account."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from local.permissions import Roles
from local.sam import Template
from tests.unit.test_architecture import FUNCTIONS, OURS, RESOURCES, ROOT, TEMPLATE, statements

OWN_ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
PARTITIONS = {
    "ConnectRole": {"account", "application", "connect", "webhooks"},
    "RetrieveAccountsRole": {"account", "application", "webhooks"},
    "DisconnectRole": {"account", "webhooks"},
    "DoctorRole": {"account", "application", "webhooks"},
    "RotateTokensRole": {"account", "application"},
    "CreateRole": {"idempotency#*"},
    "SubscribeRole": {"idempotency#*", "webhooks"},
    "ReceiveWebhookRole": {"webhook", "account", "webhooks", "connect"},
    "HealRole": {"account", "webhooks"},
    "BackfillFunctionRole": {"webhook", "webhooks"},
    "RescheduleRole": {"reschedule", "reschedule-open"},
    "FinishReschedulesRole": {"reschedule", "reschedule-open"},
    "OpenWaitRole": {"wait"},
    "WaitRole": {"wait"},
}
"""Who may use which items of the table. The local stack refuses the others, so that a need shows in the tests."""


@pytest.mark.parametrize("role", OURS)
def test_a_service_takes_a_role_for_this_account_alone_and_within_the_accounts_rules(role: str) -> None:
    properties = RESOURCES[role]["Properties"]
    (trust,) = properties["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"] == OWN_ACCOUNT
    assert properties["Path"] == {"Ref": "RolePath"}
    assert properties["PermissionsBoundary"]["If"][:2] == ["HasBoundary", {"Ref": "PermissionsBoundary"}]


def test_every_role_is_bound_to_its_items_of_the_table() -> None:
    table = {"GetAtt": "Table.Arn"}
    keys: dict[str, set[str]] = {}
    for role in OURS:
        for statement in statements(role):
            if statement["Resource"] == table and statement["Action"] != ["dynamodb:DescribeTable"]:
                found = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
                keys.setdefault(role, set()).update(found)
    assert keys == PARTITIONS


def test_the_local_stack_refuses_what_a_role_does_not_allow() -> None:
    roles = Roles(Template(ROOT / "template.yaml", {}))
    assert roles.allow("RotateTokens", "dynamodb:UpdateItem", "account")
    assert not roles.allow("RotateTokens", "dynamodb:UpdateItem", "connect")
    assert not roles.allow("RetrieveAccounts", "secretsmanager:GetSecretValue", None)
    assert roles.allow("CreateShare", "dynamodb:PutItem", "idempotency#create_share")
    assert roles.allow("RetrieveUser", "kms:Decrypt", None)


@pytest.mark.parametrize("name", ["Table", "Key", "DeliveryBucket", "ExportBucket"])
def test_what_cannot_be_made_again_stays_unless_the_first_deployment_fails(name: str) -> None:
    assert (RESOURCES[name]["DeletionPolicy"], RESOURCES[name]["UpdateReplacePolicy"]) == (
        "RetainExceptOnCreate",
        "Retain",
    )


def test_no_side_effect_on_the_accounts_other_apis_by_default() -> None:
    assert TEMPLATE["Parameters"]["ApiGatewayLogging"]["Default"] == "exists"
    assert TEMPLATE["Parameters"]["DeletionProtection"]["Default"] == "off"


@pytest.mark.parametrize(
    ("address", "taken"),
    [
        ("https://api.calendly.com", True),
        ("http://127.0.0.1:4010", True),
        ("http://localhost", True),
        ("http://api.calendly.com", False),
        ("http://127.0.0.1.example.com", False),
        ("https://api.calendly.com/v2", False),
    ],
)
def test_tokens_are_sent_over_https_except_to_this_machine(address: str, taken: bool) -> None:
    for name in ("CalendlyApiUrl", "CalendlyAuthUrl"):
        pattern = TEMPLATE["Parameters"][name]["AllowedPattern"]
        assert bool(re.fullmatch(pattern, address)) is taken


def every_state(node: Any) -> list[dict[str, Any]]:
    found = list(node.get("States", {}).values())
    return found + [inner for state in found for inner in every_state(state.get("ItemProcessor", {}))]


@pytest.mark.parametrize("path", sorted((ROOT / "statemachines").glob("*.asl.json")), ids=lambda path: path.name)
def test_nothing_in_a_workflow_waits_for_ever_nor_ends_before_its_function(path: Any) -> None:
    definition = json.loads(path.read_text())
    assert definition["TimeoutSeconds"]
    for state in (each for each in every_state(definition) if each["Type"] == "Task"):
        name = re.fullmatch(r"\$\{(\w+)\}", str(state["Arguments"].get("FunctionName", "")))
        lambda_seconds = FUNCTIONS[name[1]]["Properties"].get("Timeout", 60) if name else 0
        # Whoever waits for a person computes the time.
        waits = state["Resource"].endswith(".waitForTaskToken")
        assert state["TimeoutSeconds"] if waits else state["TimeoutSeconds"] > lambda_seconds


def test_the_dashboard_shows_every_alarm_and_every_class_of_error() -> None:
    body = RESOURCES["Dashboard"]["Properties"]["DashboardBody"]["Sub"]
    assert len(json.loads(body)["widgets"]) >= 9
    for name in [name for name, each in RESOURCES.items() if each["Type"] == "AWS::CloudWatch::Alarm"]:
        assert f"${{AWS::StackName}}-{name}" in body
    assert '"FailedOutcomeUnknownError"' in body
    assert set(re.findall(r"\$\{([^}]+)\}", body)) <= {
        "AWS::StackName",
        "AWS::Region",
        "AWS::AccountId",
        "AWS::Partition",
    }


def test_doctor_may_describe_the_stack_by_its_name() -> None:
    """CloudFormation then checks the name with a wildcard; an id in the policy would not match."""
    (statement,) = [each for each in statements("DoctorRole") if each["Action"] == ["cloudformation:DescribeStacks"]]
    assert statement["Resource"]["Sub"].endswith(":stack/${AWS::StackName}/*")
