"""What is made from the actions' files is up to date, valid, and within what AWS takes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
import yaml
from jsonschema import Draft4Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from actions.declaration import TOOL_SETS
from actions.inputs import parse
from calendly.documents import Document
from generate import budget, samples
from generate.__main__ import left_over, outdated
from generate.catalog import ROOT, Action, actions
from generate.models import draft_4
from generate.openapi import input_schema

ALL = pytest.mark.parametrize("action", actions(), ids=lambda action: action.name)
DOCUMENT: dict[str, Any] = yaml.load((ROOT / "openapi.yaml").read_text(), yaml.CSafeLoader)


def test_everything_generated_is_up_to_date() -> None:
    stale = outdated(ROOT, actions())
    assert stale == [], f"Run `make generate`: {', '.join(stale)} do not say what the actions say."


@pytest.fixture(scope="module")
def transformed() -> dict[str, Any]:
    """The template as CloudFormation gets it; ``make check`` lints that, too."""
    return budget.transform(ROOT / "template.yaml")


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


def test_no_part_of_a_path_has_a_default() -> None:
    """Generated clients put arguments with a default after those without; out of order they are no Python."""
    parameters = [each for path in DOCUMENT["paths"].values() for way in path.values() for each in way["parameters"]]
    assert [each["name"] for each in parameters if each["in"] == "path" and "default" in each["schema"]] == []


def test_api_gateway_is_told_of_every_input(transformed: dict[str, Any]) -> None:
    """As SAM hands it on: request models in draft 4, and the names of parameters, without a validator."""
    body = transformed["Resources"]["Api"]["Properties"]["Body"]
    assert body["swagger"] == "2.0"
    assert "x-amazon-apigateway-request-validators" not in body
    for action in actions():
        operation = unconditional(body["paths"][action.route])[action.declaration.method.lower()]
        operation = unconditional(operation)
        named = {each["name"]: each["in"] for each in operation["parameters"]}
        inputs = set(action.model.model_fields)
        if "body" in named.values():
            model = body["definitions"][action.logical_id.lower()]
            Draft4Validator.check_schema(model)
            assert Draft4Validator(model).is_valid(json.loads(event(action)["body"]))
            inputs -= set(model["properties"])
        assert inputs == {name for name, where in named.items() if where != "body"}


@pytest.mark.parametrize(
    ("schema", "wanted"),
    [
        ({"const": True, "default": False}, {"enum": [True]}),
        ({"type": "integer", "exclusiveMinimum": 0, "maximum": 5}, {"type": "integer", "maximum": 5}),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}], "description": "x"}, {"description": "x"}),
        ({"type": "array", "items": {"const": "a"}, "minItems": 1}, {"type": "array", "items": {"enum": ["a"]}}),
        (
            {"type": "object", "properties": {"a": {"type": "string", "examples": ["b"]}}, "required": ["a"]},
            {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]},
        ),
    ],
)
def test_a_model_says_what_draft_4_can_say(schema: dict[str, Any], wanted: dict[str, Any]) -> None:
    assert draft_4(schema) == wanted


@ALL
def test_the_reference_tells_everything_of_an_action(action: Action) -> None:
    page = (ROOT / "docs" / "actions" / f"{action.family}.md").read_text()
    text = page.split(f"\n## {action.name}\n")[1].split("\n## ")[0]
    for name in action.model.model_fields:
        assert f"| `{name}` |" in text, name
    assert f"`{action.declaration.method} {action.declaration.path}`" in text
    assert f"python -m calendly_actions call {action.name}" in text
    for block in re.findall(r"```json\n(.*?)```", text, re.DOTALL):
        json.loads(block)
    assert f"({action.family}.md#{action.name})" in (ROOT / "docs" / "actions" / "README.md").read_text()


def test_a_sample_of_an_answer_fits_its_model() -> None:
    for action in actions():
        answer = samples.answer(action)
        if get_origin(action.output) is Document and answer:
            (model,) = get_args(action.output)
            assert set(answer["resource"]) == {field.alias or name for name, field in model.model_fields.items()}


def test_what_is_left_of_an_action_that_is_gone_is_out_of_date(tmp_path: Path) -> None:
    (tmp_path / "events" / "retrieve_gone").mkdir(parents=True)
    (tmp_path / "docs" / "actions").mkdir(parents=True)
    (tmp_path / "docs" / "actions" / "gone.md").touch()
    assert left_over(tmp_path, actions()) == [
        tmp_path / "events" / "retrieve_gone",
        tmp_path / "docs" / "actions" / "gone.md",
    ]


def unconditional(document: dict[str, Any]) -> dict[str, Any]:
    """What SAM writes where a function is there in every case."""
    found: dict[str, Any] = document["Fn::If"][1] if "Fn::If" in document else document
    return found


def event(action: Action) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "events" / action.name / "http.json").read_text())
    return found


def test_the_stack_is_within_what_cloudformation_and_api_gateway_take(transformed: dict[str, Any]) -> None:
    used = budget.measure(transformed)
    assert used.resources <= budget.RESOURCES
    assert used.template_bytes <= budget.TEMPLATE_BYTES
    assert used.api_resources <= budget.API_RESOURCES


def test_the_longest_name_of_a_stack_is_told() -> None:
    """Lambda takes 64 characters, of which the longest function name and a hyphen are not the stack's."""
    length = budget.longest_stack_name(ROOT / "template.yaml")
    assert length >= budget.STACK_NAME
    assert f"at most {budget.STACK_NAME} characters" in (ROOT / "README.md").read_text()
