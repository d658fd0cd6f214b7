"""Calendly's rules, checked before anything is sent: each refusal names the field and says the rule."""

from __future__ import annotations

from typing import Any

import pytest

from actions.inputs import parse
from calendly.errors import InvalidRequestError
from generate.catalog import actions

ACTIONS = {action.name: action for action in actions()}
DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
WEEK = [{"type": "wday", "wday": day, "intervals": []} for day in DAYS]
EVE = {"name": "Eve Adams", "email": "eve@example.com", "timezone": "Europe/Berlin"}
HOURS = {"timezone": "Europe/Berlin", "rules": WEEK[:1]}
PAST = {"start_time": "2020-01-07T09:00:00Z", "end_time": "2020-01-07T10:00:00Z"}
SPOT = {"start_time": "2030-01-07T09:00:00Z", "end_time": "2030-01-07T10:00:00Z"}


def rule(**members: Any) -> dict[str, Any]:
    return {"type": "wday", "wday": "monday", "intervals": [], **members}


def interval(first: str, last: str) -> dict[str, Any]:
    return {"rules": [*WEEK[1:], rule(wday="sunday", intervals=[{"from": first, "to": last}])]}


def dates(kind: str, **members: Any) -> dict[str, Any]:
    return {"date_setting": {"type": kind, **members}}


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("create_invitee", {"start_time": "2020-01-07T09:00:00Z"}, "start_time", "in the future"),
    ("create_invitee", {"start_time": "2030-01-07T09:00:00"}, "start_time", "time zone"),
    ("create_invitee", {"invitee": {**EVE, "name": None}}, "invitee", "a name, or a first_name"),
    ("create_invitee", {"invitee": {**EVE, "email": "eve"}}, "invitee.email", "e-mail"),
    ("create_invitee", {"invitee": {**EVE, "timezone": "Mars/Olympus"}}, "invitee.timezone", "Europe/Berlin"),
    ("create_invitee", {"invitee": {**EVE, "timezone": "../UTC"}}, "invitee.timezone", "Europe/Berlin"),
    ("create_invitee", {"invitee": {**EVE, "time_zone": "UTC"}}, "invitee.time_zone", "did you mean timezone?"),
    ("create_invitee", {"invitee": "eve@example.com"}, "invitee", "a JSON object"),
    ("create_invitee", {"location": {"kind": "outbound_call"}}, "location", "needs location with kind outbound_call"),
    ("create_invitee", {"location": {"kind": "ask_invitee"}}, "location", "needs location"),
    ("create_invitee", {"location": {"kind": "zoom_conference", "location": "x"}}, "location", "takes no location"),
    ("create_invitee", {"location": {"kind": "inbound_call", "location": "+1"}}, "location", "takes no location"),
    ("create_invitee", {"location": {"type": "physical"}}, "location.kind", "is required"),
    ("create_invitee", {"event_guests": ["a@example.com"] * 11}, "event_guests", "at most 10"),
    ("create_invitee", {"event_guests": ["a@example.com", "b"]}, "event_guests.1", "e-mail"),
    ("create_invitee", {"questions_and_answers": [{"question": "Why?"}]}, "questions_and_answers.0.answer", "required"),
    ("create_invitee", {"tracking": {"utm_sources": "x"}}, "tracking.utm_sources", "did you mean utm_source?"),
    ("create_invitee_no_show", {"event": None}, "invitee", "needs event beside it"),
    ("cancel_event", {"reason": "x" * 10_001}, "reason", "at most 10000"),
    ("create_event_type", {"duration": 721}, "duration", "720 or less"),
    ("create_event_type", {"duration": 0}, "duration", "1 or more"),
    ("create_event_type", {"duration": 45, "duration_options": [15, 30]}, "duration", "one of duration_options"),
    ("create_event_type", {"duration_options": [15, 30, 45, 60, 75]}, "duration_options", "at most 4"),
    ("create_event_type", {"duration_options": [15, 15]}, "duration_options", "twice"),
    ("create_event_type", {"color": "blue"}, "color", "#0069ff"),
    ("create_event_type", {"before_buffer": 20}, "before_buffer", "one of 0, 5, 10, 15"),
    ("create_event_type", {"start_time_increment": 1}, "start_time_increment", "5 or more"),
    ("create_event_type", {"locale": "xx"}, "locale", "'de'"),
    ("create_event_type", {"locations": [{"kind": "inbound_call"}]}, "locations.0", "needs phone_number"),
    (
        "create_event_type",
        {"locations": [{"kind": "zoom_conference", "location": "here"}]},
        "locations.0",
        "takes no location with kind zoom_conference",
    ),
    ("create_event_type", {"slug": "x"}, "slug", "is not known"),
    ("update_event_type", {"description": None, "after_buffer": None}, "input", "give at least one of"),
    ("create_one_off_event_type", {"name": "x" * 56}, "name", "at most 55"),
    ("create_one_off_event_type", dates("date_range", start_date="2030-01-07"), "date_setting", "needs end_date"),
    (
        "create_one_off_event_type",
        dates("date_range", start_date="2030-01-07", end_date="2031-01-07"),
        "date_setting",
        "less than 365 days",
    ),
    (
        "create_one_off_event_type",
        dates("date_range", start_date="2030-01-07", end_date="2030-01-06"),
        "date_setting",
        "from start_date on",
    ),
    (
        "create_one_off_event_type",
        dates("date_range", start_date="2020-01-06", end_date="2020-01-07"),
        "date_setting",
        "not past",
    ),
    (
        "create_one_off_event_type",
        dates("date_range", start_date="2030-13-06", end_date="2030-01-07"),
        "date_setting.start_date",
        "2026-01-31",
    ),
    ("create_one_off_event_type", dates("days_in_future", days=5), "date_setting", "needs only_weekdays"),
    (
        "create_one_off_event_type",
        dates("days_in_future", days=366, only_weekdays=True),
        "date_setting.days",
        "365 or less",
    ),
    ("create_one_off_event_type", dates("spots", spots=[]), "date_setting.spots", "at least 1"),
    ("create_one_off_event_type", dates("spots", spots=[PAST]), "date_setting.spots.0", "in the future"),
    (
        "create_one_off_event_type",
        dates("spots", spots=[SPOT], days=4),
        "date_setting",
        "takes no days with type spots",
    ),
    ("create_one_off_event_type", {"co_hosts": ["somebody"]}, "co_hosts.0", "must be a UUID"),
    ("create_share", {"period_type": "fixed", "end_date": "2030-01-07"}, "start_date", "is required with"),
    ("create_share", {"period_type": "moving"}, "max_booking_time", "is required with period_type moving"),
    ("create_share", {"start_date": "2030-01-07", "end_date": "2030-01-06"}, "end_date", "before start_date"),
    (
        "create_share",
        {"location_configurations": [{"kind": "physical", "location": "x" * 256}]},
        "location_configurations.0",
        "at most 255",
    ),
    ("create_share", {"availability_rule": {"rules": []}}, "availability_rule.timezone", "is required"),
    ("create_user_availability_schedule", {"rules": WEEK[1:]}, "rules", "sunday missing"),
    ("create_user_availability_schedule", {"rules": [*WEEK, WEEK[0]]}, "rules", "sunday given twice"),
    (
        "create_user_availability_schedule",
        {"rules": [*WEEK, {"type": "date", "date": "2020-01-01", "intervals": []}]},
        "rules",
        "past (2020-01-01)",
    ),
    ("create_user_availability_schedule", interval("9:00", "17:00"), "rules.6.intervals.0.from", "hh:mm"),
    ("create_user_availability_schedule", interval("09:00", "25:00"), "rules.6.intervals.0.to", "hh:mm"),
    ("create_user_availability_schedule", {"rules": [rule(wday=None)]}, "rules.0", "needs wday with type wday"),
    ("create_user_availability_schedule", {"rules": [rule(date="2030-01-01")]}, "rules.0", "takes no date"),
    (
        "create_user_availability_schedule",
        {"rules": [rule(intervals=[{"form": "09:00", "to": "10:00"}])]},
        "rules.0.intervals.0.form",
        "did you mean from?",
    ),
    ("update_user_availability_schedule", {"default": False}, "default", "another schedule"),
    ("update_user_availability_schedule", {"default": None}, "input", "give at least one of name, timezone"),
    (
        "update_event_type_availability_schedules",
        {"availability_rule": {**HOURS, "timezone": "X"}},
        "availability_rule.timezone",
        "Europe/Berlin",
    ),
    (
        "update_event_type_availability_schedules",
        {"availability_rule": {**HOURS, "user": "x"}},
        "availability_rule.user",
        "a UUID",
    ),
    ("update_user_meeting_limits", {"daily_limit": 0}, "daily_limit", "1 to 9999"),
    ("update_user_meeting_limits", {"daily_limit": 10_000}, "daily_limit", "1 to 9999"),
    ("update_user_meeting_limits", {"daily_limit": True}, "daily_limit", "1 to 9999"),
    (
        "update_user_meeting_limits",
        {"daily_limit": None, "weekly_limit": None},
        "input",
        "give at least one of daily_limit",
    ),
    ("retrieve_event_type_available_times", {"start_time": "2020-01-07T09:00:00Z"}, "start_time", "in the past"),
    ("retrieve_event_type_available_times", {"end_time": "2030-01-07T00:00:00Z"}, "end_time", "after start_time"),
]


@pytest.mark.parametrize(("action", "change", "field", "words"), REFUSED)
def test_a_rule_is_told(action: str, change: dict[str, Any], field: str, words: str) -> None:
    found = ACTIONS[action]
    with pytest.raises(InvalidRequestError) as caught:
        parse(found.model, {**(found.declaration.example or {}), **change})
    told = {error.field: error.message for error in caught.value.fields}
    assert field in told, told
    assert words in told[field]


TAKEN: list[tuple[str, dict[str, Any]]] = [
    ("create_invitee", {"invitee": {"first_name": "Eve", "email": "eve@example.com", "timezone": "UTC"}}),
    ("create_invitee", {"location": {"kind": "physical", "location": "12 Main Street"}, "event_guests": []}),
    ("create_invitee", {"start_time": "2030-01-07T10:00:00+01:00", "tracking": {"utm_source": None}}),
    ("create_event_type", {"color": "#ABCDEF", "description": "", "before_buffer": 0}),
    ("create_one_off_event_type", dates("date_range", start_date="2030-01-07", end_date="2031-01-06")),
    ("create_one_off_event_type", dates("days_in_future", days=0, only_weekdays=False)),
    ("create_one_off_event_type", {**dates("spots", spots=[SPOT]), "co_hosts": ["me"]}),
    ("create_user_availability_schedule", interval("00:00", "24:00")),
    ("update_user_availability_schedule", {"rules": []}),
    ("update_event_type_availability_schedules", {"availability_rule": {**HOURS, "user": "me"}}),
    ("create_share", {"period_type": "fixed", "start_date": "2030-01-07", "end_date": "2030-01-07"}),
]


@pytest.mark.parametrize(("action", "change"), TAKEN)
def test_what_is_within_the_rules_is_taken(action: str, change: dict[str, Any]) -> None:
    found = ACTIONS[action]
    parse(found.model, {**(found.declaration.example or {}), **change})
