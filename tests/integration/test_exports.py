"""An export holds every event once: whatever the bounds mean, whoever writes at the same time, and whenever it dies."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts import aws
from calendly.documents import to_timestamp
from sandbox.bookings import book, cancel_event
from sandbox.bounds import KINDS
from tests.handlers import BUCKET, Handlers, handlers, module_of
from tests.sizes import size

START = datetime.fromisoformat("2030-03-04T00:00:00Z")
END = START + timedelta(days=1)


class KilledError(BaseException):
    """The process dies."""


class Bucket:
    """S3, one request at a time: its conditions are decided as if by one. A process can be killed at a writing."""

    def __init__(self) -> None:
        self.client = aws.client("s3")
        self._put = self.client.put_object
        self._lock = threading.Lock()
        self.client.put_object = self.put
        self.kill: Callable[[int, bool], bool] = lambda *_: False
        self.writings = 0

    def put(self, **how: Any) -> Any:
        with self._lock:
            self.writings += 1
            number = self.writings
            if self.kill(number, False):
                raise KilledError
            answer = self._put(**how)
        if self.kill(number, True):
            raise KilledError
        return answer

    def rows(self, export: str) -> list[Any]:
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=BUCKET, Prefix=f"{export}/events/")
        keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
        bodies = [self.client.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys]
        return [json.loads(line) for body in bodies for line in body.splitlines()]


@pytest.fixture
def calls() -> Iterator[Handlers]:
    with handlers(events=120, users=1, event_types=2) as made:
        for number, event in enumerate(made.world.data.scheduled_events):
            # Two to a time, on the window's bounds and around them.
            _move(event, START + timedelta(minutes=(number // 2 - 1) * 26))
        yield made


@pytest.fixture
def bucket(calls: Handlers) -> Bucket:
    module_of("export_window")
    import _bucket

    _bucket.SECONDS_TO_COUNT = 0.0
    return Bucket()


def _move(event: dict[str, Any], start: datetime) -> None:
    event["start_time"], event["end_time"] = to_timestamp(start), to_timestamp(start + timedelta(minutes=25))
    event["status"] = "active"


def export(calls: Handlers, name: str, **more: Any) -> Any:
    """Call it until it is done, as the workflow does."""
    window = {"export": name, "start_time": to_timestamp(START), "end_time": to_timestamp(END), **more}
    while not (counts := calls.call("export_window", **window))["done"]:
        pass
    return counts


def inside(calls: Handlers) -> list[str]:
    first, end = to_timestamp(START), to_timestamp(END)
    return sorted(row["uri"] for row in calls.world.data.scheduled_events if first <= row["start_time"] < end)


def exported(bucket: Bucket, name: str) -> list[str]:
    return sorted(row["uri"] for row in bucket.rows(name))


@pytest.mark.parametrize("kind", KINDS)
def test_a_window_has_its_start_in_and_its_end_out(calls: Handlers, bucket: Bucket, kind: str) -> None:
    calls.world.bounds = kind
    _move(calls.world.data.scheduled_events[0], START)
    _move(calls.world.data.scheduled_events[1], END)
    counts = export(calls, "exact")
    assert exported(bucket, "exact") == inside(calls)
    assert counts["events"] == len(inside(calls)) > 100


@pytest.mark.parametrize("kind", KINDS)
def test_bookings_cancellations_and_stale_tokens_meanwhile(calls: Handlers, bucket: Bucket, kind: str) -> None:
    """What was there all the time is in it once; what was booked or canceled meanwhile is in it at most once."""
    world = calls.world
    world.bounds = kind
    there = inside(calls)
    changed: set[str] = set()

    def change(number: int, after: bool) -> bool:
        if not after:
            with world.lock:
                world.page_tokens.clear()
                active = [row for row in world.data.scheduled_events if row["status"] == "active"]
                for event in active[:: 10 + number]:
                    changed.add(event["uri"])
                    cancel_event(world, event, world.data.users[0], None)
                for hours in (0, number, 23):
                    invitee = book(world, world.data.event_types[0], START + timedelta(hours=hours))
                    changed.add(invitee["event"])
        return False

    bucket.kill = change
    export(calls, "changing", status="active")
    found = Counter(exported(bucket, "changing"))
    assert max(found.values()) == 1
    assert set(found) >= set(there) - changed
    assert set(found) <= set(there) | changed


def test_many_events_at_one_time_and_stale_tokens(calls: Handlers, bucket: Bucket) -> None:
    world = calls.world
    event = world.data.scheduled_events[0]
    for number in range(size(350, 1000)):
        row = {**event, "uri": f"{calls.url}/scheduled_events/{number:032x}"}
        _move(row, START + timedelta(hours=1))
        world.data.add("scheduled_events", row)
        world.data.invitees[row["uri"]] = []

    def go_stale(number: int, after: bool) -> bool:
        with world.lock:
            world.page_tokens.clear()
        return number == size(8, 21) and not after  # and is killed, once

    bucket.kill = go_stale
    with pytest.raises(KilledError):
        export(calls, "thousand")
    export(calls, "thousand")
    assert exported(bucket, "thousand") == inside(calls)
    assert len(inside(calls)) > size(350, 1000)


@pytest.mark.parametrize("after", [False, True])
def test_killed_at_every_writing(calls: Handlers, bucket: Bucket, *, after: bool) -> None:
    """Each time it gets one writing further; a part that is not counted is written anew."""
    kills = 0

    def kill(number: int, is_after: bool) -> bool:
        return number % 3 == 0 and number < 40 and is_after is after

    bucket.kill = kill
    for _ in range(60):
        try:
            counts = export(calls, "killed")
        except KilledError:
            kills += 1
        else:
            break
    assert kills > 2
    assert exported(bucket, "killed") == inside(calls)
    assert counts["events"] == len(inside(calls))


@pytest.mark.parametrize("writers", [2, 4])
def test_several_writers_at_once(calls: Handlers, bucket: Bucket, writers: int) -> None:
    with ThreadPoolExecutor(writers) as threads:
        answers = list(threads.map(lambda _: export(calls, "shared"), range(writers)))
    assert exported(bucket, "shared") == inside(calls)
    assert answers == [answers[0]] * writers
    assert answers[0]["events"] == len(inside(calls))


@pytest.mark.parametrize("seed", range(size(3, 6)))
def test_two_writers_of_which_one_sees_less_and_one_is_killed(calls: Handlers, bucket: Bucket, seed: int) -> None:
    """The parts of the two are not alike, because events are canceled between them."""
    world = calls.world
    there, changed = inside(calls), set[str]()

    def trouble(number: int, after: bool) -> bool:
        if number % 4 == seed % 4 and not after:
            with world.lock:
                active = [row for row in world.data.scheduled_events if row["status"] == "active"]
                for event in active[seed::17]:
                    changed.add(event["uri"])
                    cancel_event(world, event, world.data.users[0], None)
        return number == 3 + seed and after is bool(seed % 2)

    bucket.kill = trouble

    def until_done(_: int) -> Any:
        while True:
            try:
                return export(calls, "two", status="active")
            except KilledError:
                continue

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(until_done, range(2)))
    found = Counter(exported(bucket, "two"))
    assert max(found.values()) == 1
    assert set(found) >= set(there) - changed
    assert answers[0] == answers[1]
    assert answers[0]["events"] == sum(found.values())
