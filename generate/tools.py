"""The actions as tools for agents: ``functions/agents/tools.json``, a line a tool."""

from __future__ import annotations

import json
import re
from typing import Any

from actions.tools import FIXED, WHY_CHARACTERS
from generate.catalog import Action
from generate.openapi import describe, input_schema
from generate.reference import errors

_WHY = {
    "type": "string",
    "maxLength": WHY_CHARACTERS,
    "description": "Why you do this and for whom, in a sentence, for the people who look after the account.",
}
_USUAL = (
    "InvalidRequestError",
    "ReauthenticationRequiredError",
    "AccountNotFoundError",
    "InsufficientScopeError",
    "PermissionDeniedError",
    "RateLimitedError",
    "CalendlyUnavailableError",
    "AccountUnavailableError",
)
"""Errors that any tool may answer; they say themselves what to do."""


def write(actions: list[Action]) -> str:
    """The file's text."""
    lines = [f"{json.dumps(action.name)}: {json.dumps(entry(action), ensure_ascii=False)}" for action in actions]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def entry(action: Action) -> dict[str, Any]:
    """One tool: how it is run, and what a model sees of it."""
    declared = action.declaration
    return {
        "function": action.logical_id,
        "sets": list(declared.tools),
        "writes": action.writes,
        "repeatable": declared.repeatable,
        "only_reads": not action.writes or declared.also_reads,
        "shown": shown(action),
    }


def offered(actions: list[Action], chosen: str) -> list[dict[str, Any]]:
    """The tools of a set, as ``tools/list`` has them."""
    return [shown(action) for action in actions if chosen == "all" or chosen in action.declaration.tools]


def shown(action: Action) -> dict[str, Any]:
    """The tool as MCP's ``tools/list`` has it."""
    properties, required = input_schema(action)
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {name: each for name, each in properties.items() if name not in FIXED},
        "additionalProperties": False,
    }
    if action.writes:
        schema["properties"]["why"] = _WHY
    if required:
        schema["required"] = required
    return {
        "name": action.name,
        "description": description(action),
        "inputSchema": schema,
        "annotations": hints(action),
    }


def description(action: Action) -> str:
    """What it does, who may do it, whether it can be repeated, and what can go wrong in particular."""
    particular = [name for name in errors(action) if name not in _USUAL]
    fails = f"Can fail with {', '.join(particular)}." if particular else ""
    paragraphs = "\n\n".join(filter(None, (describe(action), fails)))
    return re.sub(r"(?<!\n)\n(?!\n)", " ", paragraphs)


def hints(action: Action) -> dict[str, bool]:
    """MCP's hints. What only reads says no more than that, since the others are about writes."""
    if not action.writes:
        return {"readOnlyHint": True, "openWorldHint": True}
    return {
        "readOnlyHint": False,
        "destructiveHint": action.declaration.destroys,
        "idempotentHint": action.declaration.repeatable,
        "openWorldHint": True,
    }
