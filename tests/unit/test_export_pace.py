"""An export leaves half of each minute's requests to others."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from types import ModuleType

import pytest

from calendly.deadline import Deadline
from calendly.errors import RateLimitedError
from calendly.transport import RateLimit
from tests.unit.test_architecture import ROOT


@pytest.fixture
def pace() -> Iterator[ModuleType]:
    sys.path.insert(0, str(ROOT / "functions" / "exports"))
    import _pace

    yield _pace
    _pace._waited.clear()
    sys.path.remove(str(ROOT / "functions" / "exports"))


@pytest.mark.parametrize("room", [None, RateLimit(500, 499, 60), RateLimit(500, 251, 1)])
def test_it_goes_on_while_there_is_more_than_half(pace: ModuleType, room: RateLimit | None) -> None:
    slept: list[float] = []
    pace.leave_room(lambda: room, Deadline(100), slept.append)
    assert slept == []


def test_it_waits_once_for_the_next_minute(pace: ModuleType) -> None:
    slept: list[float] = []
    room = RateLimit(500, 250, 42.0)
    for _ in range(4):  # as many threads, all told the same
        pace.leave_room(lambda: room, Deadline(100), slept.append)
    assert slept == [42.5]
    room = RateLimit(500, 100, 30.0)
    pace.leave_room(lambda: room, Deadline(100), slept.append)
    assert slept == [42.5, 30.5]


def test_without_the_time_to_wait_it_says_when_to_call_again(pace: ModuleType) -> None:
    with pytest.raises(RateLimitedError) as caught:
        pace.leave_room(lambda: RateLimit(500, 10, 42.0), Deadline(30), lambda _: None)
    assert caught.value.retry_after == 42.0
