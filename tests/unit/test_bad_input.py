"""Bad input, for every action on both doors: a clear error that names the field, before anything is sent.

The handlers run in this process: they are refused before they read a secret, so that nothing stands around them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from actions.runtime import Function
from calendly.errors import InvalidRequestError
from generate.catalog import FUNCTIONS, actions, load
from local.examples import Example, examples
from tests.unit.test_doors import Context

EVERY = pytest.mark.parametrize("example", examples(), ids=lambda example: example.action)
BODIES = ["{", "[1]", '"text"', "nul", '{"a": NaN', "x" * 1_000_000]

ACTIONS = {action.name: action for action in actions()}


def handler(example: Example) -> Function:
    found: Function = load(FUNCTIONS / ACTIONS[example.action].family / f"{example.action}.py").handler
    return found


def bad_inputs(example: Example) -> dict[str, tuple[dict[str, Any], str]]:
    """Inputs that are wrong in one way each, and the field that has to be named."""
    good, action = example.direct, ACTIONS[example.action]
    found: dict[str, tuple[dict[str, Any], str]] = {
        "unknown field": ({**good, "acount": "default"}, "acount"),
        "account name": ({**good, "account": "../secrets"}, "account"),
        "account of a number": ({**good, "account": 42}, "account"),
        "1 MB": ({**good, "correlation_id": "x" * 1_000_000}, "correlation_id"),
        "half a character": ({**good, "correlation_id": "cut \ud83d"}, "correlation_id"),
    }
    for field in action.references:
        found |= {
            f"{field} of a number": ({**good, field: 42}, field),
            f"{field} of a list": ({**good, field: ["x"]}, field),
            f"{field} is no uuid": ({**good, field: "not-a-uuid"}, field),
            f"{field} of another kind": ({**good, field: "https://api.calendly.com/nothings/AAAAAAAAAAAAAAAA"}, field),
            f"{field} of another site": ({**good, field: "https://example.com/users/AAAAAAAAAAAAAAAA"}, field),
            f"{field} with half a character": ({**good, field: "\ud83d"}, field),
        }
    for field in action.own_fields:
        if isinstance(good.get(field), dict):
            found[f"unknown field in {field}"] = ({**good, field: {**good[field], "acount": 1}}, f"{field}.acount")
    for field in action.required:
        found[f"{field} is missing"] = ({name: value for name, value in good.items() if name != field}, field)
        found[f"{field} is null"] = ({**good, field: None}, field)
    if action.paged:
        found["count 0"] = ({**good, "count": 0}, "count")
        found["count 101"] = ({**good, "count": 10_000}, "count")
        found["count of text"] = ({**good, "count": "many"}, "count")
        found["count true"] = ({**good, "count": True}, "count")
        found["max_items alone"] = ({**good, "all_pages": False, "max_items": 5}, "max_items")
    if action.creates:
        found["idempotency key of two lines"] = ({**good, "idempotency_key": "a\nb"}, "idempotency_key")
    if action.writes:
        found["dry_run of text"] = ({**good, "dry_run": "perhaps"}, "dry_run")
    if action.confirmed:
        found["not confirmed"] = ({**good, "confirm": False}, "confirm")
    return found


@EVERY
def test_direct(example: Example) -> None:
    function = handler(example)
    for case, (input, field) in bad_inputs(example).items():
        with pytest.raises(InvalidRequestError) as caught:
            function(input, Context())
        assert f"{field}:" in caught.value.message, case
        assert "\n" not in caught.value.message, case
        assert len(caught.value.message) < 1000, case


@EVERY
def test_http(example: Example) -> None:
    """The flat input as a JSON body, whatever the method; what the path has to say, it says in the event."""
    function = handler(example)
    for case, (input, field) in bad_inputs(example).items():
        if not has_types_where_it_stands(example, input, field):
            continue
        answer = function(as_http(example, input), Context())
        problem = answer["body"]
        assert answer["statusCode"] == 400, (case, problem)
        assert answer["headers"]["Content-Type"] == "application/problem+json", case
        assert f'"field":"{field}"' in problem, case
        assert '"title":"InvalidRequestError"' in problem, case


@EVERY
def test_a_body_that_is_no_json_object(example: Example) -> None:
    function = handler(example)
    for body in BODIES:
        answer = function({**example.http, "body": body}, Context())
        assert answer["statusCode"] == 400, body[:20]
        assert '"field":"body"' in answer["body"], body[:20]


def has_types_where_it_stands(example: Example, input: dict[str, Any], field: str) -> bool:
    """Whether the fault survives HTTP: a path is all text."""
    return not (field in example.http["pathParameters"] and not isinstance(input.get(field, ""), str))


def as_http(example: Example, input: dict[str, Any]) -> dict[str, Any]:
    path = example.http["pathParameters"]
    return {
        **example.http,
        "body": json.dumps({name: value for name, value in input.items() if name not in path}),
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {name: str(input[name]) for name in path if input.get(name) is not None},
    }
