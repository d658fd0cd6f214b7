"""Collecting pages: complete, in order, nothing twice, whatever makes it stop."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.cursors import Cursor
from actions.doors import Call
from actions.inputs import PagedInput
from actions.lists import Order, fetch_list
from calendly.deadline import Deadline
from calendly.documents import Page, Resource
from calendly.errors import CalendlyUnavailableError, InvalidRequestError, RateLimitedError


class Listing:
    """A list at Calendly, and how often it was asked."""

    def __init__(self, rows: int, *, row_size: int = 10, fail_at: int | None = None) -> None:
        self.rows = [{"uri": str(number), "fill": "x" * row_size} for number in range(rows)]
        self.calls: list[tuple[int | None, str | None]] = []
        self.fail_at = fail_at

    def fetch(self, count: int | None, token: str | None) -> Page[Any]:
        self.calls.append((count, token))
        if len(self.calls) == self.fail_at:
            raise RateLimitedError("later", retry_after=60)
        start, size = int(token or 0), count or 20
        following = str(start + size) if start + size < len(self.rows) else None
        body = {
            "collection": self.rows[start : start + size],
            "pagination": {"count": 0, "next_page": None, "next_page_token": following},
        }
        return Page(body, Resource)


def call(max_bytes: int = 240_000, seconds: float = 60, clock: Any = None) -> Call:
    made = Call({}, "c", seconds)
    made.deadline = Deadline(seconds, clock=clock) if clock else Deadline(seconds)
    made.max_bytes = max_bytes
    return made


def collected(listing: Listing, *, max_bytes: int = 240_000, **wanted: Any) -> tuple[list[str], str | None]:
    answer = fetch_list(call(max_bytes), PagedInput(**wanted), listing.fetch).body
    return [row["uri"] for row in answer["collection"]], answer["pagination"]["next_page_token"]


def test_a_single_page_is_calendlys_own() -> None:
    listing = Listing(50)
    answer = fetch_list(call(), PagedInput(count=5, page_token="10"), listing.fetch).body
    assert listing.calls == [(5, "10")]
    assert answer["pagination"]["next_page_token"] == "15"


def test_a_single_page_too_large_for_the_door_comes_in_parts() -> None:
    listing = Listing(50, row_size=1000)
    uris: list[str] = []
    token, answers = None, 0
    while len(uris) < 40 and answers < 20:
        part, token = collected(listing, max_bytes=8_000, count=40, **({"page_token": token} if token else {}))
        assert 0 < len(part) < 8
        uris += part
        answers += 1
        assert answers > 1 or len(listing.calls) == 1, "a page at hand is not asked for again"
    assert uris == [str(number) for number in range(len(uris))]
    assert listing.calls[0] == (40, None)


@pytest.mark.parametrize(("rows", "calls"), [(0, 1), (1, 1), (100, 1), (101, 2), (1000, 10)])
def test_all_pages_take_no_more_calls_than_needed(rows: int, calls: int) -> None:
    listing = Listing(rows)
    uris, token = collected(listing, all_pages=True)
    assert uris == [str(number) for number in range(rows)]
    assert token is None
    assert len(listing.calls) == calls


def test_max_items_at_the_end_of_a_page_asks_for_no_more() -> None:
    listing = Listing(250)
    uris, token = collected(listing, all_pages=True, max_items=100)
    assert len(uris) == 100
    assert len(listing.calls) == 1
    assert token is not None


def test_max_items_at_the_very_end_leaves_nothing_to_go_on_to() -> None:
    assert collected(Listing(100), all_pages=True, max_items=100)[1] is None


@settings(deadline=None)
@given(
    rows=st.integers(0, 450),
    size=st.integers(1, 400),
    max_bytes=st.integers(300, 60_000),
    max_items=st.none() | st.integers(1, 300),
    count=st.none() | st.integers(1, 100),
)
def test_going_on_from_the_cursor_gives_every_row_once(
    rows: int, size: int, max_bytes: int, max_items: int | None, count: int | None
) -> None:
    listing, seen, token = Listing(rows, row_size=size), [], None
    for _ in range(rows + 2):
        uris, token = collected(
            listing, max_bytes=max_bytes, all_pages=True, max_items=max_items, count=count, page_token=token
        )
        assert max_items is None or len(uris) <= max_items
        assert token is None or uris
        seen += uris
        if token is None:
            break
    assert seen == [str(number) for number in range(rows)]


def test_what_was_collected_is_not_lost_when_calendly_fails_later() -> None:
    listing = Listing(350, fail_at=3)
    uris, token = collected(listing, all_pages=True)
    assert len(uris) == 200
    rest, _ = collected(listing, all_pages=True, page_token=token)
    assert uris + rest == [str(number) for number in range(350)]


def test_a_failure_of_the_first_page_is_told() -> None:
    with pytest.raises(RateLimitedError):
        collected(Listing(350, fail_at=1), all_pages=True)


def test_stops_while_there_is_time_to_answer() -> None:
    now = [0.0]
    listing = Listing(1000)

    def slow(count: int | None, token: str | None) -> Page[Any]:
        now[0] += 1.0
        return listing.fetch(count, token)

    answer = fetch_list(call(seconds=5, clock=lambda: now[0]), PagedInput(all_pages=True), slow).body
    assert len(answer["collection"]) == 300
    assert answer["pagination"]["next_page_token"]


def test_a_cursor_also_serves_single_pages() -> None:
    listing = Listing(250)
    _, token = collected(listing, all_pages=True, max_items=110)
    uris, token = collected(listing, page_token=token, count=30)
    assert uris == [str(number) for number in range(110, 140)]
    uris, token = collected(listing, page_token=token, all_pages=True)
    assert uris == [str(number) for number in range(140, 250)]
    assert token is None


def test_a_cursor_belongs_to_its_filters() -> None:
    _, token = collected(Listing(250), all_pages=True, max_items=10)
    with pytest.raises(InvalidRequestError, match="page_token"):
        collected(Listing(250), all_pages=True, page_token=token, account="another")


@pytest.mark.parametrize(
    "text", ["cursor.", "cursor.e30", "x", "cursor.!!!", "cursor.W251bGwsLTEsMTAwLCIiXQ", "cursor.W10"]
)
def test_a_damaged_cursor_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequestError, match="page_token"):
        Cursor.parse(text)


def test_unavailable_after_the_first_page_keeps_the_rest_for_later() -> None:
    listing = Listing(150)
    listing.fail_at = 2

    def fetch(count: int | None, token: str | None) -> Page[Any]:
        try:
            return listing.fetch(count, token)
        except RateLimitedError:
            raise CalendlyUnavailableError("down") from None

    answer = fetch_list(call(), PagedInput(all_pages=True), fetch).body
    assert len(answer["collection"]) == 100


class Events:
    """A list sorted by start time, many rows to a time, whose page tokens go stale."""

    def __init__(self, times: list[int]) -> None:
        self.rows = [{"uri": f"event-{number}", "start_time": f"{at:04}"} for number, at in enumerate(sorted(times))]
        self.tokens: dict[str, tuple[str | None, int]] = {}
        self.made = 0

    def go_stale(self) -> None:
        self.tokens.clear()

    def fetch_from(self, start: str | None) -> Any:
        def fetch(count: int | None, token: str | None) -> Page[Any]:
            rows = [row for row in self.rows if start is None or row["start_time"] >= start]
            position = 0
            if token is not None:
                listed, position = self.tokens.get(token, ("", -1))
                if listed != start:
                    raise InvalidRequestError.for_field("page_token", "invalid")
            following = None
            if position + (count or 20) < len(rows):
                self.made += 1
                following = f"token-{self.made}"
                self.tokens[following] = (start, position + (count or 20))
            page = rows[position : position + (count or 20)]
            return Page({"collection": page, "pagination": {"next_page_token": following}}, Resource)

        return fetch


@settings(deadline=None, max_examples=200)
@given(
    times=st.lists(st.integers(0, 6), max_size=120),
    max_items=st.integers(1, 30),
    count=st.integers(1, 30),
    stale=st.lists(st.booleans(), min_size=1, max_size=20),
)
def test_stale_page_tokens_leave_no_gap_and_no_repeat(
    times: list[int], max_items: int, count: int, stale: list[bool]
) -> None:
    events = Events(times)
    order = Order("start_time", events.fetch_from)
    seen: list[str] = []
    token: str | None = None
    for turn in range(len(times) + 2):
        wanted = PagedInput(all_pages=True, max_items=max_items, count=count, page_token=token)
        answer = fetch_list(call(), wanted, events.fetch_from(None), order).body
        seen += [row["uri"] for row in answer["collection"]]
        token = answer["pagination"]["next_page_token"]
        if token is None:
            break
        if stale[turn % len(stale)]:
            events.go_stale()
    assert seen == [row["uri"] for row in events.rows]


def test_a_token_that_goes_stale_while_collecting_is_survived_too() -> None:
    events = Events([number // 7 for number in range(100)])
    fetch = events.fetch_from(None)

    def goes_stale(count: int | None, token: str | None) -> Page[Any]:
        if token == "token-3":
            events.go_stale()
        return fetch(count, token)  # type: ignore[no-any-return]

    order = Order("start_time", events.fetch_from)
    answer = fetch_list(call(), PagedInput(all_pages=True, count=10), goes_stale, order).body
    assert [row["uri"] for row in answer["collection"]] == [row["uri"] for row in events.rows]


def test_a_list_without_an_order_says_that_it_has_to_begin_again() -> None:
    events = Events(list(range(50)))
    token = fetch_list(
        call(), PagedInput(all_pages=True, count=10, max_items=20), events.fetch_from(None)
    ).next_page_token
    events.go_stale()
    wanted = PagedInput(all_pages=True, count=10, page_token=token)
    with pytest.raises(InvalidRequestError, match="begin the list again"):
        fetch_list(call(), wanted, events.fetch_from(None))
