"""One moto server per worker; a world of its own per test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.conftest import Sandbox
from tests.faults.world import Gate, World, moto_behind_a_gate


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    with moto_behind_a_gate() as gate:
        yield gate


@pytest.fixture
def world(sandbox: Sandbox, gate: Gate) -> Iterator[World]:
    gate.arm(None)
    sandbox.control("limits", tokens_per_minute=1000)
    yield World(sandbox, gate)
    gate.arm(None)
