"""Availability: times over long ranges, schedules, hours of event types, and meeting limits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.e2e.conftest import Running

DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def week(first: str, last: str) -> list[dict[str, Any]]:
    return [{"type": "wday", "wday": day, "intervals": [{"from": first, "to": last}]} for day in DAYS]


def event_type(running: Running) -> str:
    return str(running.world.data.event_types[0]["uri"])


def asked(running: Running) -> int:
    return running.calendly_requests().get("GET /event_type_available_times", 0)


def times(running: Running, **wanted: Any) -> list[str]:
    answer = running.direct("RetrieveEventTypeAvailableTimes", event_type=event_type(running), **wanted)
    return [row["start_time"] for row in answer["collection"]]


def test_available_times_of_two_months_are_asked_for_in_31_days_each(running: Running) -> None:
    found = times(running, start_time="2030-01-07T00:00:00Z", end_time="2030-03-10T00:00:00Z")
    assert asked(running) == 3
    assert found == sorted(set(found))
    assert (found[0][:10], found[-1][:10]) == ("2030-01-07", "2030-03-08")
    exactly = times(running, start_time="2030-01-07T00:00:00Z", end_time="2030-02-07T00:00:00Z")
    assert asked(running) == 5
    assert exactly == [time for time in found if time < "2030-02-07"]


def test_available_times_from_now_on(running: Running) -> None:
    now = datetime.now(UTC)
    answer = running.http(
        "GET",
        "/accounts/default/event_type_available_times",
        params={
            "event_type": event_type(running),
            "start_time": now.isoformat(),
            "end_time": (now + timedelta(days=31)).isoformat(),
        },
    )
    assert answer.status_code == 200, answer.text
    assert answer.json().keys() == {"collection"}
    assert asked(running) == 1


def test_available_times_that_are_too_many_for_one_answer_come_in_parts(running: Running) -> None:
    running.direct("UpdateEventType", event_type=event_type(running), start_time_increment=5)
    wanted = {"start_time": "2030-01-07T00:00:00Z", "end_time": "2030-03-10T00:00:00Z"}
    path, query = "/accounts/default/event_type_available_times", {"event_type": event_type(running), **wanted}
    whole = running.http("GET", path, params=query).json()
    assert "pagination" not in whole
    parts: list[Any] = []
    token, calls = None, 0
    while True:
        answer = running.direct("RetrieveEventTypeAvailableTimes", **query, page_token=token)
        parts += answer["collection"]
        calls += 1
        token = answer.get("pagination", {}).get("next_page_token")
        if token is None:
            break
        # By the time a workflow goes on, its start is past.
        query["start_time"] = "2020-01-07T00:00:00Z"
    assert calls > 1
    assert parts == whole["collection"]


def test_a_schedule_is_made_changed_and_becomes_the_default(running: Running) -> None:
    wanted = {"name": "Summer", "timezone": "Europe/Berlin", "rules": week("10:00", "12:00")}
    made = running.direct("CreateUserAvailabilitySchedule", **wanted)["resource"]
    assert {name: made[name] for name in wanted} == wanted
    assert made["default"] is False
    path = f"/accounts/default/user_availability_schedules/{made['uri'].rsplit('/', 1)[1]}"
    changed = running.http("PATCH", path, json={"default": True, "rules": week("15:00", "16:00")}).json()["resource"]
    assert (changed["default"], changed["name"], changed["rules"]) == (True, "Summer", week("15:00", "16:00"))
    found = times(running, start_time="2030-07-01T00:00:00Z", end_time="2030-07-02T00:00:00Z")
    assert [time[11:16] for time in found] == ["13:00", "13:30"]


def test_a_schedule_of_somebody_else_is_refused_with_who_may(running: Running) -> None:
    other = running.world.data.users[1]["uri"]
    schedule = next(row for row in running.world.data.user_availability_schedules if row["user"] == other)
    answer = running.direct("UpdateUserAvailabilitySchedule", user_availability_schedule=schedule["uri"], name="X")
    assert answer["errorType"] == "PermissionDeniedError"
    assert "the user whose schedule it is" in answer["errorMessage"]


def test_the_hours_of_an_event_type_are_replaced_for_a_host(running: Running) -> None:
    rule = {"timezone": "UTC", "rules": week("13:00", "14:00")[:2]}
    wanted = {"event_type": event_type(running), "availability_rule": rule}
    planned = running.direct("UpdateEventTypeAvailabilitySchedules", **wanted, dry_run=True)["requests"][0]
    assert planned["query"] == {"event_type": event_type(running)}
    assert planned["body"] == {"availability_rule": rule}
    answer = running.http("PATCH", "/accounts/default/event_type_availability_schedules", json=wanted)
    assert answer.json()["resource"]["availability_rule"]["rules"] == rule["rules"]
    (schedule,) = running.direct("RetrieveEventTypeAvailabilitySchedules", event_type=event_type(running))["collection"]
    assert schedule["availability_rule"]["rules"] == rule["rules"]
    found = times(running, start_time="2030-01-07T00:00:00Z", end_time="2030-01-14T00:00:00Z")
    assert [time[:16] for time in found] == [
        "2030-01-07T13:00",
        "2030-01-07T13:30",
        "2030-01-13T13:00",
        "2030-01-13T13:30",
    ]


def test_limits_are_set_kept_and_taken_away(running: Running) -> None:
    first = running.direct("UpdateUserMeetingLimits", daily_limit=1, weekly_limit=9)["resource"]
    assert (first["daily_limit"], first["weekly_limit"], first["monthly_limit"]) == (1, 9, None)
    second = running.direct("UpdateUserMeetingLimits", weekly_limit="unlimited")["resource"]
    assert (second["daily_limit"], second["weekly_limit"]) == (1, None)
    assert running.direct("RetrieveUserMeetingLimits")["collection"] == [second]


def test_limits_of_somebody_else_are_refused_also_to_the_owner(running: Running) -> None:
    other = running.world.data.users[1]["uri"]
    for answer in (
        running.direct("RetrieveUserMeetingLimits", user=other),
        running.direct("UpdateUserMeetingLimits", user=other, daily_limit=5),
    ):
        assert answer["errorType"] == "PermissionDeniedError"
        assert "admins are refused, too" in answer["errorMessage"]


def test_locations_say_which_conferences_are_connected(running: Running) -> None:
    rows = running.direct("RetrieveLocations")["collection"]
    assert {"kind": "zoom_conference", "connected": True} in rows
    assert {"kind": "physical"} in rows
