"""A long list, with 50 ms per page at Calendly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.loopback import Loopback
from benchmarks.stacks import Stack

RUNNER = Path(__file__).with_name("bulk_runner.py")
LATENCY = 0.05


@dataclass(frozen=True)
class Bulk:
    """The cost of a list: calls to Calendly, seconds, and the peak memory of the process in bytes."""

    calls: int
    seconds: float
    peak: int

    @property
    def ratio(self) -> float:
        """The seconds, relative to the latency of the calls alone."""
        return self.seconds / (self.calls * LATENCY)


def bulk(stack: Stack, service: Loopback, events: int) -> Bulk:
    """Let a stack collect ``events`` events."""
    service.prepare(events)
    service.latency = LATENCY
    told = stack.run(RUNNER, "list", service, stack.pages)
    service.latency = 0.0
    if told["events"] != events:
        raise SystemExit(f"{stack.name}: {told['events']} events came of {events}")
    return Bulk(told["calls"], told["seconds"], told["peak"])
