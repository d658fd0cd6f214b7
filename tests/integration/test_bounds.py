"""Lists and ranges are exact however Calendly reads a bound: with it, without it, or by whole seconds."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from calendly.documents import to_timestamp
from calendly.errors import InvalidRequestError
from sandbox.bounds import KINDS
from tests.handlers import Handlers, handlers

START = datetime.fromisoformat("2030-03-04T10:00:00Z")
SECONDS = (-60, -1, -0.5, 0, 0, 0.25, 0.5, 1, 30, 59, 59.5, 60, 60, 60.75, 61, 120)
"""Where events start, around a range of a minute: on its bounds, just inside, just outside, several at once."""


class Forgetful(dict[str, Any]):
    """Page tokens, of which every other is stale when it is used."""

    asked = 0

    def get(self, key: str, default: Any = None) -> Any:
        self.asked += 1
        return default if self.asked % 2 else super().get(key, default)


@pytest.fixture(scope="module")
def stack() -> Iterator[Handlers]:
    with handlers(aws=False, events=len(SECONDS), users=1, event_types=2) as made:
        for event, seconds in zip(made.world.data.scheduled_events, SECONDS, strict=True):
            event["start_time"] = to_timestamp(START + timedelta(seconds=seconds))
            event["end_time"] = to_timestamp(START + timedelta(seconds=seconds + 1800))
            event["status"] = "active"
        yield made


@pytest.fixture(params=KINDS)
def calls(stack: Handlers, request: pytest.FixtureRequest) -> Iterator[Handlers]:
    stack.world.bounds = request.param
    stack.world.page_tokens = {}
    yield stack
    stack.world.bounds = "inclusive"


def expected(calls: Handlers, low: float, high: float, *, descending: bool = False) -> list[str]:
    first, last = (to_timestamp(START + timedelta(seconds=seconds)) for seconds in (low, high))
    rows = [row for row in calls.world.data.scheduled_events if first <= row["start_time"] <= last]
    rows.sort(key=lambda row: str(row["uri"]))
    return [row["uri"] for row in sorted(rows, key=lambda row: str(row["start_time"]), reverse=descending)]


def listed(calls: Handlers, low: float, high: float, *, descending: bool = False, **how: Any) -> list[str]:
    found: list[str] = []
    token = None
    for _ in range(100):
        answer = calls.call(
            "retrieve_events",
            min_start_time=to_timestamp(START + timedelta(seconds=low)),
            max_start_time=to_timestamp(START + timedelta(seconds=high)),
            sort=f"start_time:{'desc' if descending else 'asc'}",
            page_token=token,
            **how,
        )
        found += [row["uri"] for row in answer["collection"]]
        assert answer["pagination"]["count"] == len(answer["collection"])
        token = answer["pagination"]["next_page_token"]
        if token is None:
            return found
        assert answer["collection"], "an answer that goes on is not empty"
    raise AssertionError("it does not end")


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("count", [2, 100])
@pytest.mark.parametrize(("low", "high"), [(0, 60), (-0.5, 60.75), (61, 61), (62, 100)])
def test_both_bounds_of_a_list_are_in(
    calls: Handlers, count: int, low: float, high: float, *, descending: bool
) -> None:
    found = listed(calls, low, high, descending=descending, count=count)
    assert found == expected(calls, low, high, descending=descending)


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("max_items", [1, 2, 5])
def test_stale_tokens_leave_no_gap_and_no_repeat(calls: Handlers, max_items: int, *, descending: bool) -> None:
    calls.world.page_tokens = Forgetful()
    found = listed(calls, -1, 61, descending=descending, all_pages=True, count=2, max_items=max_items)
    assert found == expected(calls, -1, 61, descending=descending)


def test_a_list_without_bounds_is_calendlys_own_page(calls: Handlers) -> None:
    answer = calls.call("retrieve_events", count=5)
    assert answer["pagination"]["next_page"].startswith(calls.url)
    assert len(answer["collection"]) == 5


def busy(calls: Handlers, days: float, *, start: datetime = START, **more: Any) -> list[Any]:
    answer = calls.call(
        "retrieve_user_busy_times",
        start_time=to_timestamp(start),
        end_time=to_timestamp(start + timedelta(days=days)),
        **more,
    )
    return list(answer["collection"])


@pytest.mark.parametrize("days", [1, 7, 20.5])
def test_busy_times_are_whole_at_every_seam(calls: Handlers, days: float) -> None:
    """The events are moved to where pieces of the range may meet, and to its ends."""
    week = timedelta(days=7) - timedelta(seconds=2)
    edges = [START, START + timedelta(days=days), START + week, START + 2 * week]
    events = calls.world.data.scheduled_events
    before = [(event["start_time"], event["end_time"]) for event in events]
    places = [(edges[n // 4], timedelta(seconds=(-1800, -1, 0, 1)[n % 4]), 1800.0) for n in range(len(events))]
    for event, (edge, off, span) in zip(events, places, strict=True):
        event["start_time"], event["end_time"] = (to_timestamp(edge + off + timedelta(seconds=s)) for s in (0, span))
    first, last = to_timestamp(START), to_timestamp(START + timedelta(days=days))
    wanted = sorted(row["uri"] for row in events if row["start_time"] < last and row["end_time"] > first)
    found = busy(calls, days)
    for event, (start_time, end_time) in zip(events, before, strict=True):
        event["start_time"], event["end_time"] = start_time, end_time
    assert sorted(row["event"]["uri"] for row in found if row["type"] == "calendly") == wanted
    lunches = [row["start_time"] for row in found if row["type"] == "external"]
    noons = [START.replace(hour=12) + timedelta(days=day) for day in range(-1, 30)]
    end = START + timedelta(days=days)
    assert lunches == [to_timestamp(noon) for noon in noons if noon < end and noon + timedelta(hours=1) > START]


def test_one_call_makes_at_most_sixty_requests_and_goes_on_from_a_cursor(stack: Handlers) -> None:
    before = stack.sent("GET /user_busy_times")
    years = {"start_time": to_timestamp(START), "end_time": to_timestamp(START + timedelta(days=900))}
    found, token, requests = [], None, []
    while token is not None or not requests:
        answer = stack.call("retrieve_user_busy_times", **years, page_token=token)
        requests.append(stack.sent("GET /user_busy_times") - before - sum(requests))
        found += [row["start_time"] for row in answer["collection"] if row["type"] == "external"]
        token = answer.get("pagination", {}).get("next_page_token")
    assert max(requests) == 60
    assert len(requests) == 3
    assert found == [to_timestamp(START.replace(hour=12) + timedelta(days=day)) for day in range(900)]


def test_more_events_at_one_time_than_a_cursor_names_and_a_stale_token() -> None:
    wanted = {"all_pages": True, "sort": "start_time:asc", "max_items": 101}
    with handlers(aws=False, events=450, users=1, event_types=2) as calls:
        for event in calls.world.data.scheduled_events:
            event["start_time"] = to_timestamp(START)
        token = None
        for _ in range(4):
            token = calls.call("retrieve_events", **wanted, page_token=token)["pagination"]["next_page_token"]
        calls.world.page_tokens.clear()
        with pytest.raises(InvalidRequestError, match="Begin a list with min_start_time 2030-03-04T10:00:00"):
            calls.call("retrieve_events", **wanted, page_token=token)
