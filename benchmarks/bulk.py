"""A long list, Calendly taking 50 ms for each page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.loopback import Loopback
from benchmarks.stacks import Stack

RUNNER = Path(__file__).with_name("bulk_runner.py")
LATENCY = 0.05


@dataclass(frozen=True)
class Bulk:
    """What a list took: calls of Calendly's, seconds, and the process's memory at most, in bytes."""

    calls: int
    seconds: float
    peak: int

    @property
    def ratio(self) -> float:
        """Of the seconds to what the calls alone take."""
        return self.seconds / (self.calls * LATENCY)


def bulk(stack: Stack, service: Loopback, events: int) -> Bulk:
    """Have a stack collect so many events."""
    service.prepare(events)
    service.latency = LATENCY
    told = stack.run(RUNNER, "list", service, stack.pages)
    service.latency = 0.0
    if told["events"] != events:
        raise SystemExit(f"{stack.name}: {told['events']} events came of {events}")
    return Bulk(told["calls"], told["seconds"], told["peak"])
