"""Tables and lines for a person at a terminal."""

from __future__ import annotations

import json
import re
from itertools import chain
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_FIRST = (
    *("account", "state", "owner_name", "owner_email", "name", "email", "status", "start_time", "end_time"),
    *("timestamp", "level", "action", "message", "error", "detail"),
)
_LAST = ("created_at", "updated_at", "organization")
_FRACTION = re.compile(r"(T\d\d:\d\d:\d\d)\.\d+Z")
_URI = re.compile(r"https?://[^/]+/\S+/([0-9a-f-]{36})")


def report(checks: list[dict[str, Any]]) -> None:
    """Print a line for each check, and below it what to do."""
    console = Console()
    for each in checks:
        mark, style = ("ok", "green") if each["ok"] else ("!!", "bold red")
        console.print(Text(mark, style=style), _cell(f"{each['check']}: {each['found']}", whole=True))
        if each["what_to_do"]:
            console.print(Text("  "), _cell(each["what_to_do"], whole=True))


def remark(text: str) -> None:
    """Print something that is not a part of the answer."""
    Console(stderr=True).print(text, style="dim")


def table(rows: list[dict[str, Any]]) -> None:
    """Print rows, with the columns that fit."""
    console = Console()
    if not rows:
        console.print(Text("None.", style="dim"))
        return
    shown = Table(box=None, pad_edge=False, header_style="bold")
    columns = _fitting(rows, console.width)
    for name in columns:
        shown.add_column(name, no_wrap=name != columns[-1], overflow="fold")
    for row in rows:
        shown.add_row(*(_cell(row.get(name)) for name in columns))
    console.print(shown)


def _fitting(rows: list[dict[str, Any]], width: int) -> list[str]:
    """The columns that tell most, as many as fit: what other calls refer to always is the last."""
    names = list(dict.fromkeys(chain.from_iterable(rows)))
    plain = [name for name in names if any(_is_plain(row.get(name)) for row in rows)]
    ranked = sorted(plain, key=lambda name: _FIRST.index(name) if name in _FIRST else len(_FIRST) + (name in _LAST))
    last = ["uri"] if "uri" in plain else []
    widths = {name: 2 + max(len(name), *(len(_cell(row.get(name))) for row in rows)) for name in plain}
    left = width - sum(widths[name] for name in last)
    chosen: list[str] = []
    for name in ranked:
        if name not in last and (widths[name] <= left or not chosen):
            chosen.append(name)
            left -= widths[name]
    return [*chosen, *last]


def details(document: dict[str, Any]) -> None:
    """Print one document, a line for each member."""
    shown = Table(box=None, pad_edge=False, show_header=False)
    shown.add_column(style="dim", no_wrap=True)
    shown.add_column(overflow="fold")
    for name, value in document.items():
        shown.add_row(name, _cell(value, whole=True))
    Console().print(shown)


def _is_plain(value: Any) -> bool:
    return value is not None and not isinstance(value, (dict, list))


def _cell(value: Any, *, whole: bool = False) -> Text:
    """A value without what would control the terminal: names and answers come from strangers."""
    if value is None:
        return Text("")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if not whole:
        # Any input takes the UUID of a URI.
        text = _URI.sub(r"\1", _FRACTION.sub(r"\1Z", text))
    return Text("".join(each if each.isprintable() else "?" for each in text))
