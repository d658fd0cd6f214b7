"""Event types: made, changed and shared, and what can be booked then."""

from __future__ import annotations

from typing import Any

from tests.e2e.conftest import Running

WEEKEND = {
    "timezone": "UTC",
    "rules": [{"type": "wday", "wday": "saturday", "intervals": [{"from": "09:00", "to": "10:00"}]}],
}


def event_type(running: Running, name: str) -> str:
    return next(str(row["uri"]) for row in running.world.data.event_types if row["name"] == name)


def times(running: Running, event_type: str, first: str, last: str) -> list[str]:
    answer = running.direct("RetrieveEventTypeAvailableTimes", event_type=event_type, start_time=first, end_time=last)
    return [row["start_time"] for row in answer["collection"]]


def test_an_event_type_is_made_for_oneself_or_for_a_member(running: Running) -> None:
    me, other = (user["uri"] for user in running.world.data.users[:2])
    wanted: dict[str, Any] = {
        "name": "Demo",
        "duration": 30,
        "duration_options": [15, 30],
        "color": "#0069FF",
        "before_buffer": 15,
        "locations": [{"kind": "inbound_call", "phone_number": "+1 555 0100", "additional_info": "Ask for Ada"}],
    }
    made = running.direct("CreateEventType", **wanted)["resource"]
    assert made["profile"]["owner"] == me
    assert (made["active"], made["color"], made["locations"]) == (False, "#0069ff", wanted["locations"])
    assert running.direct("CreateEventType", **wanted, owner=other)["resource"]["profile"]["owner"] == other


def test_a_change_leaves_the_rest_as_it_is(running: Running) -> None:
    uri = event_type(running, "30 Minute Meeting")
    before = running.direct("RetrieveEventType", event_type=uri)["resource"]
    after = running.direct("UpdateEventType", event_type=uri, active=False, after_buffer=0)["resource"]
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"active", "updated_at"}
    path = f"/accounts/default/event_types/{uri.rsplit('/', 1)[1]}"
    empty = running.http("PATCH", path, json={})
    assert empty.status_code == 400
    assert "changes nothing" in empty.json()["detail"]


def test_event_types_of_teams_are_refused_with_who_may(running: Running) -> None:
    answer = running.direct("UpdateEventType", event_type=event_type(running, "Round Robin"), name="X")
    assert answer["errorType"] == "PermissionDeniedError"


def test_a_one_off_event_type_is_booked_within_its_dates(running: Running) -> None:
    days = {"type": "date_range", "start_date": "2030-01-08", "end_date": "2030-01-08"}
    one_off = running.direct(
        "CreateOneOffEventType",
        name="Once",
        duration=30,
        co_hosts=[running.world.data.users[1]["uri"]],
        date_setting=days,
    )["resource"]
    assert one_off["type"] == "AdhocEventType"
    found = times(running, one_off["uri"], "2030-01-07T00:00:00Z", "2030-01-10T00:00:00Z")
    assert {time[:10] for time in found} == {"2030-01-08"}
    hosts = running.direct("RetrieveEventTypeMemberships", event_type=one_off["uri"])["collection"]
    assert {host["member"]["uri"] for host in hosts} == {user["uri"] for user in running.world.data.users[:2]}


def test_a_one_off_event_type_of_spots_offers_them_alone(running: Running) -> None:
    spots = [{"start_time": "2030-01-08T10:00:00+01:00", "end_time": "2030-01-08T10:30:00+01:00"}]
    wanted = {"name": "Once", "duration": 30, "date_setting": {"type": "spots", "spots": spots}}
    one_off = running.http("POST", "/accounts/default/one_off_event_types", json=wanted).json()["resource"]
    found = times(running, one_off["uri"], "2030-01-07T00:00:00Z", "2030-01-10T00:00:00Z")
    assert [time[:16] for time in found] == ["2030-01-08T09:00"]


def test_hosts_come_in_pages_or_all_at_once(running: Running) -> None:
    uri = event_type(running, "Round Robin")
    page = running.direct("RetrieveEventTypeMemberships", event_type=uri, count=2)
    assert len(page["collection"]) == 2
    whole = running.direct("RetrieveEventTypeMemberships", event_type=uri, all_pages=True, count=2)
    hosts = [host["member"]["uri"] for host in whole["collection"]]
    assert sorted(hosts) == sorted(user["uri"] for user in running.world.data.users)


def test_a_share_has_its_own_hours_and_places(running: Running) -> None:
    share = running.direct(
        "CreateShare",
        event_type=event_type(running, "30 Minute Meeting"),
        duration=60,
        period_type="fixed",
        start_date="2030-01-07",
        end_date="2030-01-20",
        location_configurations=[{"kind": "physical", "location": "12 Main Street", "position": 0}],
        availability_rule=WEEKEND,
    )["resource"]
    override = share["share_override"]
    assert share["scheduling_links"][0]["booking_url"].startswith("https://")
    assert (override["duration"], override["start_date"], override["end_date"]) == (60, "2030-01-07", "2030-01-20")
    assert override["availability_rule"] == WEEKEND
    assert override["location_configurations"] == [{"kind": "physical", "location": "12 Main Street", "position": 0}]


def test_an_event_type_of_a_team_cannot_be_shared(running: Running) -> None:
    answer = running.direct("CreateShare", event_type=event_type(running, "Round Robin"))
    assert answer["errorType"] == "PermissionDeniedError"
