"""An OpenAPI document as flat facts: each operation's parameters and fields, with type, enum and whether required.

References are followed, ``allOf`` is merged, and of alternatives (``oneOf``, ``anyOf``) every field counts. So
documents compare by what goes over the wire, and not by how they are written. OpenAPI 3.0 and 3.1 mean the same here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")
_DEEPEST = 12


class UnreadableError(Exception):
    """A document that is not OpenAPI 3, or refers to what is not in it."""


@dataclass
class Fact:
    """What is said of a parameter or a field. ``types`` has ``null`` in it where null is allowed."""

    types: set[str] = field(default_factory=set)
    enum: set[str] = field(default_factory=set)
    required: bool = False

    def __str__(self) -> str:
        said = "|".join(sorted(self.types)) or "any"
        said += f" of {', '.join(sorted(self.enum))}" if self.enum else ""
        return said + (", required" if self.required else "")


Facts = dict[str, Fact]


@dataclass
class Operation:
    """``name`` is as the document has it, such as ``GET /users/{uuid}``."""

    name: str
    facts: Facts


def operations(document: Any) -> dict[str, Operation]:
    """The operations of a document, by method and path without the names of path parameters.

    Raises:
        UnreadableError: the document is not OpenAPI 3, or a reference leads nowhere.
    """
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3."):
        raise UnreadableError("It is not an OpenAPI 3 document: it has no line such as 'openapi: 3.1.0'.")
    reader = _Reader(document)
    found = {}
    for path, said in (document.get("paths") or {}).items():
        item = reader.resolve(said)
        for method in METHODS:
            if method in item:
                name = f"{method.upper()} {path}"
                facts = reader.operation(item[method], item.get("parameters") or [])
                found[re.sub(r"{[^}]*}", "{}", name.rstrip("/"))] = Operation(name, facts)
    return found


class _Reader:
    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document

    def operation(self, said: dict[str, Any], shared: list[Any]) -> Facts:
        facts: Facts = {}
        for each in (*shared, *(said.get("parameters") or ())):
            parameter = self.resolve(each)
            if parameter["in"] in ("query", "header"):
                where = f"{parameter['in']} {parameter['name'].removesuffix('[]')}"
                self._add(
                    facts, where, parameter.get("schema") or {}, required=bool(parameter.get("required")), depth=1
                )
        body = self.resolve(said.get("requestBody") or {})
        self._content(facts, "body", body)
        for status, answer in (said.get("responses") or {}).items():
            facts[f"answer {status}"] = Fact()
            if str(status).startswith("2"):
                self._content(facts, f"answer {status}", self.resolve(answer))
        return facts

    def resolve(self, node: Any) -> dict[str, Any]:
        seen = set()
        while isinstance(node, dict) and "$ref" in node:
            reference = str(node["$ref"])
            if reference in seen or not reference.startswith("#/"):
                raise UnreadableError(f"The reference {reference} leads out of the document. Bundle it into one file.")
            seen.add(reference)
            node = self._document
            for part in reference[2:].split("/"):
                name = part.replace("~1", "/").replace("~0", "~")
                if not isinstance(node, dict) or name not in node:
                    raise UnreadableError(f"The reference {reference} leads nowhere.")
                node = node[name]
        return node if isinstance(node, dict) else {}

    def _content(self, facts: Facts, where: str, holder: dict[str, Any]) -> None:
        for kind, media in (holder.get("content") or {}).items():
            if "json" in kind:
                self._fields(facts, where, media.get("schema") or {}, (), 0)

    def _add(self, facts: Facts, path: str, schema: Any, *, required: bool, depth: int) -> None:
        plain = list(self._plain(schema))
        fact = facts.setdefault(path, Fact(required=required))
        fact.required = fact.required and required
        for each in plain:
            fact.types |= _types(each)
            fact.enum |= {str(value) for value in _enum(each) if value is not None}
        self._fields(facts, path, schema, plain, depth)

    def _fields(self, facts: Facts, path: str, schema: Any, plain: Any, depth: int) -> None:
        """The fields below: of an object its properties, of a list those of its items."""
        if depth > _DEEPEST:
            return
        plain = list(plain or self._plain(schema))
        objects = [each for each in plain if "properties" in each]
        everywhere = {name for each in objects for name in each["properties"]}
        for name in sorted(everywhere):
            for each in objects:
                if name in each["properties"]:
                    required = all(name in (one.get("required") or ()) for one in objects)
                    below = f"{path}.{name}" if depth else f"{path} {name}"
                    self._add(facts, below, each["properties"][name], required=required, depth=depth + 1)
        for each in plain:
            if "items" in each:
                self._add(facts, f"{path}[]", each["items"], required=False, depth=depth + 1)

    def _plain(self, schema: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
        """The alternatives of a schema, each without references and combinations."""
        if depth > _DEEPEST:
            return
        found = self.resolve(schema)
        rest = {name: value for name, value in found.items() if name not in ("allOf", "oneOf", "anyOf")}
        merged = [rest]
        for part in found.get("allOf") or ():
            merged = [_merge(one, other) for one in merged for other in self._plain(part, depth + 1)]
        choices = [*(found.get("oneOf") or ()), *(found.get("anyOf") or ())]
        alternatives = [each for choice in choices for each in self._plain(choice, depth + 1)]
        if alternatives:
            merged = [_merge(one, other) for one in merged for other in alternatives]
        yield from merged


def _merge(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    found = {**one, **other}
    if "properties" in one and "properties" in other:
        found["properties"] = {**one["properties"], **other["properties"]}
    if "required" in one or "required" in other:
        found["required"] = [*(one.get("required") or ()), *(other.get("required") or ())]
    return found


def _types(schema: dict[str, Any]) -> set[str]:
    said = schema.get("type")
    types = set(said) if isinstance(said, list) else {said} if said else set()
    if not types and "properties" in schema:
        types = {"object"}
    if schema.get("nullable") or None in _enum(schema):
        types.add("null")
    return {str(each) for each in types}


def _enum(schema: dict[str, Any]) -> list[Any]:
    return [schema["const"]] if "const" in schema else list(schema.get("enum") or ())
