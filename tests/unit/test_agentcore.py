"""``agents.yaml``: AgentCore is given what the actions take, in its words, and may do no more than MCP may."""

from __future__ import annotations

from typing import Any

import pytest

from generate.agentcore import TARGET
from generate.catalog import actions
from tests.unit.test_agent_tools import TOOLS, members
from tests.unit.test_architecture import AGENTS, statements

TYPES = {"string", "number", "object", "array", "boolean", "integer"}


def payload(target: str) -> list[dict[str, Any]]:
    lambda_ = AGENTS[target]["Properties"]["TargetConfiguration"]["Mcp"]["Lambda"]
    found: list[dict[str, Any]] = lambda_["ToolSchema"]["InlinePayload"]
    return found


@pytest.mark.parametrize("chosen", ["read", "booking", "all"])
def test_a_target_has_the_tools_of_its_set(chosen: str) -> None:
    target = f"{chosen.capitalize()}Target"
    assert [tool["Name"] for tool in payload(target)] == [tool.name for tool in members(chosen)]
    assert AGENTS[target]["Properties"]["Name"] == TARGET


def test_a_schema_agrees_with_its_action() -> None:
    models = {action.name: action for action in actions()}
    for tool in payload("AllTarget"):
        schema, action = tool["InputSchema"], models[tool["Name"]]
        assert set(schema.get("Properties", ())) == set(TOOLS[action.name].shown["inputSchema"]["properties"])
        assert schema.get("Required", []) == action.required
        assert len(f"{TARGET}___{tool['Name']}") <= 64
        assert tool["Description"]
        check(schema)


def check(schema: dict[str, Any]) -> None:
    """Only AgentCore's words, all the way down."""
    assert set(schema) <= {"Type", "Description", "Properties", "Required", "Items"}
    assert schema["Type"] in TYPES
    assert (schema["Type"] == "array") == ("Items" in schema)
    for inner in (*schema.get("Properties", {}).values(), *([schema["Items"]] if "Items" in schema else [])):
        check(inner)


def test_the_rules_that_agentcore_has_no_words_for_are_said() -> None:
    (events,) = (tool for tool in payload("ReadTarget") if tool["Name"] == "retrieve_events")
    said = {name: each["Description"] for name, each in events["InputSchema"]["Properties"].items()}
    assert "One of: active, canceled" in said["status"]
    assert "ISO 8601" in said["min_start_time"]
    assert "at most 100" in said["count"]


def test_the_gateways_function_may_do_what_the_mcp_function_may() -> None:
    own = AGENTS["AnswerGatewayRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    assert denied(own) == denied(statements("AnswerMcpRole"))
    assert {action for each in own for action in each["Action"]} == {
        action for each in statements("AnswerMcpRole") for action in each["Action"]
    }
    trust = AGENTS["GatewayRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Condition"]["StringEquals"]["aws:SourceAccount"] == {"Ref": "AWS::AccountId"}


def denied(policy: list[dict[str, Any]]) -> list[str]:
    """The functions that a policy says may not be invoked."""
    refused = [each for statement in policy if statement["Effect"] == "Deny" for each in statement["Resource"]]
    return [each["Sub"].rsplit("-", 1)[1] for each in refused]
