"""What has to stay true of the sandbox's files: imports run one way, and no file is too long."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "sandbox").rglob("*.py"))
BASE = ["ids", "rows", "errors", "consent", "faults", "dataset", "deliveries", "world"]
"""Each may import those before it."""


def module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module(path) for path in FILES}


def imported(path: Path) -> set[str]:
    """The sandbox's modules that a file imports: anywhere in it, also for types alone and inside functions."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= inner & MODULES or {node.module}
    return found & MODULES


def test_no_import_comes_back_to_where_it_began() -> None:
    graph = {module(path): imported(path) for path in FILES}
    assert len(list(TopologicalSorter(graph).static_order())) == len(FILES)


def test_the_base_knows_nothing_above_it() -> None:
    for path in FILES:
        name = module(path).split(".")[1] if "." in module(path) else ""
        if name in BASE:
            allowed = set(BASE[: BASE.index(name) + 1])
            assert {each.split(".")[1] for each in imported(path)} <= allowed, path


def test_no_file_is_too_long() -> None:
    assert [path for path in FILES if len(path.read_text().splitlines()) > 400] == []
