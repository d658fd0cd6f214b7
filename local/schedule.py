"""Runs the template's schedules. moto stores schedules but does not run them."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass

_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


def seconds(expression: str) -> int:
    """The period in seconds of an expression such as ``rate(15 minutes)``."""
    match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    if match is None:
        raise ValueError(f"Only rate(...) schedules run locally, not {expression}.")
    return int(match[1]) * _SECONDS[match[2]]


@dataclass(frozen=True)
class Schedule:
    """A function, its schedule expression, and its input as JSON."""

    function: str
    expression: str
    input: str


class Scheduler:
    """Invokes functions on their schedules until it is stopped."""

    def __init__(self, schedules: list[Schedule], invoke: Callable[[Schedule], object]) -> None:
        self._stopped = threading.Event()
        for schedule in schedules:
            threading.Thread(target=self._run, args=(schedule, invoke), daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self, schedule: Schedule, invoke: Callable[[Schedule], object]) -> None:
        while not self._stopped.wait(seconds(schedule.expression)):
            invoke(schedule)
