"""What the command line knows of the actions: ``calendly_actions/catalog.json``, a line an action."""

from __future__ import annotations

import json
import re
from typing import Any

from generate.catalog import Action
from generate.openapi import input_schema

_COMMON = ("account", "correlation_id")


def write(actions: list[Action]) -> str:
    """The file's text."""
    lines = [f"{json.dumps(action.name)}: {json.dumps(command(action), ensure_ascii=False)}" for action in actions]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def command(action: Action) -> dict[str, Any]:
    """One action: how it is called, and what it takes."""
    properties, required = input_schema(action)
    own = list(action.own_fields)
    names = [*own, *(name for name in properties if name not in own)]
    return {
        "family": action.family,
        "help": action.description,
        "function": action.logical_id,
        "method": action.declaration.method,
        "path": action.route,
        "in_path": re.findall(r"\{(\w+)\}", action.route),
        "inputs": {name: _input(properties[name], name in required) for name in names if name not in _COMMON},
    }


def _input(schema: dict[str, Any], required: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"type": _type(schema)}
    if required:
        found["required"] = True
    if values := _values(schema):
        found["values"] = values
    options = (schema, *schema.get("anyOf", ()), schema.get("items") or {})
    if text := next((each["description"] for each in options if each.get("description")), ""):
        found["help"] = text
    if schema.get("default") not in (None, False):
        found["default"] = schema["default"]
    return found


def _type(schema: dict[str, Any]) -> str:
    """``text``, ``integer``, ``number``, ``boolean``, ``texts`` for a list of texts, or ``json`` for anything else."""
    if "anyOf" in schema or ("type" not in schema and not {"enum", "const"} & set(schema)):
        return "json"
    if schema.get("type") == "array":
        return "texts" if _type(schema.get("items", {})) == "text" else "json"
    kind = schema.get("type", "string")
    return {"string": "text"}.get(kind, kind) if kind in ("string", "integer", "number", "boolean") else "json"


def _values(schema: dict[str, Any]) -> list[str]:
    if _type(schema) == "texts":
        return _values(schema["items"])
    values = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    return values if all(isinstance(value, str) for value in values) else []
