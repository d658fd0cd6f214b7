"""What the stack holds: memory, sockets and processes, read from /proc (Linux)."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.functions import MOST_IDLE

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

MOST_GROWTH = 16_000_000
"""Bytes that a process of a function may grow by from when it is first seen to its end."""

SURPLUS_SECONDS = 10.0
"""How long the end of processes that are too many may take."""

MOST_SOCKETS = 8
"""Sockets of one such process: the Runtime API, Calendly, and a few of AWS's services."""

MOST_STAND_INS = 64 + MOST_SOCKETS * MOST_IDLE
"""Sockets of the process with Calendly's and AWS's stand-ins: an end of each of those, and who listens."""

MOST_BYTES_A_CALL = 100_000
"""By which the stand-ins' process may grow: they keep each booking, link, event and execution, and every token."""


@dataclass(frozen=True)
class Held:
    """What is held at one moment, while nothing is asked.

    Attributes:
        functions: the memory of each process of a function in bytes, by process id.
        most_sockets: of one of them.
        memory, sockets, threads: of the process with the stand-ins for Calendly and AWS, and the callers.
    """

    functions: dict[int, int]
    most_sockets: int
    memory: int
    sockets: int
    threads: int


def growths(moments: list[Held]) -> list[int]:
    """For each moment, by how many bytes a process of a function has grown since it was first seen: the most of all."""
    first: dict[int, int] = {}
    found = []
    for moment in moments:
        first = moment.functions | first
        found.append(max((size - first[pid] for pid, size in moment.functions.items()), default=0))
    return found


def held() -> Held:
    """What is held now, once the processes that are too many have ended."""
    end = time.monotonic() + SURPLUS_SECONDS
    while len(multiprocessing.active_children()) > MOST_IDLE and time.monotonic() < end:
        time.sleep(0.1)
    processes = [str(process.pid) for process in multiprocessing.active_children()]
    memory = {int(pid): size for pid in processes if (size := _memory(pid))}
    sockets = [len(list(_sockets(pid))) for pid in processes]
    threads = len(os.listdir("/proc/self/task"))
    return Held(memory, max(sockets, default=0), _memory("self"), len(list(_sockets("self"))), threads)


def _memory(pid: str) -> int:
    """Bytes that are resident; 0 for a process that has ended."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES
    except OSError:
        return 0


def _sockets(pid: str) -> Iterator[str]:
    try:
        numbers = os.listdir(f"/proc/{pid}/fd")
    except OSError:
        return
    for number in numbers:
        try:
            target = os.readlink(f"/proc/{pid}/fd/{number}")
        except OSError:
            continue  # closed meanwhile
        if target.startswith("socket:"):
            yield target
