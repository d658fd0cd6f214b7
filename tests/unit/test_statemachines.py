"""The definitions in ``statemachines/``: valid, careful about errors, and allowed what they do and nothing else."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from cfnlint.api import lint

import calendly.errors
from calendly.errors import CalendlyError
from tests.unit.test_architecture import RESOURCES, ROOT, statements

DEFINITIONS = {path.name.split(".")[0]: path for path in sorted((ROOT / "statemachines").glob("*.asl.json"))}
MACHINES = {
    resource["Properties"]["DefinitionUri"].split("/")[1].split(".")[0]: resource["Properties"]
    for resource in RESOURCES.values()
    if resource["Type"] == "AWS::Serverless::StateMachine"
}
EACH = pytest.mark.parametrize("name", DEFINITIONS)
KNOWN = pytest.mark.parametrize("name", [name for name in DEFINITIONS if name != "approve_write"])
"""All but the one whose input says which action it runs."""

RETRYABLE = {
    name
    for name, kind in inspect.getmembers(calendly.errors, inspect.isclass)
    if issubclass(kind, CalendlyError) and kind.retryable
}


def definition(name: str) -> Any:
    return json.loads(DEFINITIONS[name].read_text())


def states(node: Any) -> Iterator[dict[str, Any]]:
    """Every state, those within a Map among them."""
    for state in node.get("States", {}).values():
        yield state
        yield from states(state.get("ItemProcessor", {}))


def tasks(name: str) -> list[dict[str, Any]]:
    return [state for state in states(definition(name)) if ":lambda:invoke" in state.get("Resource", "")]


def retried(state: dict[str, Any]) -> set[str]:
    return {error for retrier in state.get("Retry", ()) for error in retrier["ErrorEquals"]}


def test_every_definition_is_deployed() -> None:
    assert (
        set(DEFINITIONS)
        == set(MACHINES)
        == {"approve_write", "backfill", "book_and_wait", "export_events", "on_booking", "send_booking_link"}
    )


def problems(definition: str, substitutions: Any = ()) -> list[str]:
    """What is wrong with a definition, by the schema that cfn-lint has."""
    properties = {
        "RoleArn": "arn:aws:iam::123456789012:role/x",
        "DefinitionString": definition,
        **({"DefinitionSubstitutions": dict.fromkeys(substitutions, "x")} if substitutions else {}),
    }
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    template = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Machine": machine}}
    return [str(match) for match in lint(json.dumps(template))]


@EACH
def test_a_definition_is_valid(name: str) -> None:
    """``make check`` asks asl-validator, too, where it can be had."""
    # Step Functions takes an expression for a timeout; the schema of cfn-lint does not know that.
    text = re.sub(r'("TimeoutSeconds": )"{%.*%}"', r"\g<1>1", DEFINITIONS[name].read_text())
    assert problems(text, MACHINES[name]["DefinitionSubstitutions"]) == []


def test_the_validator_notices_a_definition_that_is_wrong() -> None:
    assert problems(json.dumps({"StartAt": "A", "States": {"A": {"Type": "Task", "Retry": "often"}}}))


@KNOWN
def test_every_task_retries_what_may_pass(name: str) -> None:
    assert tasks(name)
    for task in tasks(name):
        assert retried(task) >= RETRYABLE
        assert retried(task) >= {"Lambda.ServiceException", "Lambda.TooManyRequestsException", "Lambda.Unknown"}
        assert "OutcomeUnknownError" not in retried(task)
        assert task["Retry"] == tasks("on_booking")[0]["Retry"], "one way to retry, everywhere"


@EACH
def test_every_task_says_what_happens_when_only_a_person_can_help(name: str) -> None:
    for task in tasks(name):
        caught = {error for catcher in task["Catch"] for error in catcher["ErrorEquals"]}
        assert caught & {"ReauthenticationRequiredError", "States.ALL"}


@EACH
def test_what_creates_is_called_with_a_key(name: str) -> None:
    for task in tasks(name):
        if "Create" in task["Arguments"]["FunctionName"]:
            assert "idempotency_key" in task["Arguments"]["Payload"]


@EACH
def test_what_creates_within_a_map_takes_a_key_of_the_item(name: str) -> None:
    for state in states(definition(name)):
        inner = [each for each in states(state.get("ItemProcessor", {})) if "Create" in str(each.get("Arguments"))]
        if state["Type"] == "Map" and inner:
            assert "Map.Item.Index" in json.dumps(state["ItemSelector"])
            assert all("Execution.Id" not in each["Arguments"]["Payload"]["idempotency_key"] for each in inner)


def test_an_approved_write_is_repeated_only_where_it_did_not_happen() -> None:
    (write,) = tasks("approve_write")
    assert retried(write) == RETRYABLE | {"Lambda.TooManyRequestsException"}
    role = statements("ApproveWriteRole")
    assert [each for each in role if "lambda:InvokeFunction" in each["Action"]] == [
        each for each in statements("AnswerMcpRole") if "lambda:InvokeFunction" in each["Action"]
    ]
    assert set(MACHINES["approve_write"]["DefinitionSubstitutions"]) == {"Stack", "Bus", "OperatorTopic"}


@KNOWN
def test_a_workflow_may_call_its_tasks_and_no_others(name: str) -> None:
    machine = MACHINES[name]
    called = {re.sub(r"[${}]", "", task["Arguments"]["FunctionName"]) for task in tasks(name)}
    allowed = [each for each in statements(_role(machine)) if "lambda:InvokeFunction" in each["Action"]]
    assert [each["Resource"] for each in allowed] == [
        [{"GetAtt": f"{function}.Arn"} for function in _sorted(called, allowed)]
    ]
    used = set(re.findall(r"\$\{(\w+)\}", DEFINITIONS[name].read_text()))
    assert used == set(machine["DefinitionSubstitutions"])


def _role(machine: dict[str, Any]) -> str:
    return str(machine["Role"]["GetAtt"].split(".")[0])


def _sorted(called: set[str], allowed: list[dict[str, Any]]) -> list[str]:
    """In the order of the template."""
    order = [each["GetAtt"].split(".")[0] for each in allowed[0]["Resource"]]
    return sorted(called, key=order.index)


@EACH
def test_a_workflow_is_logged_and_traced_without_what_it_handles(name: str) -> None:
    machine = MACHINES[name]
    assert machine["Tracing"] == {"Enabled": True}
    assert machine["Logging"]["Level"] == "ALL"
    assert machine["Logging"]["IncludeExecutionData"] is False


@EACH
def test_a_workflow_has_an_example_of_its_input(name: str) -> None:
    assert isinstance(json.loads((ROOT / "statemachines" / "inputs" / f"{name}.json").read_text()), dict)


def test_the_page_shows_the_retry_and_the_catch_that_are_used() -> None:
    page = (ROOT / "docs" / "step-functions.md").read_text()
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", page, re.DOTALL)]
    for machine in (block for block in blocks if isinstance(block, dict) and "StartAt" in block):
        assert problems(json.dumps(machine)) == []
    task = tasks("on_booking")[0]
    shown = [each for block in blocks for each in ([block, *states(block)] if isinstance(block, dict) else [])]
    assert any(each.get("Retry") == task["Retry"] for each in shown)
    for name in {*RETRYABLE, "ReauthenticationRequiredError", "NotFoundError", "OutcomeUnknownError"}:
        assert f"`{name}`" in page
