"""The template's schedules, which moto keeps but never fires."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


def seconds(expression: str) -> int:
    """The period of ``rate(15 minutes)``."""
    match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    if match is None:
        raise ValueError(f"Only rate(...) schedules run locally, not {expression}.")
    return int(match[1]) * _SECONDS[match[2]]


class Scheduler:
    """Invokes functions as their schedules say, until stopped."""

    def __init__(self, schedules: dict[str, list[str]], invoke: Callable[[str], None]) -> None:
        self._stopped = threading.Event()
        for function, expressions in schedules.items():
            for expression in expressions:
                threading.Thread(target=self._run, args=(seconds(expression), invoke, function), daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self, period: int, invoke: Callable[[str], None], function: str) -> None:
        while not self._stopped.wait(period):
            invoke(function)
