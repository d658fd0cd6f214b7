"""Calls that began earlier to create something, and may have."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol


class Earlier(NamedTuple):
    """An earlier call for the same: when the first one began, and when the last one lost an answer."""

    began: datetime
    lost: datetime


class Memory(Protocol):
    """Remembers that something is about to be created, for whoever calls again.

    Attributes:
        repeat: how to call again, for people: ``with the same idempotency key``.
    """

    repeat: str

    def begin(self, now: datetime) -> Earlier | None:
        """Remember that it begins now; the earlier call if there was one."""

    def lose(self, now: datetime) -> None:
        """Remember that an answer was lost."""

    def forget(self) -> None:
        """Forget it, because nothing was created."""
