"""The table of actions in the README."""

from __future__ import annotations

from generate.catalog import Action

BEGIN = "<!-- actions: written by `make generate` -->\n"
END = "<!-- /actions -->\n"


def write(readme: str, actions: list[Action]) -> str:
    """The README with its table replaced by one of these actions."""
    head, rest = readme.split(BEGIN)
    _, tail = rest.split(END)
    rows = ["| action | route | scope | inputs |", "|---|---|---|---|", *map(row, actions)]
    return head + BEGIN + "\n".join(rows) + "\n" + END + tail


def row(action: Action) -> str:
    """The table's row for an action. Required inputs are bold."""
    inputs = [f"**`{name}`**" if field.is_required() else f"`{name}`" for name, field in action.own_fields.items()]
    kinds = ((action.paged, "*paged*"), (action.creates, "*idempotent*"), (action.confirmed, "*confirm*"))
    inputs += [mark for holds, mark in kinds if holds]
    declared = action.declaration
    scope = f"`{declared.scope}`" if declared.scope else "any"
    return f"| `{action.name}` | `{declared.method} {declared.path}` | {scope} | {', '.join(inputs)} |"
