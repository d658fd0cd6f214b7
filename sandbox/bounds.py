"""How the bounds of a range are read. Calendly's words leave it open, so ``/_sandbox/bounds`` can tell."""

from __future__ import annotations

from datetime import datetime

from sandbox import params
from sandbox.rows.base import stamp

KINDS = ("inclusive", "exclusive", "seconds")
"""With the bound, without it, or with it and compared by whole seconds."""


def at_least(value: str, bound: datetime) -> bool:
    """Whether a time in a row is at or behind a lower bound."""
    left, right = _compared(value, bound)
    return left > right or (left == right and params.world().bounds != "exclusive")


def at_most(value: str, bound: datetime) -> bool:
    """Whether a time in a row is at or before an upper bound."""
    left, right = _compared(value, bound)
    return left < right or (left == right and params.world().bounds != "exclusive")


def _compared(value: str, bound: datetime) -> tuple[str, str]:
    length = len("2026-01-31T09:00:00") if params.world().bounds == "seconds" else None
    return value[:length], stamp(bound)[:length]
