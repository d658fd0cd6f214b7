"""Answers as people and programs want them: a table, JSON, JSON Lines or CSV."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator
from enum import StrEnum
from itertools import chain
from types import ModuleType
from typing import Any


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
            _terminal().details(document)
        else:
            show_rows([document], form)
    token = ((answer.get("pagination") or {}) if isinstance(answer, dict) else {}).get("next_page_token")
    if token and form is Format.table:
        _terminal().remark("There is more: --all follows the pages.")


def show_report(report: dict[str, Any], form: Format) -> None:
    """Print what ``doctor`` found: for a person, a line for each check, and below it what to do."""
    if form is not Format.table:
        show(report, form) if form is Format.json else show_rows(report["checks"], form)
        return
    _terminal().report(report["checks"])


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
        _terminal().table(list(rows))


def rows_of(answer: Any) -> list[dict[str, Any]] | None:
    """The rows of an answer that is a list."""
    if not isinstance(answer, dict):
        return None
    rows = answer.get("collection", answer.get("accounts"))
    return rows if isinstance(rows, list) else None


def _terminal() -> ModuleType:
    """What prints for a person. It takes longer to import than a call takes, and programs do without."""
    from calendly_actions import terminal

    return terminal


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
