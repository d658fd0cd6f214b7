"""A warm call: what a function takes beyond the bare exchange with Calendly, which is measured in the same breath."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.loopback import Loopback
from benchmarks.stacks import Stack, proxy_event

RUNNER = Path(__file__).with_name("warm_runner.py")


@dataclass(frozen=True)
class Warm:
    """Of one stack's read.

    Attributes:
        inside50, inside99: milliseconds in the function.
        bare50: milliseconds of the exchange alone.
        peak: bytes allocated at most during a call.
        resident: bytes of the warm process.
    """

    inside50: float
    inside99: float
    bare50: float
    peak: int
    resident: int

    @property
    def beyond50(self) -> float:
        return self.inside50 - self.bare50

    @property
    def beyond99(self) -> float:
        return self.inside99 - self.bare50


def warm_calls(stacks: list[Stack], service: Loopback, rounds: int, calls: int = 300) -> dict[str, Warm]:
    """By stack, the stacks taking turns; the median of the rounds."""
    found: dict[str, list[Warm]] = {stack.name: [] for stack in stacks}
    for _ in range(rounds):
        for stack in stacks:
            found[stack.name].append(_once(stack, service, calls))
    return {
        name: Warm(*(statistics.median(getattr(each, field) for each in runs) for field in Warm.__annotations__))
        for name, runs in found.items()
    }


def _once(stack: Stack, service: Loopback, calls: int) -> Warm:
    command = [
        sys.executable,
        str(RUNNER),
        stack.handlers["read"],
        json.dumps(proxy_event("read")),
        "/users/me",
        str(calls),
    ]
    environment = stack.environment("read", service)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{stack.name}: {done.stderr[-2000:]}")
    told = json.loads(done.stdout.splitlines()[-1])
    inside = [1000 * seconds for seconds in told["inside"]]
    return Warm(
        statistics.median(inside),
        statistics.quantiles(inside, n=100)[98],
        1000 * statistics.median(told["bare"]),
        told["peak"],
        told["resident"],
    )
