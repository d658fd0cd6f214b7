"""Available times: hours, buffers, notice, limits, and the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import Sandbox
from tests.integration.sandbox_calls import Caller, caller, free_times, in_days

BERLIN = ZoneInfo("Europe/Berlin")


def hours(weekday: tuple[str, str] | None) -> list[dict[str, Any]]:
    days = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
    intervals = [{"from": weekday[0], "to": weekday[1]}] if weekday else []
    return [{"type": "wday", "wday": day, "intervals": intervals} for day in days]


def set_hours(call: Caller, event_type: str, zone: str, rules: list[dict[str, Any]]) -> None:
    body = {"availability_rule": {"timezone": zone, "rules": rules}}
    call("PATCH", "/event_type_availability_schedules", params={"event_type": event_type}, json=body)


def on(call: Caller, event_type: str, day: date, zone: ZoneInfo) -> list[datetime]:
    """The times of a local day, in UTC."""
    start = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    end = (datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(days=1)).astimezone(UTC)
    return [
        datetime.fromisoformat(each["start_time"])
        for each in free_times(call, event_type, start.isoformat(), end.isoformat())
    ]


def change(year: int, month: int) -> date:
    """The last Sunday of a month, when the clocks of Europe change."""
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def test_times_are_within_the_hours_of_the_schedule(sandbox: Sandbox) -> None:
    call, event_type = caller(sandbox), sandbox.world.data.event_types[0]["uri"]
    found = [datetime.fromisoformat(each["start_time"]) for each in free_times(call, event_type)]
    assert found == sorted(found)
    for moment in found:
        local = moment.astimezone(BERLIN)
        assert local.weekday() < 5
        assert 9 * 60 <= local.hour * 60 + local.minute <= 16 * 60 + 30
        # Everybody has lunch at noon UTC.
        assert not 11.5 < moment.hour + moment.minute / 60 < 13


@pytest.mark.parametrize(("month", "length"), [(3, 23), (10, 25)])
def test_a_day_on_which_clocks_change_is_as_long_as_it_is(sandbox: Sandbox, month: int, length: int) -> None:
    sandbox.control("reset", events=0)
    call, event_type = caller(sandbox), sandbox.world.data.event_types[0]["uri"]
    day = change(datetime.now(UTC).year + 1, month)
    set_hours(call, event_type, "Europe/Berlin", hours(("00:00", "24:00")))
    found = on(call, event_type, day, BERLIN)
    found = [each for each in found if each.astimezone(BERLIN).date() == found[0].astimezone(BERLIN).date()]
    assert len(found) == 2 * length - 2  # lunch takes two half hours
    assert all(later - earlier >= timedelta(minutes=30) for earlier, later in pairwise(found))
    set_hours(call, event_type, "Europe/Berlin", hours(("01:00", "05:00")))
    assert len(on(call, event_type, day, BERLIN)) == 2 * (4 + length - 24)
    set_hours(call, event_type, "Europe/Berlin", hours(("09:00", "10:00")))
    (first, _) = on(call, event_type, day, BERLIN)
    assert first.astimezone(BERLIN).hour == 9


def test_a_date_has_its_own_hours(sandbox: Sandbox) -> None:
    sandbox.control("reset", events=0)
    call, event_type = caller(sandbox), sandbox.world.data.event_types[0]["uri"]
    day = (datetime.now(UTC) + timedelta(days=9)).date()
    own = {"type": "date", "date": str(day), "intervals": [{"from": "06:00", "to": "07:00"}]}
    set_hours(call, event_type, "UTC", [*hours(None), own])
    assert [moment.hour for moment in on(call, event_type, day, ZoneInfo("UTC"))] == [6, 6]
    assert on(call, event_type, day + timedelta(days=1), ZoneInfo("UTC")) == []


def test_buffers_and_increments_keep_times_apart(sandbox: Sandbox) -> None:
    sandbox.control("reset", events=0)
    call, event_type = caller(sandbox), sandbox.world.data.event_types[0]["uri"]
    day = (datetime.now(UTC) + timedelta(days=9)).date()
    set_hours(call, event_type, "UTC", hours(("06:00", "10:00")))
    call("PATCH", event_type, json={"before_buffer": 15, "after_buffer": 15, "start_time_increment": 15})
    before = on(call, event_type, day, ZoneInfo("UTC"))
    assert len(before) == 15
    body = {"event_type": event_type, "start_time": before[6].isoformat()}
    body["invitee"] = {"email": "eve@example.com", "name": "Eve", "timezone": "UTC"}  # type: ignore[assignment]
    call("POST", "/invitees", 201, json=body)
    after = on(call, event_type, day, ZoneInfo("UTC"))
    # From 7:15 to 8:15 it is taken; what begins after 6:30 reaches into it with its own buffer.
    assert [f"{moment:%H:%M}" for moment in before if moment not in after] == [
        f"{hour:02d}:{minute:02d}" for hour in (6, 7, 8) for minute in (0, 15, 30, 45)
    ][3:10]


def test_there_is_notice(sandbox: Sandbox) -> None:
    sandbox.control("reset", events=0)
    call, event_type = caller(sandbox), sandbox.world.data.event_types[0]["uri"]
    set_hours(call, event_type, "UTC", hours(("00:00", "24:00")))
    found = free_times(call, event_type, in_days(0.001), in_days(1))
    assert datetime.fromisoformat(found[0]["start_time"]) >= datetime.now(UTC) + timedelta(hours=3.9)


def test_a_meeting_limit_closes_a_day(sandbox: Sandbox) -> None:
    sandbox.control("reset", events=0)
    call, data = caller(sandbox), sandbox.world.data
    me, event_type = data.users[0]["uri"], data.event_types[0]["uri"]
    limits = {"daily_limit": 1, "other": 1}
    kept = call("PATCH", "/user_meeting_limits", params={"user": me}, json=limits)["resource"]
    assert kept == {"daily_limit": 1, "monthly_limit": None, "user": me, "weekly_limit": None}
    sandbox.checked.violations.clear()
    first = free_times(call, event_type)[0]["start_time"]
    person = {"email": "eve@example.com", "name": "Eve", "timezone": "UTC"}
    call("POST", "/invitees", 201, json={"event_type": event_type, "start_time": first, "invitee": person})
    assert first[:10] not in {each["start_time"][:10] for each in free_times(call, event_type)}
    for wrong in ({}, {"daily_limit": 0}, {"weekly_limit": 10_000}):
        call("PATCH", "/user_meeting_limits", 400, params={"user": me}, json=wrong)
    call("GET", "/user_meeting_limits", 403, params={"user": data.users[1]["uri"]})


@pytest.mark.parametrize(
    ("start", "end", "detail"),
    [
        (-1, 1, ("start_time", "start_time must be in the future")),
        (3, 2, ("start_time", "start_time must be before end_time")),
        (1, 32.1, ("end_time", "date range can be no greater than 31 days")),
    ],
)
def test_a_range_is_refused(sandbox: Sandbox, start: float, end: float, detail: tuple[str, str]) -> None:
    event_type = sandbox.world.data.event_types[0]["uri"]
    query = {"event_type": event_type, "start_time": in_days(start), "end_time": in_days(end)}
    assert caller(sandbox).details("GET", "/event_type_available_times", params=query) == [detail]


def test_a_one_off_is_bookable_on_its_dates(sandbox: Sandbox) -> None:
    call, me = caller(sandbox), sandbox.world.data.users[0]["uri"]
    spots = [{"start_time": f"2031-05-0{day}T08:00:00Z", "end_time": f"2031-05-0{day}T09:00:00Z"} for day in (5, 6)]
    body = {"name": "Once", "host": me, "duration": 30, "timezone": "UTC"}
    body["date_setting"] = {"type": "spots", "spots": spots}
    made = call("POST", "/one_off_event_types", 201, json=body)["resource"]
    assert (made["type"], made["duration_options"], made["start_time_increment"]) == ("AdhocEventType", None, None)
    found = free_times(call, made["uri"], "2031-05-01T00:00:00Z", "2031-05-20T00:00:00Z")
    assert [each["start_time"][:16] for each in found] == ["2031-05-05T08:00", "2031-05-06T08:00"]
