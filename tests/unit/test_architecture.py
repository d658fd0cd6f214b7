"""What has to stay true of the tree: who may import whom, and that nothing is listed twice."""

from __future__ import annotations

import ast
import re
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import pytest
import yaml

from generate.catalog import Action, actions, functions

ROOT = Path(__file__).parents[2]
LAYER = ROOT / "layers" / "calendly"
LAYERS = ["calendly", "accounts", "actions"]


class _Loader(yaml.CSafeLoader):
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
AGENTS: dict[str, Any] = yaml.load((ROOT / "agents.yaml").read_text(), Loader=_Loader)["Resources"]  # noqa: S506
"""The stack with AgentCore's gateway."""

FUNCTIONS = {name: r for name, r in RESOURCES.items() if r["Type"] == "AWS::Serverless::Function"}
ACTIONS = [ROOT / "functions" / action.family / f"{action.name}.py" for action in actions()]


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
    above = set(LAYERS[LAYERS.index(package) + 1 :]) | {"generate", "sandbox", "local", "tests"}
    for path in (LAYER / package).rglob("*.py"):
        assert not imported(path) & above, path


def modules(folder: Path, prefix: str = "") -> dict[str, Path]:
    """The modules of a package folder, by dotted name."""
    found = {}
    for path in folder.rglob("*.py"):
        parts = [*([prefix] if prefix else []), *path.relative_to(folder).with_suffix("").parts]
        found[".".join(part for part in parts if part != "__init__")] = path
    return found


def edges(found: dict[str, Path]) -> dict[str, set[str]]:
    """Which module imports which of the others, wherever in the file; a name's own module counts, not its package."""
    arrows: dict[str, set[str]] = {name: set() for name in found}
    for name, path in found.items():
        for node in ast.walk(ast.parse(path.read_text())):
            targets: list[str] = []
            if isinstance(node, ast.Import):
                targets = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                targets = [f"{node.module}.{alias.name}" for alias in node.names]
                targets = [each if each in found else node.module for each in targets]
            arrows[name] |= {target for target in targets if target in found and target != name}
    return arrows


@pytest.mark.parametrize("place", ["layers/calendly", "sandbox", "local", "generate"])
def test_no_module_imports_itself_through_others(place: str) -> None:
    arrows = edges(modules(ROOT / place, "" if place.startswith("layers") else place))
    assert any(arrows.values())
    TopologicalSorter(arrows).prepare()


NOT_OURS_TO_WRITE = {"socket", "ssl", "http", "httptools", "hmac", "botocore.auth", "botocore.awsrequest"}
"""What speaks HTTP, signs AWS requests or opens sockets by hand."""


def test_the_product_is_built_on_its_packages() -> None:
    signed_by_hand = {"calendly/webhooks.py", "accounts/sealing.py"}  # Calendly's signature, a parked token's tag
    for path in [*LAYER.rglob("*.py"), *(ROOT / "functions").rglob("*.py")]:
        text, name = path.read_text(), "/".join(path.parts[-2:])
        forbidden = NOT_OURS_TO_WRITE - ({"hmac"} if name in signed_by_hand else set())
        if name in ("calendly/http.py", "calendly/reading.py"):
            forbidden -= {"http", "socket", "ssl"}
            assert "socket.socket(" not in text
            assert "create_connection" not in text
        assert not imported(path) & forbidden, path
        assert "_aws" not in text or "CloudWatchMetrics" not in text, path
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())
    named = {re.split(r"[<>=\[]", each)[0] for each in wanted["project"]["dependencies"]}
    assert named == {"aws-lambda-powertools", "pydantic", "requests", "requests-aws4auth"}
    assert [re.split(r"[<>=]", each)[0] for each in wanted["dependency-groups"]["runtime"]] == ["boto3"]


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
    assert len(path.read_text().splitlines()) <= 80


ROLES = {True: {"CreateRole", "SubscribeRole", "WriteRole"}, False: {"ActionRole", "RescheduleRole"}}
"""The roles of actions, by whether they take idempotency keys."""


@pytest.mark.parametrize("action", actions(), ids=lambda action: action.name)
def test_an_action_has_a_function_with_a_fitting_role(action: Action) -> None:
    properties = FUNCTIONS[action.logical_id]["Properties"]
    assert properties["CodeUri"] == f"functions/{action.family}/"
    assert properties["Handler"] == f"{action.name}.handler"
    assert properties["Role"]["GetAtt"].removesuffix(".Arn") in ROLES[action.creates]
    route = properties["Events"]["Http"]["Properties"]
    assert (route["Method"], route["Path"]) == (action.declaration.method, action.route)


def test_every_function_of_the_template_is_there() -> None:
    handlers = {f"functions/{path.parent.name}/{path.stem}.handler" for path in functions()}
    deployed = [*FUNCTIONS.values(), AGENTS["AnswerGateway"]]
    assert {f"{each['Properties']['CodeUri']}{each['Properties']['Handler']}" for each in deployed} == handlers


def statements(role: str) -> list[dict[str, Any]]:
    """What a role may do, by itself and by the policies it shares."""
    properties = RESOURCES[role]["Properties"]
    shared = [RESOURCES[policy["Ref"]]["Properties"] for policy in properties.get("ManagedPolicyArns", ())]
    policies = [*properties.get("Policies", ()), *shared]
    found = [statement for policy in policies for statement in policy["PolicyDocument"]["Statement"]]
    # What is granted in a VPC alone is no part of it.
    return [statement for statement in found if "If" not in statement]


OURS = [
    role
    for role, resource in RESOURCES.items()
    if resource["Type"] == "AWS::IAM::Role" and role != "ApiGatewayLoggingRole"
]


EVERY_FUNCTION = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}


def granted(role: str) -> set[str]:
    """What a function's role may do, besides what every function may."""
    found = {action for statement in statements(role) for action in statement["Action"]}
    assert found >= EVERY_FUNCTION
    return found - EVERY_FUNCTION


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
    assert granted("ActionRole") == {"secretsmanager:GetSecretValue", "kms:Decrypt", "lambda:InvokeFunction"}


def test_only_what_creates_or_takes_deliveries_may_use_the_table_of_the_actions() -> None:
    for role, partitions in (
        ("CreateRole", ["idempotency#*"]),
        ("SubscribeRole", ["idempotency#*"]),
        ("RescheduleRole", ["reschedule", "reschedule-open"]),
    ):
        own = [statement for statement in statements(role) if "dynamodb:PutItem" in statement["Action"]]
        assert [each["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] for each in own] == [partitions]
    assert "secretsmanager:GetSecretValue" in {
        action for each in statements("ReceiveWebhookRole") for action in each["Action"]
    }
    assert [
        each["Resource"]
        for each in statements("ReceiveWebhookRole")
        if "secretsmanager:GetSecretValue" in each["Action"]
    ] == [{"Ref": "OAuthApp"}]


def test_every_route_but_the_callback_and_the_receiver_is_signed() -> None:
    auth = RESOURCES["Api"]["Properties"]["Auth"]
    assert (auth["DefaultAuthorizer"], auth["InvokeRole"]) == ("AWS_IAM", "NONE")
    open_routes = {
        event["Properties"]["Path"]
        for function in FUNCTIONS.values()
        for event in function["Properties"].get("Events", {}).values()
        if event["Type"] == "Api" and "Auth" in event["Properties"]
    }
    assert open_routes == {"/oauth/callback", "/webhooks/{account}"}
    anybody, others = auth["ResourcePolicy"]["CustomStatements"]
    assert anybody["Resource"] == ["execute-api:/v1/GET/oauth/callback", "execute-api:/v1/POST/webhooks/*"]
    assert others["If"][0] == "HasCallers"
    settings = RESOURCES["Api"]["Properties"]["MethodSettings"]
    own = {each["ResourcePath"].replace("~1", "/")[1:]: each for each in settings if each["HttpMethod"] != "*"}
    assert own.keys() == open_routes
    assert all(each["ThrottlingRateLimit"] <= 25 and each["DataTraceEnabled"] is False for each in own.values())


def test_every_public_function_of_the_layer_says_what_it_is_for() -> None:
    for path in LAYER.rglob("*.py"):
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), path
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
                trivial = isinstance(node, ast.FunctionDef) and len(node.body) <= 2
                assert trivial or ast.get_docstring(node), f"{path}: {node.name}"
