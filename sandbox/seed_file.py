"""A seed file: one's own users, event types and bookings in YAML. Everything that is wrong with it is told together."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from sandbox.dataset.own import Entry, Own, SeedError
from sandbox.seed_schema import ORGANIZATION, REPLACES, SECTIONS, SIZE, Field

_TOP = (*SECTIONS, "organization", "size")


def read_seed(path: Path) -> Own:
    """The contents of a seed file.

    Raises:
        SeedError: the file cannot be read, or says what the sandbox does not know; names each line and its path.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError([f"{path}: cannot be read ({error}). Give the path of a YAML file."]) from None
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise SeedError([f"{path}: is not YAML: {error}"]) from None
    reader = _Reader(str(path))
    own = reader.read(root)
    if reader.problems:
        raise SeedError(reader.problems)
    return own


class _Reader:
    """Walks the nodes, which know their lines."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._values = yaml.SafeLoader("")
        self.problems: list[str] = []

    def read(self, root: yaml.Node | None) -> Own:
        own = Own()
        if root is None:
            return own
        for name, node in self._members(root, "the file", _TOP):
            if name == "organization":
                own.organization = self._value(node, name, ORGANIZATION)
            elif name == "size":
                own.size = self._entry(node, "size", SIZE).values
            else:
                setattr(own, name, list(self._entries(node, name)))
        for section, size in REPLACES.items():
            if getattr(own, section) is not None and size in own.size:
                self.problems.append(f"{self._file}: size.{size} has no effect beside {section}. Remove one of them.")
        for size in ("users", "event_types", "invitees"):
            if own.size.get(size) == 0:
                self.problems.append(f"{self._file}: size.{size} must be at least 1.")
        return own

    def _entries(self, node: yaml.Node, section: str) -> Iterator[Entry]:
        if not isinstance(node, yaml.SequenceNode) or (not node.value and section != "bookings"):
            self._refuse(node, section, "must be a list with an entry at least")
            return
        for number, each in enumerate(node.value):
            yield self._entry(each, f"{section}[{number}]", SECTIONS[section])

    def _entry(self, node: yaml.Node, path: str, fields: dict[str, Field]) -> Entry:
        values: dict[str, Any] = {}
        lines: dict[str, int] = {"": _line(node)}
        for name, member in self._members(node, path, tuple(fields)):
            lines[name] = _line(member)
            values[name] = self._value(member, f"{path}.{name}", fields[name])
        for name, field in fields.items():
            if field.required and name not in lines:
                self._refuse(node, path, f"{name} is missing; it must be: {field.expects}")
        return Entry(self._file, path, lines, values)

    def _members(self, node: yaml.Node, path: str, known: tuple[str, ...]) -> Iterator[tuple[str, yaml.Node]]:
        if not isinstance(node, yaml.MappingNode):
            self._refuse(node, path, f"must be a mapping. Known: {', '.join(sorted(known))}")
            return
        seen: set[str] = set()
        for key, member in node.value:
            name = str(key.value)
            if name not in known:
                self._refuse(key, path, f"{name} is unknown. Known: {', '.join(sorted(known))}")
            elif name in seen:
                self._refuse(key, path, f"{name} is there twice")
            else:
                seen.add(name)
                yield name, member

    def _value(self, node: yaml.Node, path: str, field: Field) -> Any:
        written = node.value if isinstance(node, yaml.ScalarNode) and not node.tag.endswith(":null") else None
        try:
            return field.read(self._values.construct_object(node, deep=True))
        except (ValueError, yaml.YAMLError):
            pass
        try:
            # To YAML, a name such as No or 42 is a truth value or a number.
            return field.read(written)
        except ValueError:
            self._refuse(node, path, f"{written or 'this'!r} is not valid; it must be: {field.expects}")
            return None

    def _refuse(self, node: yaml.Node, path: str, what: str) -> None:
        self.problems.append(f"{self._file}:{_line(node)}: {path}: {what}.")


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
