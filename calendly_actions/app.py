"""The commands."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from calendly_actions import approving, calling, connecting, logs
from calendly_actions.doors import Options, Stack
from calendly_actions.failures import SOMETHING_TO_DO, UsageError
from calendly_actions.output import Format, default_format, show, show_report, show_rows

app = typer.Typer(
    help="Calendly actions in your AWS account, from a terminal.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
_chosen: dict[str, Any] = {}

GLOBAL = {"--stack": 1, "--profile": 1, "--region": 1, "--output": 1, "-o": 1, "--direct": 0, "--local": 0}
"""Options that may stand anywhere on the line, and how many values each takes."""


@app.callback()
def choose(  # noqa: PLR0917 - Typer's way to say options
    stack: Annotated[str, typer.Option(envvar="CALENDLY_STACK", help="The stack's name.")] = "calendly-dev",
    profile: Annotated[str | None, typer.Option(help="Credentials' profile, as with the AWS CLI.")] = None,
    region: Annotated[str | None, typer.Option(envvar="AWS_REGION", help="The stack's region.")] = None,
    direct: Annotated[bool, typer.Option("--direct", help="Invoke functions instead of the HTTP API.")] = False,
    local: Annotated[bool, typer.Option("--local", help="The stack that `make local` runs here.")] = False,
    output: Annotated[Format | None, typer.Option("--output", "-o", help="A table on a terminal, else JSON.")] = None,
) -> None:
    _chosen["stack"] = Stack(Options(stack, profile, region, direct, local))
    _chosen["format"] = output or default_format()


@app.command()
def accounts() -> None:
    """List the connected accounts and how they are."""
    show(_stack().request("GET", "/accounts"), _format())


@app.command()
def doctor() -> None:
    """Look at everything that has to be right, and say what to do. Exit code 10 if there is something to do."""
    report = _stack().request("GET", "/doctor")
    show_report(report, _format())
    if not report["ok"]:
        raise typer.Exit(SOMETHING_TO_DO)


@app.command()
def connect(
    account: Annotated[str, typer.Argument(help="The account's name.")] = "default",
    replace: Annotated[bool, typer.Option("--replace", help="Let another Calendly user take over the name.")] = False,
    browser: Annotated[bool, typer.Option(help="Open the link in a browser.")] = True,
    personal_access_token: Annotated[
        bool, typer.Option("--personal-access-token", help="Ask for a token, or read it from stdin, instead of OAuth.")
    ] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait until access is granted.")] = 600,
) -> None:
    """Connect a Calendly account, and wait until it is connected."""
    token = _secret() if personal_access_token else None
    found = connecting.connect(_stack(), account, replace=replace, browser=browser, token=token, seconds=timeout)
    show(found, _format())


@app.command()
def approve(
    execution: Annotated[str, typer.Argument(help="What the message to the operator names: the execution's ARN.")],
    no: Annotated[bool, typer.Option("--no", help="Refuse it.")] = False,
) -> None:
    """Approve a write that an agent asked for, or refuse it."""
    show(approving.answer(_stack(), execution, approved=not no), _format())


@app.command("logs")
def read_logs(
    correlation_id: Annotated[str, typer.Option("--correlation-id", help="Of the call; every error names it.")],
    hours: Annotated[float, typer.Option(help="How far back to look.")] = 24,
) -> None:
    """Show what the functions logged for one call."""
    show_rows(logs.find(_stack(), correlation_id, hours), _format())


def hoisted(arguments: list[str]) -> list[str]:
    """The arguments with the options that may stand anywhere in front."""
    front: list[str] = []
    rest: list[str] = []
    left = list(arguments)
    while left:
        each = left.pop(0)
        name, equals, _ = each.partition("=")
        if each == "--":
            rest += [each, *left]
            break
        if name in GLOBAL:
            front.append(each)
            if GLOBAL[name] and not equals and left:
                front.append(left.pop(0))
        else:
            rest.append(each)
    return front + rest


def _secret() -> str:
    if sys.stdin.isatty():
        from rich.console import Console

        token = Console(stderr=True).input("Personal access token: ", password=True)
    else:
        token = sys.stdin.readline()
    if not token.strip():
        raise UsageError("No token was given.")
    return token.strip()


def _stack() -> Stack:
    found: Stack = _chosen["stack"]
    return found


def _format() -> Format:
    found: Format = _chosen["format"]
    return found


_actions = calling.group(_stack, _format)
app.add_typer(
    typer.Typer(cls=_actions, help="Call an action; each has its own --help.", no_args_is_help=True), name="call"
)
