"""``call ACTION``: a command an action, made from the catalog."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from calendly_actions.catalog import Command, commands
from calendly_actions.doors import Stack
from calendly_actions.failures import UsageError
from calendly_actions.output import Format, show, show_rows

PAGE = 100
_TYPES: dict[str, Any] = {
    "text": str,
    "integer": int,
    "number": float,
    "boolean": bool,
    "texts": list[str],
    "json": str,
}


def group(stack: Callable[[], Stack], form: Callable[[], Format]) -> type[TyperGroup]:
    """A group with a command for each action. A command is made when it is asked for: there are many, and one runs."""

    class Actions(TyperGroup):
        def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - Click's signature
            return list(commands())

        def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - Click's signature
            command = commands().get(cmd_name)
            if command is None:
                return None
            alone = typer.Typer(add_completion=False, rich_markup_mode="rich")
            panel = command.family.replace("_", " ")
            alone.command(command.name, help=_help(command), rich_help_panel=panel)(_function(command, stack, form))
            return typer.main.get_command(alone)

    return Actions


def collect(stack: Stack, command: Command, input: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The rows of all pages, as they come; ``max_items`` ends them."""
    from rich.console import Console  # takes a while to import, and most calls do without

    given = {name: value for name, value in input.items() if name not in ("all_pages", "max_items")}
    if "count" in command.inputs:
        given.setdefault("count", PAGE)
    left = input.get("max_items")
    console = Console(stderr=True)
    seen = 0
    with console.status("Reading ...") as status:
        while left is None or seen < left:
            answer = stack.call(command, given)
            for row in answer["collection"]:
                if left is not None and seen >= left:
                    return
                seen += 1
                yield row
            status.update(f"{seen} rows")
            token = (answer.get("pagination") or {}).get("next_page_token")
            if not token:
                return
            given["page_token"] = token


def _function(command: Command, stack: Callable[[], Stack], form: Callable[[], Format]) -> Callable[..., None]:
    def run(**given: Any) -> None:
        all_pages, document = given.pop("all_", False), given.pop("input_", None)
        flags = {name: _value(command, name, value) for name, value in given.items() if value not in (None, [])}
        input = {**_document(document), **flags}
        missing = [name for name, each in command.inputs.items() if each.get("required") and name not in input]
        if missing:
            raise UsageError(f"{command.name} needs {', '.join('--' + name.replace('_', '-') for name in missing)}.")
        if all_pages:
            show_rows(collect(stack(), command, input), form())
        else:
            show(stack().call(command, input), form())

    parameters = [_parameter(name, each) for name, each in command.inputs.items()]
    parameters.append(_option("account", str, "Which connected account.", flag="--account"))
    parameters.append(_option("correlation_id", str, "Your id for this call, to find it in the log."))
    parameters.append(
        _option("input_", str, "The input as JSON; @file reads it from a file, - from stdin.", flag="--input")
    )
    if "page_token" in command.inputs:
        parameters.append(_option("all_", bool, "Follow the pages to the end.", flag="--all", default=False))
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {each.name: each.annotation for each in parameters}
    return run


def _parameter(name: str, said: dict[str, Any]) -> inspect.Parameter:
    kind = _TYPES[said["type"]]
    if values := said.get("values"):
        one: Any = Literal.__getitem__(tuple(values))
        kind = list.__class_getitem__(one) if said["type"] == "texts" else one
    notes = [said.get("help", "")]
    notes += ["JSON." if said["type"] == "json" else "", "Can be repeated." if said["type"] == "texts" else ""]
    notes += ["[required]" if said.get("required") else ""]
    return _option(name, kind, " ".join(filter(None, notes)))


def _option(name: str, kind: Any, help: str, *, flag: str | None = None, default: Any = None) -> inspect.Parameter:
    dashed = name.replace("_", "-")
    flag = flag or (f"--{dashed}/--no-{dashed}" if kind is bool else f"--{dashed}")
    option = typer.Option(flag, help=help.replace("[", "\\["), show_default=False)
    wanted: Any = kind if default is not None else kind | None
    annotation: Any = Annotated[wanted, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _value(command: Command, name: str, value: Any) -> Any:
    """A flag's value; what may be several things is JSON where it reads as JSON, and text where it does not."""
    if command.inputs.get(name, {}).get("type") != "json":
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _document(text: str | None) -> dict[str, Any]:
    """The input in ``--input``."""
    if text is None:
        return {}
    try:
        if text == "-":
            text = sys.stdin.read()
        elif text.startswith("@"):
            text = Path(text[1:]).read_text()
        document = json.loads(text)
    except OSError as error:
        raise UsageError(f"--input: {error.strerror}: {error.filename}") from None
    except ValueError:
        raise UsageError("--input must be JSON.") from None
    if not isinstance(document, dict):
        raise UsageError("--input must be a JSON object.")
    return document


def _help(command: Command) -> str:
    return command.help.replace("[", "\\[")
