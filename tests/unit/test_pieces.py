"""Available times of long ranges, in pieces that Calendly takes; and answers whose form is not documented."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from calendly.api import Api, StaticToken
from calendly.deadline import Deadline
from calendly.errors import InvalidRequestError, OutcomeUnknownError
from calendly.event_type_available_times import EventTypeAvailableTimes
from calendly.transport import Operation, Response, Transport
from calendly.user_meeting_limits import MeetingLimits

EVENT_TYPE = "AAAAAAAAAAAAAAAA"


class Answering(Api):
    """Answers as told, and keeps what was asked."""

    def __init__(self, answer: Any) -> None:
        super().__init__(Transport(), StaticToken("token"), deadline=Deadline(20))
        self._answer = answer
        self.asked: list[dict[str, Any]] = []

    def send(self, operation: Operation, path: str, **content: Any) -> Response:
        self.asked.append(content)
        answer = self._answer(content.get("params")) if callable(self._answer) else self._answer
        return Response(200, {}, json.dumps(answer).encode())


def hourly(params: dict[str, str]) -> dict[str, Any]:
    """Each full hour of the range, its end counted in."""
    start, end = (datetime.fromisoformat(params[name]) for name in ("start_time", "end_time"))
    assert timedelta(0) < end - start <= timedelta(days=31)
    first = start.replace(minute=0, second=0, microsecond=0)
    times = [first + timedelta(hours=hour) for hour in range(31 * 24 + 2)]
    times = [time for time in times if start <= time <= end]
    return {"collection": [{"start_time": time.isoformat().replace("+00:00", "Z")} for time in times]}


def walk(api: Answering, start: str, end: str) -> list[str]:
    times, token = [], None
    while True:
        page = EventTypeAvailableTimes(api).piece(
            event_type=EVENT_TYPE, start_time=start, end_time=end, page_token=token
        )
        times += [row["start_time"] for row in page.rows]
        token = page.next_page_token
        if token is None:
            return times


@pytest.mark.parametrize(("days", "pieces"), [(1, 1), (30, 1), (31, 2), (61, 2), (62, 3)])
def test_a_range_takes_as_few_pieces_as_it_can_and_no_time_comes_twice(days: int, pieces: int) -> None:
    """Pieces overlap by two seconds. The range has its start in and its end out."""
    start = datetime(2030, 1, 7, tzinfo=UTC)
    api = Answering(hourly)
    times = walk(api, start.isoformat(), (start + timedelta(days=days)).isoformat())
    assert len(api.asked) == pieces
    assert len(times) == len(set(times)) == days * 24
    assert times == sorted(times)


def test_what_is_past_of_a_range_is_left_out() -> None:
    now = datetime.now(UTC)
    api = Answering(hourly)
    walk(api, (now - timedelta(days=3)).isoformat(), (now + timedelta(days=1)).isoformat())
    assert datetime.fromisoformat(api.asked[0]["params"]["start_time"]) > now
    assert walk(Answering(hourly), (now - timedelta(days=3)).isoformat(), (now - timedelta(days=1)).isoformat()) == []


def test_a_damaged_token_is_told() -> None:
    with pytest.raises(InvalidRequestError, match="page_token"):
        EventTypeAvailableTimes(Answering(hourly)).piece(
            event_type=EVENT_TYPE, start_time="2030-01-07T00:00:00Z", end_time="2030-01-08T00:00:00Z", page_token="x"
        )


LIMITS = {"daily_limit": 5, "weekly_limit": None, "monthly_limit": None}


@pytest.mark.parametrize("answer", [{"resource": LIMITS}, {"collection": [LIMITS]}, LIMITS])
def test_meeting_limits_are_read_in_any_envelope(answer: Any) -> None:
    api = Answering(answer)
    found = MeetingLimits(api).update(user=EVENT_TYPE, limits={"daily_limit": 5, "weekly_limit": None})
    assert found.body == {"resource": LIMITS}
    assert api.asked[0]["document"] == {"daily_limit": 5, "weekly_limit": None}


@pytest.mark.parametrize("answer", [[], "fine", {"collection": []}, {"resource": None}])
def test_an_answer_that_cannot_be_read_leaves_a_write_unknown(answer: Any) -> None:
    with pytest.raises(OutcomeUnknownError):
        MeetingLimits(Answering(answer)).update(user=EVENT_TYPE, limits={"daily_limit": 5})
