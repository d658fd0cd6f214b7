"""The actions, as ``make generate`` wrote them down."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Command:
    """One action.

    Attributes:
        name: the action's.
        family: Calendly's resource.
        help: what it does.
        function: the Lambda's logical id.
        method, path: its route.
        in_path: the names of its path parameters.
        inputs: by name, ``type`` and, where there are any, ``required``, ``values``, ``help`` and ``default``.
    """

    name: str
    family: str
    help: str
    function: str
    method: str
    path: str
    in_path: list[str]
    inputs: dict[str, dict[str, Any]]


@lru_cache(maxsize=1)
def commands() -> dict[str, Command]:
    """All of them, by name."""
    found = json.loads((Path(__file__).parent / "catalog.json").read_text())
    return {name: Command(name=name, **members) for name, members in found.items()}
