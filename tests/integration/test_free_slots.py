"""Free slots by the clock of a time zone, and what is found by its name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.free_slots import Clock
from calendly.errors import AmbiguousReferenceError, InvalidRequestError, NotFoundError, SlotUnavailableError
from generate.catalog import FUNCTIONS, load
from tests.conftest import Sandbox
from tests.integration.test_safe_booking import BOOK, EVE, booked, connected, event_type

ACTIONS = {path.stem: path for path in FUNCTIONS.glob("*/[!_]*.py")}
WEEK = {"start_time": "2030-01-07T00:00:00Z", "end_time": "2030-01-12T00:00:00Z"}

CHANGES = [
    ("Europe/Berlin", "2030-03-31"),
    ("Europe/Berlin", "2030-10-27"),
    ("America/New_York", "2030-03-10"),
    ("America/New_York", "2030-11-03"),
    ("Australia/Lord_Howe", "2030-04-07"),
    ("Australia/Lord_Howe", "2030-10-06"),
]
"""Days on which clocks change, by an hour or by half of one."""


def call(sandbox: Sandbox, action: str, *, position: int = 0, **wanted: Any) -> Any:
    handler = load(ACTIONS[action]).handler
    return handler.function(handler.model.model_validate(wanted), connected(sandbox, position)).body


def always_open(sandbox: Sandbox, name: str) -> str:
    """An event type that can be booked every quarter of an hour, day and night."""
    data = sandbox.world.data
    row = next(row for row in data.event_types if row["name"] == name)
    row.update(duration=15, start_time_increment=15, before_buffer=0, after_buffer=0)
    days = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
    rules = [{"type": "wday", "wday": day, "intervals": [{"from": "00:00", "to": "24:00"}]} for day in days]
    for host in data.hosts(row):
        data.behind.rules[(row["uri"], host["uri"])] = {"timezone": "UTC", "rules": rules}
    return str(row["uri"]).rsplit("/", 1)[1]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
@pytest.mark.parametrize("part", ["00:00-04:00", "01:45-02:15", "09:00-12:00", "22:00-03:00"])
def test_the_part_of_the_day_is_that_of_the_clock_when_clocks_change(
    sandbox: Sandbox, zone: str, day: str, part: str
) -> None:
    """Held against a clock that is read minute by minute."""
    start = datetime.fromisoformat(f"{day}T00:00:00Z") - timedelta(hours=15)
    end = start + timedelta(hours=54)
    answer = call(
        sandbox,
        "retrieve_free_slots",
        event_types=always_open(sandbox, "30 Minute Meeting"),
        start_time=start.isoformat(),
        end_time=end.isoformat(),
        timezone=zone,
        part_of_day=part,
        max_items=1000,
    )
    first, last = part.split("-")
    expected = []
    moment = start
    while moment < end:
        clock = moment.astimezone(ZoneInfo(zone)).strftime("%H:%M")
        inside = first <= clock < last if first < last else clock >= first or clock < last
        # Everybody's own calendar says lunch at noon UTC.
        if inside and moment.hour != 12:
            expected.append(moment)
        moment += timedelta(minutes=15)
    found = [datetime.fromisoformat(row["start_time"]) for row in answer["collection"]]
    assert found == expected
    assert answer["pagination"]["next_start_time"] is None
    assert [datetime.fromisoformat(row["local_start_time"]) for row in answer["collection"]] == found


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
    st.datetimes(datetime(2029, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 1439),
    st.integers(1, 1440),
)
def test_a_clock_shows_a_part_of_the_day_to_the_minute(zone: str, moment: datetime, first: int, last: int) -> None:
    clock = Clock(ZoneInfo(zone), first, last)
    local = moment.astimezone(ZoneInfo(zone))
    minutes = {minute % 1440 for minute in range(first, last if first < last else last + 1440)}
    assert clock.shows(moment) == (local.hour * 60 + local.minute in minutes)


def test_slots_of_several_are_merged_sorted_and_capped_and_can_be_continued(sandbox: Sandbox) -> None:
    names = ["30 Minute Meeting", "Round Robin", "Webinar"]
    wanted = {"event_types": [event_type(sandbox, name) for name in names], "end_time": "2030-04-20T00:00:00Z"}
    start, found = "2030-01-07T00:00:00Z", []
    whole = call(sandbox, "retrieve_free_slots", **wanted, start_time=start, max_items=1000)
    assert whole["pagination"]["next_start_time"] is not None
    times = [row["start_time"] for row in whole["collection"]]
    assert times == sorted(times)
    assert len({row["event_type"] for row in whole["collection"]}) == 3
    for _ in range(4):
        part = call(sandbox, "retrieve_free_slots", **wanted, start_time=start, max_items=200)
        start = part["pagination"]["next_start_time"]
        found += [row for row in part["collection"] if row not in found]
    assert found == whole["collection"][: len(found)]
    assert len(found) > 700


def test_a_long_window_comes_in_pieces_without_a_gap(sandbox: Sandbox) -> None:
    wanted = {"event_types": event_type(sandbox, "30 Minute Meeting"), "start_time": "2030-01-07T00:00:00Z"}
    answer = call(sandbox, "retrieve_free_slots", **wanted, end_time="2030-04-07T00:00:00Z", part_of_day="09:00-09:01",
                  timezone="UTC", max_items=1000)  # fmt: skip
    days = [row["start_time"][:10] for row in answer["collection"]]
    assert days == sorted(set(days))
    assert sum(sandbox.sent().values()) == 3
    assert len(days) in range(60, 66)


def test_too_long_a_window_says_so_before_anything_is_sent(sandbox: Sandbox) -> None:
    wanted = {"event_types": event_type(sandbox, "30 Minute Meeting"), "start_time": "2030-01-07T00:00:00Z"}
    with pytest.raises(InvalidRequestError, match="at most 60"):
        call(sandbox, "retrieve_free_slots", **wanted, end_time="2040-01-07T00:00:00Z")
    assert sandbox.sent() == {}


def test_notice_leaves_out_what_is_too_near(sandbox: Sandbox) -> None:
    now = datetime.now(UTC)
    answer = call(
        sandbox, "retrieve_free_slots", users="me", start_time=now.isoformat(),
        end_time=(now + timedelta(days=20)).isoformat(), minimum_notice=7 * 24 * 60,
    )  # fmt: skip
    assert answer["collection"]
    assert datetime.fromisoformat(answer["collection"][0]["start_time"]) >= now + timedelta(days=7)


def test_the_first_free_slot_is_booked_and_the_next_one_if_it_is_taken_meanwhile(sandbox: Sandbox) -> None:
    wanted = {"event_type": event_type(sandbox, "30 Minute Meeting"), "invitee": EVE, **WEEK}
    slots = call(sandbox, "retrieve_free_slots", event_types=wanted["event_type"], **WEEK)["collection"]
    taken = {"parameter": "start_time", "message": "That start time has been filled"}
    sandbox.fault(method="POST", path="/invitees", status=400, body={"title": "x", "message": "x", "details": [taken]})
    invitee = call(sandbox, "book_first_free_slot", **wanted)["resource"]
    event = next(row for row in sandbox.world.data.scheduled_events if row["uri"] == invitee["event"])
    assert event["start_time"] == slots[1]["start_time"]
    assert sandbox.sent()[BOOK] == 2


def test_a_lost_answer_does_not_lead_to_the_next_slot(sandbox: Sandbox) -> None:
    sandbox.fault(method="POST", path="/invitees", drop=True, after=True)
    wanted = {"event_type": event_type(sandbox, "30 Minute Meeting"), "invitee": EVE, **WEEK}
    assert [call(sandbox, "book_first_free_slot", **wanted)["resource"]] == booked(sandbox)
    assert sandbox.sent()[BOOK] == 1


def test_a_window_without_a_free_slot_says_so(sandbox: Sandbox) -> None:
    window = {"start_time": "2030-01-05T00:00:00Z", "end_time": "2030-01-06T00:00:00Z"}
    with pytest.raises(SlotUnavailableError):
        call(sandbox, "book_first_free_slot", event_type=event_type(sandbox, "Round Robin"), invitee=EVE, **window)


def test_users_are_found_by_name_slug_or_email(sandbox: Sandbox) -> None:
    grace = sandbox.world.data.users[1]
    for wanted in ({"name": "grace  HOPPER"}, {"name": grace["slug"]}, {"email": grace["email"]}):
        assert call(sandbox, "find_user", **wanted)["resource"]["uri"] == grace["uri"]
    with pytest.raises(NotFoundError):
        call(sandbox, "find_user", name="Grace")


def test_several_users_of_a_name_are_candidates_without_their_addresses(sandbox: Sandbox) -> None:
    twins = sandbox.world.data.users[:2]
    for member in sandbox.world.data.organization_memberships:
        if member["user"]["uri"] in [user["uri"] for user in twins]:
            member["user"]["name"] = "twin@example.com"
    with pytest.raises(AmbiguousReferenceError) as caught:
        call(sandbox, "find_user", name="twin@example.com")
    assert {each["uri"] for each in caught.value.candidates} == {row["uri"] for row in twins}
    assert "@" not in caught.value.message + str(caught.value.candidates)
    assert all(each["slug"] for each in caught.value.candidates)


def test_event_types_are_found_of_a_user_a_team_and_the_organization(sandbox: Sandbox) -> None:
    data = sandbox.world.data
    me = call(sandbox, "find_event_type", name="30 minute meeting")["resource"]
    assert me["uri"] == data.event_types[0]["uri"]
    assert call(sandbox, "find_event_type", name="round-robin", team=data.teams[0]["uri"].rsplit("/", 1)[1])
    with pytest.raises(AmbiguousReferenceError) as caught:
        call(sandbox, "find_event_type", name="30 Minute Meeting", organization="me")
    assert me["uri"] in caught.value.message
    with pytest.raises(NotFoundError):
        call(sandbox, "find_event_type", name="60 Minute Meeting")
    assert call(sandbox, "find_event_type", name="60 Minute Meeting", active=False)


def test_bookings_of_an_invitee_come_with_event_and_invitee(sandbox: Sandbox) -> None:
    data = sandbox.world.data
    event = data.scheduled_events[0]
    email = data.invitees[event["uri"]][0]["email"]
    answer = call(sandbox, "find_invitee_bookings", email=email, when="past")
    assert [(row["event"]["uri"], row["invitee"]["email"]) for row in answer["collection"]] == [(event["uri"], email)]
    with pytest.raises(NotFoundError) as caught:
        call(sandbox, "find_invitee_bookings", email=email)
    assert "@" not in caught.value.message


def test_a_no_show_is_marked_by_event_or_email(sandbox: Sandbox) -> None:
    data = sandbox.world.data
    alone = next(e for e in data.scheduled_events if len(data.invitees[e["uri"]]) == 1 and e["status"] == "active")
    invitee = data.invitees[alone["uri"]][0]
    assert (
        call(sandbox, "create_invitee_no_show", event=alone["uri"].rsplit("/", 1)[1])["resource"]["invitee"]
        == (invitee["uri"])
    )
    several = next(e for e in data.scheduled_events if len(data.invitees[e["uri"]]) > 1 and e["status"] == "active")
    with pytest.raises(AmbiguousReferenceError):
        call(sandbox, "create_invitee_no_show", event=several["uri"].rsplit("/", 1)[1])
    other = next(
        data.invitees[e["uri"]][0]
        for e in data.scheduled_events
        if e["status"] == "active" and e is not alone and e["start_time"] < "2026-10"
    )
    assert call(sandbox, "create_invitee_no_show", email=other["email"])["resource"]["invitee"] == other["uri"]


def test_a_booking_comes_whole_and_says_what_may_not_be_read(sandbox: Sandbox) -> None:
    data = sandbox.world.data
    event = data.meeting_recaps[0]["event"].rsplit("/", 1)[1]
    email = data.contacts[0]["emails"][0]["email"]
    data.invitees[data.meeting_recaps[0]["event"]][0]["email"] = email
    whole = call(sandbox, "retrieve_booking", event=event)["resource"]
    assert whole["event"]["uri"] == data.meeting_recaps[0]["event"]
    assert whole["invitees"][0]["questions_and_answers"] is not None
    assert [row["uri"] for row in whole["meeting_recaps"]] == [data.meeting_recaps[0]["uri"]]
    assert [row["contact"] for row in whole["notes"]] == [data.contacts[0]["uri"]]
    assert whole["left_out"] == []
    account = connected(sandbox)
    account.calendly = sandbox.client(scopes=["scheduled_events:read"])
    handler = load(ACTIONS["retrieve_booking"]).handler
    part = handler.function(handler.model.model_validate({"event": event}), account).body["resource"]
    assert (part["notes"], part["meeting_recaps"]) == (None, None)
    assert [each["part"] for each in part["left_out"]] == ["notes", "meeting_recaps"]
    assert "contacts:read" in part["left_out"][0]["reason"]
