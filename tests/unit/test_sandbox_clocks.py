"""Local hours in UTC, on days of every length."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sandbox.clocks import spans
from sandbox.dataset.make import DEFAULT_SIZE, make


def shown(zone: str, day: str, opens: str, closes: str) -> list[str]:
    found = spans(date.fromisoformat(day), opens, closes, ZoneInfo(zone))
    return [f"{begin:%d %H:%M}-{end:%d %H:%M}" for begin, end in found]


@pytest.mark.parametrize(
    ("zone", "day", "opens", "closes", "expected"),
    [
        ("Europe/Berlin", "2027-01-15", "09:00", "17:00", ["15 08:00-15 16:00"]),
        ("Europe/Berlin", "2027-07-15", "09:00", "17:00", ["15 07:00-15 15:00"]),
        # The hour from 2 to 3 does not come.
        ("Europe/Berlin", "2027-03-28", "00:00", "24:00", ["27 23:00-28 22:00"]),
        ("Europe/Berlin", "2027-03-28", "01:00", "02:30", ["28 00:00-28 01:00"]),
        ("Europe/Berlin", "2027-03-28", "02:30", "04:00", ["28 01:00-28 02:00"]),
        ("Europe/Berlin", "2027-03-28", "02:00", "03:00", []),
        # The hour from 2 to 3 comes twice.
        ("Europe/Berlin", "2027-10-31", "00:00", "24:00", ["30 22:00-31 23:00"]),
        ("Europe/Berlin", "2027-10-31", "01:00", "02:30", ["30 23:00-31 00:30", "31 01:00-31 01:30"]),
        ("Europe/Berlin", "2027-10-31", "02:00", "03:00", ["31 00:00-31 02:00"]),
        ("America/New_York", "2027-03-14", "01:00", "04:00", ["14 06:00-14 08:00"]),
        # Half an hour, and the day before in UTC.
        ("Australia/Lord_Howe", "2027-04-04", "00:00", "24:00", ["03 13:00-04 13:30"]),
        # Midnight does not come.
        ("America/Santiago", "2027-09-05", "00:00", "02:00", ["05 04:00-05 05:00"]),
        ("Asia/Kolkata", "2027-03-28", "09:00", "10:00", ["28 03:30-28 04:30"]),
    ],
)
def test_local_hours(zone: str, day: str, opens: str, closes: str, expected: list[str]) -> None:
    assert shown(zone, day, opens, closes) == expected


def test_a_whole_year_has_all_its_time() -> None:
    zone, day = ZoneInfo("Europe/Berlin"), date(2027, 1, 1)
    days = [spans(day + timedelta(days=number), "00:00", "24:00", zone) for number in range(365)]
    assert all(len(each) == 1 for each in days)
    assert sum((end - begin for ((begin, end),) in days), timedelta()) == timedelta(days=365)


@pytest.mark.parametrize("events", [1, 2, 60, 600, 1_500, 10_000])
def test_seeded_events_are_at_working_hours_around_today(events: int) -> None:
    data = make("http://127.0.0.1:1", events=events)
    starts = [datetime.fromisoformat(event["start_time"]) for event in data.scheduled_events]
    assert starts == sorted(starts)
    assert len({event["uri"] for event in data.scheduled_events}) == events
    today = datetime.now(UTC)
    for start in starts:
        assert timedelta(days=-61) <= start - today <= timedelta(days=31)
        assert start.weekday() < 5
        assert 8 <= start.hour < 17
    assert max(starts.count(start) for start in set(starts)) == min(3, events)


def test_a_data_set_of_any_size_can_be_made() -> None:
    for name in DEFAULT_SIZE:
        for number in (0, 1, 2):
            if number or name not in ("users", "event_types", "invitees"):
                make("http://127.0.0.1:1", **{name: number})
