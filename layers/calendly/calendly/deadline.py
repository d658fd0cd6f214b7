"""The time that a call has left."""

from __future__ import annotations

import time
from collections.abc import Callable


class Deadline:
    """A moment on a monotonic clock. Nothing may sleep or wait longer."""

    def __init__(self, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ends_at = clock() + seconds

    def remaining(self) -> float:
        """Seconds left; never negative."""
        return max(0.0, self._ends_at - self._clock())

    def before(self, seconds: float) -> Deadline:
        """The deadline ``seconds`` before this one."""
        return Deadline(self._ends_at - seconds - self._clock(), clock=self._clock)

    def sooner(self, seconds: float) -> Deadline:
        """The earlier of this deadline and ``seconds`` from now."""
        return Deadline(min(seconds, self.remaining()), clock=self._clock)
