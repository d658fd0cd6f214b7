"""What is made from the actions' files is up to date, valid, and within what AWS takes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_spec_validator import OpenAPIV31SpecValidator

from actions.declaration import TOOL_SETS
from actions.inputs import parse
from generate import budget
from generate.__main__ import outdated
from generate.catalog import ROOT, Action, actions
from generate.openapi import input_schema

ALL = pytest.mark.parametrize("action", actions(), ids=lambda action: action.name)
DOCUMENT: dict[str, Any] = yaml.safe_load((ROOT / "openapi.yaml").read_text())


def test_everything_generated_is_up_to_date() -> None:
    stale = outdated(ROOT, actions())
    assert stale == [], f"Run `make generate`: {', '.join(stale)} do not say what the actions say."


@ALL
def test_an_action_declares_what_others_make_things_from(action: Action) -> None:
    declared = action.declaration
    assert declared.method in ("GET", "POST", "PATCH", "DELETE")
    assert declared.scope == "" or declared.scope.endswith((":read", ":write"))
    assert action.description, f"{action.name} has no docstring: it is the description wherever one is shown."
    assert len(action.summary) <= 120
    assert set(declared.tools) <= set(TOOL_SETS)
    assert not (action.writes and "read" in declared.tools), (
        f"{action.name} writes, and is in the set of tools that read."
    )
    assert action.writes or not declared.destroys


@ALL
def test_an_action_has_an_example_that_its_input_takes(action: Action) -> None:
    assert action.declaration.example is not None, f"{action.name} has no example: declare one that the sandbox knows."
    parse(action.model, action.declaration.example)


@ALL
def test_every_input_is_described(action: Action) -> None:
    schema = action.model.model_json_schema()
    vague = [name for name in action.own_fields if not described(schema["properties"][name])]
    assert vague == [], f"{action.name}: say what {', '.join(vague)} is, with Field(description=...)."


def described(schema: dict[str, Any]) -> bool:
    """Whether a schema says what it is for: in words, or by its values."""
    options = [schema, *schema.get("anyOf", ())]
    return any("description" in option or "enum" in option or "const" in option for option in options)


@ALL
def test_the_schema_of_an_input_speaks_json_schema(action: Action) -> None:
    properties, _ = input_schema(action)
    pydantics = {"ge", "gt", "le", "lt", "max_length", "min_length", "$ref"}
    assert keywords({"type": "object", "properties": properties}) & pydantics == set()


def keywords(schema: Any) -> set[str]:
    """The keywords of a schema and of those within it."""
    if not isinstance(schema, dict):
        return set()
    inner = [*schema.get("properties", {}).values(), schema.get("items"), *schema.get("anyOf", ())]
    return set(schema).union(*map(keywords, [*inner, schema.get("additionalProperties")]))


@ALL
def test_an_event_is_what_the_door_gets(action: Action) -> None:
    event = json.loads((ROOT / "events" / action.name / "http.json").read_text())
    assert event["resource"] == action.route
    assert "{" not in event["path"]


def test_the_openapi_document_is_valid() -> None:
    assert [error.message for error in OpenAPIV31SpecValidator(DOCUMENT).iter_errors()] == []
    operations = [operation["operationId"] for path in DOCUMENT["paths"].values() for operation in path.values()]
    assert sorted(operations) == sorted(action.name for action in actions())


def test_the_stack_is_within_what_cloudformation_and_api_gateway_take() -> None:
    used = budget.measure(ROOT / "template.yaml")
    assert used.resources <= budget.RESOURCES
    assert used.template_bytes <= budget.TEMPLATE_BYTES
    assert used.api_resources <= budget.API_RESOURCES


def test_the_longest_name_of_a_stack_is_told() -> None:
    """Lambda takes 64 characters, of which the longest function name and a hyphen are not the stack's."""
    length = budget.longest_stack_name(ROOT / "template.yaml")
    assert length >= budget.STACK_NAME
    assert f"at most {budget.STACK_NAME} characters" in (ROOT / "README.md").read_text()


def test_a_conditional_resource_is_no_unconditional_dependency(tmp_path: Path) -> None:
    """cfn-lint misses it in the source, where the resource's name begins with a SAM resource's."""
    from cfnlint.api import ManualArgs, lint

    transformed = budget.transform(ROOT / "template.yaml")
    messages = lint(json.dumps(transformed), config=ManualArgs(regions=["us-east-1"]))
    assert [f"{match.rule.id}: {match.message}" for match in messages if match.rule.id.startswith("E")] == []
