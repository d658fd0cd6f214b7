"""What API Gateway carries of the actions' inputs: request models, in JSON Schema draft 4."""

from __future__ import annotations

import re
from typing import Any

from generate.catalog import Action
from generate.openapi import input_schema

_KEPT = ("type", "description", "enum", "format", "pattern", "minLength", "maxLength", "minimum", "maximum")
"""What draft 4 and API Gateway's importer both know; a model documents here, it does not refuse."""


def in_body(action: Action) -> bool:
    """Whether the input comes as a JSON body, and not in the query."""
    return action.declaration.method in ("POST", "PATCH")


def request_model(action: Action) -> dict[str, Any]:
    """The model of an action's body."""
    properties, required = _rest(action)
    model: dict[str, Any] = {
        "type": "object",
        "properties": {name: draft_4(schema) for name, schema in properties.items()},
        "additionalProperties": False,
    }
    return {**model, "required": required} if required else model


def parameters(action: Action) -> dict[str, bool]:
    """The names of an action's parameters as API Gateway has them, and whether they are required."""
    properties, required = _rest(action)
    in_query = {} if in_body(action) else {f"querystring.{name}": name in required for name in properties}
    return {**{f"path.{name}": True for name in _in_path(action)}, **in_query}


def _rest(action: Action) -> tuple[dict[str, Any], list[str]]:
    """The inputs that are not in the path."""
    properties, required = input_schema(action)
    rest = {name: schema for name, schema in properties.items() if name not in _in_path(action)}
    return rest, [name for name in required if name in rest]


def _in_path(action: Action) -> list[str]:
    return re.findall(r"\{(\w+)\}", action.route)


def draft_4(schema: Any) -> dict[str, Any]:
    """A schema of 2020-12 in draft 4, without what Swagger 2.0, in which SAM writes it, does not have."""
    if not isinstance(schema, dict):
        return {}
    found = {name: schema[name] for name in _KEPT if name in schema}
    if "const" in schema:
        found["enum"] = [schema["const"]]
    if "items" in schema:
        found["items"] = draft_4(schema["items"])
    if "properties" in schema:
        found["properties"] = {name: draft_4(each) for name, each in schema["properties"].items()}
        if schema.get("required"):
            found["required"] = schema["required"]
    return found
