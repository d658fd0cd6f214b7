"""Answers as people and programs want them: a table, JSON, JSON Lines or CSV."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
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


class Format(StrEnum):
    """How to print."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


def default_format() -> Format:
    """A table for a person, JSON for a program."""
    return Format.table if sys.stdout.isatty() else Format.json


def show(answer: Any, form: Format) -> None:
    """Print one answer."""
    rows = rows_of(answer)
    if form is Format.json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
    elif rows is not None:
        show_rows(rows, form)
    else:
        document = answer.get("resource", answer) if isinstance(answer, dict) else {"answer": answer}
        if form is Format.table:
            _details(document)
        else:
            show_rows([document], form)
    token = ((answer.get("pagination") or {}) if isinstance(answer, dict) else {}).get("next_page_token")
    if token and form is Format.table:
        Console(stderr=True).print("There is more: --all follows the pages.", style="dim")


def show_report(report: dict[str, Any], form: Format) -> None:
    """Print what ``doctor`` found: for a person, a line for each check, and below it what to do."""
    if form is not Format.table:
        show(report, form) if form is Format.json else show_rows(report["checks"], form)
        return
    console = Console()
    for each in report["checks"]:
        mark, style = ("ok", "green") if each["ok"] else ("!!", "bold red")
        console.print(Text(mark, style=style), _cell(f"{each['check']}: {each['found']}", whole=True))
        if each["what_to_do"]:
            console.print(Text("  "), _cell(each["what_to_do"], whole=True))


def show_rows(rows: Iterable[dict[str, Any]], form: Format) -> None:
    """Print rows; as JSON Lines while they come."""
    if form is Format.jsonl:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False, separators=(",", ":")), flush=True)
    elif form is Format.json:
        print(json.dumps({"collection": list(rows)}, indent=2, ensure_ascii=False))
    elif form is Format.csv:
        _csv([dict(_flat(row)) for row in rows])
    else:
        _table(list(rows))


def rows_of(answer: Any) -> list[dict[str, Any]] | None:
    """The rows of an answer that is a list."""
    if not isinstance(answer, dict):
        return None
    rows = answer.get("collection", answer.get("accounts"))
    return rows if isinstance(rows, list) else None


def _csv(rows: list[dict[str, Any]]) -> None:
    names = list(dict.fromkeys(chain.from_iterable(rows)))
    writer = csv.DictWriter(sys.stdout, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _flat(row: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """A row's members by dotted name; lists are JSON."""
    for name, value in row.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value


def _table(rows: list[dict[str, Any]]) -> None:
    console = Console()
    if not rows:
        console.print(Text("None.", style="dim"))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    columns = _fitting(rows, console.width)
    for name in columns:
        table.add_column(name, no_wrap=name != columns[-1], overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in columns))
    console.print(table)


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


def _details(document: dict[str, Any]) -> None:
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in document.items():
        table.add_row(name, _cell(value, whole=True))
    Console().print(table)


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
