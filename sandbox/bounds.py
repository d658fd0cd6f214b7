"""How the bounds of a range are read. Calendly's words leave it open, so ``/_sandbox/bounds`` can tell."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from sandbox import params
from sandbox.rows.base import stamp

KINDS = ("inclusive", "exclusive", "seconds")
"""With the bound, without it, or with it and compared by whole seconds."""


def at_least(value: str, bound: datetime) -> bool:
    """Whether a time in a row is at or behind a lower bound."""
    kind = params.world().bounds
    left, right = _compared(value, bound, kind)
    return left > right or (left == right and kind != "exclusive")


def at_most(value: str, bound: datetime) -> bool:
    """Whether a time in a row is at or before an upper bound."""
    kind = params.world().bounds
    left, right = _compared(value, bound, kind)
    return left < right or (left == right and kind != "exclusive")


def _compared(value: str, bound: datetime, kind: str) -> tuple[str, str]:
    length = len("2026-01-31T09:00:00") if kind == "seconds" else None
    return value[:length], _written(bound)[:length]


_written = lru_cache(maxsize=64)(stamp)
"""A bound is compared with all rows."""
