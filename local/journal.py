"""What happens on the local stack, as it happens: calls, deliveries, events on the bus, workflows, messages."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Kind = Literal["call", "delivery", "invoke", "event", "workflow", "message"]
KEPT = 200


@dataclass(frozen=True)
class Happening:
    """One thing that happened.

    Attributes:
        kind: what sort of thing.
        text: one line for people.
        detail: the document that went along, where there is one.
        at: seconds since the epoch.
    """

    kind: Kind
    text: str
    detail: Any = None
    at: float = field(default_factory=time.time)

    @property
    def time(self) -> str:
        """In ISO 8601, UTC."""
        return datetime.fromtimestamp(self.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Journal:
    """The latest happenings of each kind. Thread-safe.

    Args:
        tell: called with each line, for people who watch.
    """

    def __init__(self, tell: Callable[[str], None] | None = None) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._kept: dict[str, deque[Happening]] = {}

    def note(self, kind: Kind, text: str, detail: Any = None) -> None:
        happening = Happening(kind, text, detail)
        with self._lock:
            self._kept.setdefault(kind, deque(maxlen=KEPT)).append(happening)
            if self._tell:
                local = datetime.fromtimestamp(happening.at).strftime("%H:%M:%S")
                self._tell(f"{local}  {kind:<9} {text}")

    def latest(self, *kinds: Kind, most: int = 20) -> list[Happening]:
        """The latest of these kinds, the newest first."""
        with self._lock:
            found = [each for kind in kinds for each in self._kept.get(kind, ())]
        return sorted(found, key=lambda each: each.at, reverse=True)[:most]
