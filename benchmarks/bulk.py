"""Ten thousand events through ``all_pages``, Calendly taking 50 ms for each page."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.loopback import Loopback
from benchmarks.stacks import Stack

RUNNER = Path(__file__).with_name("bulk_runner.py")
LATENCY = 0.05


@dataclass(frozen=True)
class Bulk:
    """What a list of some length took: calls of Calendly's, seconds, and the process's memory at most, in bytes."""

    events: int
    calls: int
    seconds: float
    peak: int

    @property
    def ratio(self) -> float:
        """Of the seconds to what the calls alone take."""
        return self.seconds / (self.calls * LATENCY)


def bulk(ours: Stack, service: Loopback, events: int) -> Bulk:
    """Collect so many events with our action, answer by answer, as a workflow does."""
    service.prepare(events)
    service.latency = LATENCY
    before = service.requests
    done = subprocess.run(
        [sys.executable, str(RUNNER)],
        env=ours.environment("list", service),
        capture_output=True,
        text=True,
        check=False,
    )
    service.latency = 0.0
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    told = json.loads(done.stdout.splitlines()[-1])
    # One call was for warming up.
    calls = service.requests - before - 1
    if told["events"] != events:
        raise SystemExit(f"{told['events']} events came of {events}")
    return Bulk(events, calls, told["seconds"], told["peak"])
