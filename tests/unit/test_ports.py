"""The ports of stacks that run beside each other."""

from __future__ import annotations

import socket
import subprocess
import sys
from dataclasses import astuple
from pathlib import Path

from local.ports import HOST, Ports

ROOT = Path(__file__).parents[2]
CHOOSE = "from dataclasses import astuple; from local.ports import Ports; print(*astuple(Ports.free()))"


def test_free_ports_are_none_that_an_outgoing_connection_may_get() -> None:
    """A stack takes seconds from the choice to its servers, and meanwhile other tests open connections."""
    with socket.socket() as given:
        given.bind((HOST, 0))
        lowest = min(given.getsockname()[1], 32768)
    for _ in range(50):
        chosen = astuple(Ports.free())
        assert len({*chosen}) == 4
        assert all(1024 < port < lowest for port in chosen)


def test_processes_that_choose_at_once_choose_differently() -> None:
    run = [subprocess.Popen([sys.executable, "-c", CHOOSE], cwd=ROOT, stdout=subprocess.PIPE) for _ in range(4)]
    chosen = [port for each in run for port in each.communicate(timeout=60)[0].split()]
    assert len({*chosen}) == 16


def test_a_port_in_use_is_not_free() -> None:
    first = astuple(Ports.free())
    with socket.socket() as taken:
        taken.bind((HOST, first[-1] + 1))
        assert first[-1] + 1 not in astuple(Ports.free())
