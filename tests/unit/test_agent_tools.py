"""The actions as tools: what a model is shown is valid, small enough, and says what it must."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from accounts.settings import settings
from actions.declaration import TOOL_SETS
from actions.tools import SETS, Tool, load
from calendly import codec
from generate.catalog import ROOT, Action, actions
from tests.unit.test_architecture import FUNCTIONS, granted, statements

FILE = ROOT / "functions" / "agents" / "tools.json"
TOOLS: dict[str, Tool] = {name: Tool(name, **entry) for name, entry in json.loads(FILE.read_text()).items()}
BUDGETS = {"read": 24_000, "booking": 40_000, "all": 120_000}
"""Bytes of ``tools/list``. A token is four bytes and more (docs/agents.md), and ``read`` is to take at most 8,000."""

ALL = pytest.mark.parametrize("action", actions(), ids=lambda action: action.name)


@ALL
def test_a_tool_is_shown_as_its_action_is_declared(action: Action) -> None:
    tool, shown = TOOLS[action.name], TOOLS[action.name].shown
    schema = shown["inputSchema"]
    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator(schema).is_valid(dict(action.declaration.example or {}))
    assert not Draft202012Validator(schema).is_valid({**(action.declaration.example or {}), "account": "sales"})
    assert set(schema["properties"]) ^ set(action.model.model_fields) == {
        "account",
        "correlation_id",
        *(["why"] if action.writes else []),
    }
    assert "outputSchema" not in shown
    assert shown["annotations"]["readOnlyHint"] is not action.writes
    assert shown["annotations"].get("destructiveHint", False) is action.declaration.destroys
    assert (tool.function, tool.writes) == (action.logical_id, action.writes)
    assert action.summary in shown["description"].replace("\n", " ")


def test_the_sets_are_small_enough_for_a_model() -> None:
    sizes = {name: len(codec.encode([tool.shown for tool in members(name)])) for name in SETS}
    assert {name: size for name, size in sizes.items() if size > BUDGETS[name]} == {}
    assert len(members("read")) <= 25
    assert not [tool.name for tool in members("read") if tool.writes]
    assert all("call_calendly" not in [tool.name for tool in members(name)] for name in TOOL_SETS)
    assert "call_calendly" in [tool.name for tool in members("all")]


def members(chosen: str) -> list[Tool]:
    return list(load(FILE, chosen).values())


def test_a_stack_that_only_reads_offers_no_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACTIONS", "read")
    settings.cache_clear()
    try:
        assert {tool.name for tool in members("all") if tool.writes} == {"call_calendly"}
    finally:
        settings.cache_clear()


def test_what_runs_tools_may_invoke_every_action_and_nothing_else() -> None:
    allowed, denied = _invoking("AnswerMcpRole")
    assert (allowed["Effect"], denied["Effect"]) == ("Allow", "Deny")
    others = set(FUNCTIONS) - {action.logical_id for action in actions()}
    assert {each["Sub"].rsplit("-", 1)[1] for each in denied["Resource"]} == others


def _invoking(role: str) -> list[dict[str, Any]]:
    return [each for each in statements(role) if "lambda:InvokeFunction" in each["Action"]]


def test_the_door_reads_no_secret_and_no_table() -> None:
    assert granted("AnswerMcpRole") == {"lambda:InvokeFunction", "events:PutEvents"}
