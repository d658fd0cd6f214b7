"""Bookings on the days on which clocks change, by an hour or by half of one, in three time zones: right to the minute.

Every expected time is written out in UTC. ``test_free_slots.py`` holds lists of slots against a clock.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.conftest import Sandbox
from tests.integration.test_free_slots import always_open, call
from tests.integration.test_safe_booking import EVE

NAME = "30 Minute Meeting"
OPENS = [
    ("Europe/Berlin", "2030-03-30", "2030-03-30T08:00"),
    ("Europe/Berlin", "2030-03-31", "2030-03-31T07:00"),
    ("Europe/Berlin", "2030-10-26", "2030-10-26T07:00"),
    ("Europe/Berlin", "2030-10-27", "2030-10-27T08:00"),
    ("America/New_York", "2030-03-09", "2030-03-09T14:00"),
    ("America/New_York", "2030-03-10", "2030-03-10T13:00"),
    ("America/New_York", "2030-11-02", "2030-11-02T13:00"),
    ("America/New_York", "2030-11-03", "2030-11-03T14:00"),
    ("Australia/Lord_Howe", "2030-04-06", "2030-04-05T22:00"),
    ("Australia/Lord_Howe", "2030-04-07", "2030-04-06T22:30"),
    ("Australia/Lord_Howe", "2030-10-05", "2030-10-04T22:30"),
    ("Australia/Lord_Howe", "2030-10-06", "2030-10-05T22:00"),
]
"""A host opens at nine by their clock: on the day before a change, and on the day of it."""

TURNS = [
    # Forward: what the clock leaves out cannot be booked, and the next minute that it shows can.
    ("Europe/Berlin", "2030-03-31", "02:00-03:15", ["2030-03-31T01:00"]),
    ("America/New_York", "2030-03-10", "02:00-03:15", ["2030-03-10T07:00"]),
    ("Australia/Lord_Howe", "2030-10-06", "02:00-02:45", ["2030-10-05T15:30"]),
    # Back: what the clock shows twice can be booked twice.
    ("Europe/Berlin", "2030-10-27", "02:15-02:30", ["2030-10-27T00:15", "2030-10-27T01:15"]),
    ("America/New_York", "2030-11-03", "01:15-01:30", ["2030-11-03T05:15", "2030-11-03T06:15"]),
    ("Australia/Lord_Howe", "2030-04-07", "01:45-02:00", ["2030-04-06T14:45", "2030-04-06T15:15"]),
]


def book(sandbox: Sandbox, event_type: str, zone: str, day: str, part: str) -> str:
    """The start in UTC of the first slot in a part of a day."""
    noon = datetime.fromisoformat(f"{day}T12:00:00Z")
    wanted: dict[str, Any] = {
        "event_type": event_type,
        "invitee": {**EVE, "timezone": zone},
        "start_time": (noon - timedelta(hours=26)).isoformat(),
        "end_time": (noon + timedelta(hours=12)).isoformat(),
        "timezone": zone,
        "part_of_day": part,
    }
    invitee = call(sandbox, "book_first_free_slot", **wanted)["resource"]
    return str(
        call(sandbox, "retrieve_booking", event=invitee["event"].rsplit("/", 1)[1])["resource"]["event"]["start_time"]
    )


@pytest.mark.parametrize(("zone", "day", "opens"), OPENS)
def test_a_host_opens_at_nine_by_their_own_clock(sandbox: Sandbox, zone: str, day: str, opens: str) -> None:
    event_type = always_open(sandbox, NAME)
    for hours in sandbox.world.data.behind.rules.values():
        hours["timezone"] = zone
        hours["rules"] = [{"type": "date", "date": day, "intervals": [{"from": "09:00", "to": "12:00"}]}]
    assert book(sandbox, event_type, zone, day, "00:00-24:00") == f"{opens}:00.000000Z"


@pytest.mark.parametrize(("zone", "day", "part", "expected"), TURNS)
def test_the_hour_of_the_change_is_booked_by_the_clock(
    sandbox: Sandbox, zone: str, day: str, part: str, expected: list[str]
) -> None:
    event_type = always_open(sandbox, NAME)
    booked = [book(sandbox, event_type, zone, day, part) for _ in expected]
    assert booked == [f"{moment}:00.000000Z" for moment in expected]
