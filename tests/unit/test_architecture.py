"""What has to stay true of the tree: who may import whom, and that nothing is listed twice."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "calendly"
LAYERS = ["calendly", "accounts", "actions"]


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's tags as plain values."""


def _tag(loader: _Loader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return {suffix: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {suffix: loader.construct_sequence(node, deep=True)}
    return {suffix: loader.construct_mapping(node, deep=True)}  # type: ignore[arg-type]


_Loader.add_multi_constructor("!", _tag)
TEMPLATE: dict[str, Any] = yaml.load((ROOT / "template.yaml").read_text(), Loader=_Loader)  # noqa: S506
RESOURCES = TEMPLATE["Resources"]
FUNCTIONS = {name: r for name, r in RESOURCES.items() if r["Type"] == "AWS::Serverless::Function"}
NO_ACTIONS = {"accounts", "webhooks", "exports"}
"""Functions that look after accounts, take deliveries, and work for a state machine."""

ACTIONS = sorted(path for path in (ROOT / "functions").glob("*/*.py") if path.parent.name not in NO_ACTIONS)


def imported(path: Path) -> set[str]:
    """Top-level names that a file imports, wherever in the file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("package", LAYERS)
def test_imports_run_one_way(package: str) -> None:
    above = set(LAYERS[LAYERS.index(package) + 1 :]) | {"sandbox", "local", "tests"}
    for path in (LAYER / package).rglob("*.py"):
        assert not imported(path) & above, path


def test_the_client_knows_no_aws() -> None:
    for path in (LAYER / "calendly").rglob("*.py"):
        assert not imported(path) & {"boto3", "botocore", "aws_lambda_powertools"}, path


def test_the_sandbox_shares_no_code_with_the_client() -> None:
    for path in (ROOT / "sandbox").rglob("*.py"):
        assert not imported(path) & {*LAYERS, "local"}, path


@pytest.mark.parametrize("path", ACTIONS, ids=lambda path: path.stem)
def test_an_action_is_a_model_a_scope_and_a_function(path: Path) -> None:
    assert not imported(path) & {"boto3", "requests", "accounts", "json", "os"}
    tree = ast.parse(path.read_text())
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Try)]
    assert ast.get_docstring(tree)
    assert len(path.read_text().splitlines()) <= 60


def logical_id(action: str) -> str:
    return "".join(word.capitalize() for word in action.split("_"))


ROLES = {
    "create_single_use_scheduling_link": "CreateRole",
    "create_webhook_subscription": "SubscribeRole",
}


def test_every_action_has_a_function_and_two_events() -> None:
    assert len(ACTIONS) == 21
    for path in ACTIONS:
        properties = FUNCTIONS[logical_id(path.stem)]["Properties"]
        assert properties["CodeUri"] == f"functions/{path.parent.name}/"
        assert properties["Handler"] == f"{path.stem}.handler"
        assert properties["Role"] == {"GetAtt": f"{ROLES.get(path.stem, 'ActionRole')}.Arn"}
        route = properties["Events"]["Http"]["Properties"]
        event = json.loads((ROOT / "events" / path.stem / "http.json").read_text())
        assert (event["httpMethod"], event["resource"]) == (route["Method"], route["Path"])
        assert (ROOT / "events" / path.stem / "direct.json").exists()
    assert {path.name for path in (ROOT / "events").iterdir()} == {path.stem for path in ACTIONS}


def test_a_connect_asks_for_the_scopes_that_the_actions_need() -> None:
    needed = {"organizations:read", "users:read"}
    for path in ACTIONS:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and node.arg == "scope":
                assert isinstance(node.value, ast.Constant)
                needed.add(node.value.value)
    # Calendly's write scopes include reading.
    implied = {scope.replace(":write", ":read") for scope in needed if scope.endswith(":write")}
    assert set(TEMPLATE["Parameters"]["OAuthScopes"]["Default"].split()) == needed - implied


def statements(role: str) -> list[dict[str, Any]]:
    """What a role may do, by itself and by the policies it shares."""
    properties = RESOURCES[role]["Properties"]
    shared = [RESOURCES[policy["Ref"]]["Properties"] for policy in properties.get("ManagedPolicyArns", ())]
    policies = [*properties.get("Policies", ()), *shared]
    return [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]


OURS = [
    role
    for role, resource in RESOURCES.items()
    if resource["Type"] == "AWS::IAM::Role" and role != "ApiGatewayLoggingRole"
]


def roles_allowed(action: str) -> set[str]:
    return {role for role in OURS for statement in statements(role) if action in statement["Action"]}


def test_only_those_who_must_may_write_account_secrets() -> None:
    assert roles_allowed("secretsmanager:PutSecretValue") == {"ConnectRole", "RotateTokensRole"}
    assert roles_allowed("secretsmanager:UpdateSecretVersionStage") == {"ConnectRole", "RotateTokensRole"}
    assert roles_allowed("secretsmanager:CreateSecret") == {"ConnectRole"}
    assert roles_allowed("secretsmanager:DeleteSecret") == {"ConnectRole", "DisconnectRole"}
    assert roles_allowed("secretsmanager:RestoreSecret") == {"ConnectRole", "DisconnectRole"}
    for role in OURS:
        for statement in statements(role):
            assert not [action for action in statement["Action"] if "*" in action]


def test_actions_may_read_secrets_and_ask_for_rotation_and_nothing_else() -> None:
    granted = {action for statement in statements("ActionRole") for action in statement["Action"]}
    assert granted == {
        "secretsmanager:GetSecretValue",
        "kms:Decrypt",
        "lambda:InvokeFunction",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "xray:PutTraceSegments",
        "xray:PutTelemetryRecords",
    }


def test_only_what_creates_or_takes_deliveries_may_use_the_table_of_the_actions() -> None:
    for role, partition in (("CreateRole", "idempotency#*"), ("SubscribeRole", "idempotency#*")):
        own = [statement for statement in statements(role) if "dynamodb:PutItem" in statement["Action"]]
        assert [each["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] for each in own] == [[partition]]
    assert "secretsmanager:GetSecretValue" in {
        action for each in statements("ReceiveWebhookRole") for action in each["Action"]
    }
    assert [
        each["Resource"]
        for each in statements("ReceiveWebhookRole")
        if "secretsmanager:GetSecretValue" in each["Action"]
    ] == [{"Ref": "OAuthApp"}]


def test_every_route_but_the_callback_and_the_receiver_is_signed() -> None:
    assert RESOURCES["Api"]["Properties"]["Auth"] == {"DefaultAuthorizer": "AWS_IAM", "InvokeRole": "NONE"}
    open_routes = {
        event["Properties"]["Path"]
        for function in FUNCTIONS.values()
        for event in function["Properties"].get("Events", {}).values()
        if event["Type"] == "Api" and "Auth" in event["Properties"]
    }
    assert open_routes == {"/oauth/callback", "/webhooks/{account}"}


def test_every_public_function_of_the_layer_says_what_it_is_for() -> None:
    for path in LAYER.rglob("*.py"):
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), path
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                trivial = isinstance(node, ast.FunctionDef) and len(node.body) <= 2
                assert trivial or ast.get_docstring(node), f"{path}: {node.name}"
