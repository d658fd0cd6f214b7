"""Ids of the seeded resources. Each one depends on the seed, its kind and its number, and on nothing else."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import lru_cache

_NAMESPACE = uuid.UUID("c0ffee00-0000-4000-8000-000000000000")


@dataclass(frozen=True)
class Ids:
    """The ids of one seed. A ``number`` is a place within the kind, or within its owner, such as ``0/2``."""

    origin: str
    seed: int

    def uuid(self, kind: str, number: int | str) -> str:
        return _uuid(f"{self.seed}/{kind}/{number}")

    def uri(self, kind: str, number: int | str, *, below: str | None = None) -> str:
        """The URI of a resource; ``below`` is the URI of the resource that it belongs to."""
        return f"{below or self.origin}/{kind}/{self.uuid(kind, number)}"


@lru_cache(maxsize=10_000)
def _uuid(name: str) -> str:
    """Kept, because a world is made anew at each reset with the same ids."""
    return str(uuid.uuid5(_NAMESPACE, name))
