"""``python -m tests.contract.drift FILE``: what an OpenAPI file of Calendly's says that the contract does not.

Calendly publishes its API as OpenAPI. The report lists operations and fields that are new, gone or different, and the
actions of the bundle that call these operations. The exit code is 0 without drift, 1 with it, 2 for an unreadable file.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from generate.catalog import actions
from tests.contract.checking import CONTRACT
from tests.contract.shapes import Fact, Facts, Operation, UnreadableError, operations


@dataclass
class Drift:
    """Operations by their names; the differences of each are lines."""

    new: list[Operation] = field(default_factory=list)
    gone: list[Operation] = field(default_factory=list)
    different: list[tuple[Operation, list[str]]] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.different)


def compare(ours: Any, theirs: Any) -> Drift:
    """What another document has that ours does not, and the other way round."""
    known, found = operations(ours), operations(theirs)
    drift = Drift()
    drift.new = [found[key] for key in found if key not in known]
    drift.gone = [known[key] for key in known if key not in found]
    for key in known.keys() & found.keys():
        lines = list(_differences(known[key].facts, found[key].facts))
        if lines:
            drift.different.append((known[key], lines))
    drift.different.sort(key=lambda each: each[0].name.split(" ")[::-1])
    return drift


def report(drift: Drift) -> str:
    """The report, which ends with a summary."""
    if not drift:
        return "No drift: the file and the contract agree in every operation."
    callers: dict[str, list[str]] = {}
    for action in actions():
        callers.setdefault(_bare(action.declaration.route), []).append(action.name)
    touched: set[str] = set()
    lines: list[str] = []

    def head(title: str, members: Iterable[Any]) -> None:
        count = len(list(members))
        if count:
            lines.extend([f"{title} ({count})", ""])

    def name(operation: Operation) -> None:
        names = callers.get(_bare(operation.name), [])
        touched.update(names)
        lines.append(f"  {operation.name}" + (f"   touches: {', '.join(names)}" if names else ""))

    for title, members in (("New operations", drift.new), ("Gone operations", drift.gone)):
        head(title, members)
        for operation in members:
            name(operation)
        lines.extend([""] if members else [])
    head("Different operations", drift.different)
    for operation, differences in drift.different:
        name(operation)
        lines.extend([*(f"    {line}" for line in differences), ""])
    counted = f"{len(drift.new)} new, {len(drift.gone)} gone, {len(drift.different)} different"
    lines.append(f"Operations: {counted}. Actions touched: {', '.join(sorted(touched)) or 'none'}.")
    return "\n".join(lines)


def _differences(ours: Facts, theirs: Facts) -> Iterable[str]:
    # A field that is new or gone is said once, not again for everything below it.
    new = _outermost(theirs.keys() - ours.keys())
    gone = _outermost(ours.keys() - theirs.keys())
    for path in sorted({*new, *gone, *(ours.keys() & theirs.keys())}):
        if path in new:
            yield f"new        {path}{_described(theirs[path])}"
        elif path in gone:
            yield f"gone       {path}{_described(ours[path])}"
        elif path in theirs and (changes := list(_changes(ours[path], theirs[path]))):
            yield f"different  {path}: {'; '.join(changes)}"


def _described(fact: Fact) -> str:
    return f": {fact}" if fact.types or fact.enum else ""


def _outermost(paths: Iterable[str]) -> set[str]:
    found = set(paths)
    return {path for path in found if not any(above in found for above in _above(path))}


def _above(path: str) -> Iterable[str]:
    return (path[: mark.start()] for mark in re.finditer(r"\.|\[\]| (?=[^ ]*$)", path) if mark.start())


def _changes(ours: Fact, theirs: Fact) -> Iterable[str]:
    if ours.types != theirs.types:
        yield f"type {'|'.join(sorted(ours.types)) or 'any'} is now {'|'.join(sorted(theirs.types)) or 'any'}"
    if ours.enum and not theirs.enum:
        yield f"no longer one of {', '.join(sorted(ours.enum))}"
    elif theirs.enum and not ours.enum:
        yield f"now one of {', '.join(sorted(theirs.enum))}"
    else:
        if theirs.enum - ours.enum:
            yield f"new values {', '.join(sorted(theirs.enum - ours.enum))}"
        if ours.enum - theirs.enum:
            yield f"gone values {', '.join(sorted(ours.enum - theirs.enum))}"
    if ours.required != theirs.required:
        yield "now required" if theirs.required else "no longer required"


def _bare(operation: str) -> str:
    return re.sub(r"{[^}]*}", "{}", operation)


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("Usage: make drift FILE=calendly-api.yaml, an OpenAPI file in YAML or JSON.", file=sys.stderr)
        return 2
    path = Path(arguments[0])
    try:
        theirs = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        drift = compare(yaml.load(CONTRACT.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader), theirs)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, UnreadableError) as error:
        print(f"{path} cannot be compared. {error}", file=sys.stderr)
        return 2
    print(report(drift))
    return 1 if drift else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
