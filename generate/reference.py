"""The reference, ``docs/actions/``: a page a family, and an index. Nothing in it is written by hand."""

from __future__ import annotations

import ast
import json
import re
import shlex
from itertools import groupby
from pathlib import Path
from typing import Any

from generate import events, samples
from generate.catalog import FUNCTIONS, Action
from generate.openapi import input_schema

STACK = "calendly-dev"
HEAD = "<!-- Written by `make generate` from the files in functions/. -->\n\n"
_ALWAYS = ("InvalidRequestError", "ReauthenticationRequiredError", "AccountNotFoundError")
_BUSY = ("RateLimitedError", "CalendlyUnavailableError", "AccountUnavailableError")


def write(folder: Path, actions: list[Action]) -> dict[Path, str]:
    """The pages' contents, by path."""
    families = {family: list(members) for family, members in groupby(actions, key=lambda action: action.family)}
    pages = {folder / f"{family}.md": page(family, members) for family, members in families.items()}
    return {folder / "README.md": index(families), **pages}


def index(families: dict[str, list[Action]]) -> str:
    """Every action in one table."""
    lines = ["# Actions", "", "Every action, by the family of Calendly's resources that it belongs to.", ""]
    lines += ["| action | does | route | scope |", "|---|---|---|---|"]
    for family, members in families.items():
        for action in members:
            declared = action.declaration
            link = f"[`{action.name}`]({family}.md#{action.name})"
            scope = f"`{declared.scope}`" if declared.scope else ""
            lines.append(f"| {link} | {action.summary} | `{declared.method} {declared.path}` | {scope} |")
    return HEAD + "\n".join(lines) + "\n"


def page(family: str, actions: list[Action]) -> str:
    """The page of a family."""
    title = family.replace("_", " ").capitalize()
    contents = [f"- [`{action.name}`](#{action.name}): {action.summary}" for action in actions]
    sections = [section(action) for action in actions]
    intro = "Routes are below `/accounts/{account}`. [All actions](README.md) · [errors](../errors.md)"
    return HEAD + "\n".join([f"# {title}", "", intro, "", *contents, ""]) + "\n" + "\n".join(sections)


def section(action: Action) -> str:
    """Everything about one action."""
    declared = action.declaration
    facts = [("Route", f"`{declared.method} {declared.path}`"), ("Function", f"`{{stack}}-{action.logical_id}`")]
    facts += [("Scope", f"`{declared.scope}`")] if declared.scope else []
    facts += [("Role", declared.role)] if declared.role else []
    facts += [("Plan", declared.plan)] if declared.plan else []
    facts.append(("Effect", _effect(action)))
    parts = [
        f"## {action.name}",
        action.description,
        "\n".join(["| | |", "|---|---|", *(f"| {name} | {_cell(value)} |" for name, value in facts)]),
        "**Input**",
        _inputs(action),
        "**Output**",
        _output(action),
        "**Errors**: " + ", ".join(f"`{name}`" for name in errors(action)) + ".",
        "**Call it**",
        _fenced("sh", f"{command_line(action)}\n{over_http(action)}\n{directly(action)}"),
        "As a task of a workflow (JSONata):",
        _fenced("json", json.dumps(task(action), indent=2)),
    ]
    return "\n\n".join(parts) + "\n"


def errors(action: Action) -> list[str]:
    """The classes of errors that the action may fail with."""
    declared = action.declaration
    chosen = (
        (("InsufficientScopeError",), bool(declared.scope)),
        (("PermissionDeniedError",), bool(declared.scope)),
        (("PlanUpgradeRequiredError",), bool(declared.plan)),
        (("NotFoundError",), bool(action.references)),
        (("AlreadyExistsError",), action.creates),
        (("SlotUnavailableError",), action.writes and "start_time" in action.model.model_fields),
        (_named_in(action), True),
        (("OutcomeUnknownError",), action.writes),
    )
    found = [*_ALWAYS, *(name for names, holds in chosen if holds for name in names), *_BUSY]
    return list(dict.fromkeys(found))


def command_line(action: Action) -> str:
    """The call on the command line, with the example's input."""
    words = ["python", "-m", "calendly_actions", "call", action.name]
    for name, value in (action.declaration.example or {}).items():
        flag = f"--{name.replace('_', '-')}"
        if isinstance(value, bool):
            words.append(flag if value else flag.replace("--", "--no-", 1))
        elif isinstance(value, list) and all(isinstance(each, str) for each in value):
            words += [word for each in value for word in (flag, each)]
        else:
            words += [flag, value if isinstance(value, str) else json.dumps(value)]
    return shlex.join(words)


def over_http(action: Action) -> str:
    """The same as a signed request, with ``awscurl``."""
    event = events.http(action)
    query = "&".join(f"{name}={value}" for name, value in (event["queryStringParameters"] or {}).items())
    url = f'"$API{event["path"]}{"?" + query if query else ""}"'
    body = f" -d {shlex.quote(event['body'])}" if event["body"] else ""
    return f'awscurl --service execute-api --region "$AWS_REGION" -X {event["httpMethod"]}{body} {url}'


def directly(action: Action) -> str:
    """The same as a direct invocation of its function."""
    payload = shlex.quote(json.dumps(events.direct(action)))
    name = f"{STACK}-{action.logical_id}"
    how = "--cli-binary-format raw-in-base64-out"
    return f"aws lambda invoke --function-name {name} {how} --payload {payload} /dev/stdout"


def task(action: Action) -> dict[str, Any]:
    """The same as a state of a state machine."""
    payload = events.direct(action)
    if action.creates:
        payload["idempotency_key"] = "{% $states.context.Execution.Id %}"
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Arguments": {"FunctionName": f"{STACK}-{action.logical_id}", "Payload": payload},
        "Output": "{% $states.result.Payload %}",
        "End": True,
    }


def _effect(action: Action) -> str:
    if not action.writes:
        return "reads"
    says = ["destroys what cannot be brought back" if action.declaration.destroys else "writes"]
    if action.confirmed:
        says.append("has to be confirmed with `confirm`")
    if action.declaration.repeatable:
        says.append("sending it again comes to the same")
    elif action.creates:
        says.append("with an `idempotency_key` a repeat is safe")
    return "; ".join(says)


def _inputs(action: Action) -> str:
    properties, required = input_schema(action)
    own = list(action.own_fields)
    names = [*own, *(name for name in properties if name not in own)]
    lines = ["| name | type | required | allowed | default | description |", "|---|---|---|---|---|---|"]
    for name in names:
        schema = properties[name]
        default = f"`{json.dumps(schema['default'])}`" if "default" in schema else ""
        cells = [f"`{name}`", kind(schema), "yes" if name in required else "", allowed(schema), default]
        lines.append("| " + " | ".join(_cell(cell) for cell in (*cells, _described(schema))) + " |")
    return "\n".join(lines)


def _described(schema: dict[str, Any]) -> str:
    options = (schema, *schema.get("anyOf", ()), schema.get("items") or {})
    return next((each["description"] for each in options if each.get("description")), "")


def kind(schema: dict[str, Any]) -> str:
    """A schema's type, in a word or two."""
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(option) for option in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}))}"
    names = {"date-time": "time (ISO 8601)", "date": "date", "email": "e-mail address", "uri": "address"}
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return names.get(schema.get("format", "")) or words.get(str(schema.get("type", "string")), "object")


def allowed(schema: dict[str, Any]) -> str:
    """What a schema's values may be."""
    if "anyOf" in schema:
        return " or ".join(filter(None, (allowed(option) for option in schema["anyOf"])))
    if schema.get("type") == "array":
        entries = _bounds(schema, "minItems", "maxItems", " entries")
        return "; ".join(filter(None, (entries, allowed(schema.get("items", {})))))
    values = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
    if values:
        return ", ".join(f"`{value}`" for value in values)
    return _bounds(schema, "minimum", "maximum", "") or _bounds(schema, "minLength", "maxLength", " characters")


def _bounds(schema: dict[str, Any], least: str, most: str, unit: str) -> str:
    low, high = schema.get(least), schema.get(most)
    if low is not None and high is not None:
        return f"{low} to {high}{unit}"
    return f"at least {low}{unit}" if low is not None else f"at most {high}{unit}" if high is not None else ""


def _output(action: Action) -> str:
    answer = samples.answer(action)
    if answer is None:
        return "Calendly's own document, a JSON object."
    return _fenced("json", json.dumps(answer, indent=2))


def _named_in(action: Action) -> tuple[str, ...]:
    """The errors that the action's file names itself."""
    tree = ast.parse((FUNCTIONS / action.family / f"{action.name}.py").read_text())
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module == "calendly.errors"]
    names = [alias.name for node in imports for alias in node.names]
    return tuple(name for name in names if name.endswith("Error") and name not in ("CalendlyError", "FieldError"))


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text}\n```"
