"""A warm call: the function's time without the exchange with Calendly, which is measured within the same call."""

from __future__ import annotations

import json
import statistics
from dataclasses import dataclass
from pathlib import Path

from benchmarks.loopback import Loopback
from benchmarks.stacks import Stack, proxy_event

RUNNER = Path(__file__).with_name("warm_runner.py")


@dataclass(frozen=True)
class Warm:
    """The measurements of one stack's read.

    Attributes:
        whole: the median of the milliseconds in the function.
        overhead50, overhead99: milliseconds beyond the exchange: from the first byte sent to the last one received.
        peak: bytes allocated at most during a call.
        resident: bytes of the warm process.
    """

    whole: float
    overhead50: float
    overhead99: float
    peak: int
    resident: int


def warm_calls(stacks: list[Stack], service: Loopback, rounds: int, calls: int = 300) -> dict[str, Warm]:
    """The median of the rounds by stack. The stacks take turns."""
    found: dict[str, list[Warm]] = {stack.name: [] for stack in stacks}
    for _ in range(rounds):
        for stack in stacks:
            found[stack.name].append(_once(stack, service, calls))
    return {
        name: Warm(*(statistics.median(getattr(each, field) for each in runs) for field in Warm.__annotations__))
        for name, runs in found.items()
    }


def _once(stack: Stack, service: Loopback, calls: int) -> Warm:
    told = stack.run(RUNNER, "read", service, stack.handlers["read"], json.dumps(proxy_event("read")), str(calls))
    overhead = [1000 * seconds for seconds in told["overhead"]]
    return Warm(
        1000 * statistics.median(told["whole"]),
        statistics.median(overhead),
        statistics.quantiles(overhead, n=100)[98],
        told["peak"],
        told["resident"],
    )
