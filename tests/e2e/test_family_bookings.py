"""Bookings: what booking, canceling and marking come to, over both doors."""

from __future__ import annotations

from typing import Any

from tests.e2e.conftest import Running

EVE = {"name": "Eve Adams", "email": "eve@example.com", "timezone": "Europe/Berlin"}
SLOT = "2030-01-07T09:00:00Z"


def event_type(running: Running, name: str) -> str:
    return next(str(row["uri"]) for row in running.world.data.event_types if row["name"] == name)


def events(running: Running, **wanted: Any) -> list[dict[str, Any]]:
    rows = running.world.data.scheduled_events
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def test_a_booking_says_everything_that_calendly_takes(running: Running) -> None:
    invitee = running.direct(
        "CreateInvitee",
        event_type=event_type(running, "Paid Consultation"),
        start_time=SLOT,
        invitee={**EVE, "text_reminder_number": "+1 555 0142"},
        location={"kind": "outbound_call", "location": "+1 555 0100"},
        questions_and_answers=[{"question": "Company", "answer": "Initech"}, {"question": "Size", "answer": "11+"}],
        tracking={"utm_source": "newsletter"},
        event_guests=["guest@example.com"],
    )["resource"]
    assert (invitee["name"], invitee["email"], invitee["text_reminder_number"]) == (
        *list(EVE.values())[:2],
        "+1 555 0142",
    )
    assert [answer["position"] for answer in invitee["questions_and_answers"]] == [0, 1]
    assert invitee["tracking"]["utm_source"] == "newsletter"
    assert invitee["tracking"]["utm_content"] is None
    event = running.direct("RetrieveEvent", event=invitee["event"])["resource"]
    assert event["start_time"].startswith("2030-01-07T09:00:00")
    assert event["location"] == {"type": "outbound_call", "location": "+1 555 0100"}
    assert [guest["email"] for guest in event["event_guests"]] == ["guest@example.com"]


def test_a_time_that_is_taken_or_not_offered_is_told_as_such(running: Running) -> None:
    wanted = {"event_type": event_type(running, "30 Minute Meeting"), "start_time": SLOT, "invitee": EVE}
    assert "errorType" not in running.direct("CreateInvitee", **wanted)
    again = running.http("POST", "/accounts/default/invitees", json=wanted)
    assert (again.status_code, again.json()["title"]) == (409, "SlotUnavailableError")
    at_night = running.direct("CreateInvitee", **{**wanted, "start_time": "2030-01-07T02:00:00Z"})
    assert at_night["errorType"] == "SlotUnavailableError"


def test_a_dry_run_of_a_booking_shows_the_request(running: Running) -> None:
    wanted = {"event_type": event_type(running, "30 Minute Meeting"), "start_time": SLOT, "invitee": EVE}
    answer = running.direct("CreateInvitee", **wanted, dry_run=True)
    assert answer["requests"] == [
        {
            "method": "POST",
            "path": "/invitees",
            "body": {**wanted, "start_time": "2030-01-07T09:00:00.000000Z"},
        }
    ]
    assert "POST /invitees" not in running.calendly_requests()


def test_what_calendly_says_of_a_booking_reaches_the_caller(running: Running) -> None:
    wanted = {"event_type": event_type(running, "Paid Consultation"), "start_time": SLOT, "invitee": EVE}
    answer = running.direct("CreateInvitee", **wanted, location={"kind": "outbound_call", "location": "+1 555 0100"})
    assert answer["errorType"] == "InvalidRequestError"
    assert "Required Questions and Answers cannot be blank" in answer["errorMessage"]


def test_a_canceled_event_answers_with_the_cancellation_there_is(running: Running) -> None:
    event = events(running, status="canceled")[-1]
    answer = running.direct("CancelEvent", event=event["uri"], reason="Anew")
    assert answer == {"resource": event["cancellation"]}


def test_canceling_twice_comes_to_the_same(running: Running) -> None:
    event = events(running, status="active")[-1]
    path = f"/accounts/default/scheduled_events/{event['uri'].rsplit('/', 1)[1]}/cancellation"
    first = running.http("POST", path, json={"reason": "Rain"})
    assert (first.status_code, first.json()["resource"]["reason"]) == (201, "Rain")
    second = running.http("POST", path, json={"reason": "Snow"})
    assert (second.status_code, second.json()) == (200, first.json())
    assert running.direct("RetrieveEvent", event=event["uri"])["resource"]["status"] == "canceled"


def test_a_past_event_and_an_unknown_one_cannot_be_canceled(running: Running) -> None:
    past = running.direct("CancelEvent", event=events(running, status="active")[0]["uri"])
    assert past["errorType"] == "InvalidRequestError"
    assert "event: cannot be canceled: Event in the past" in past["errorMessage"]
    unknown = running.direct("CancelEvent", event="00000000-0000-4000-8000-000000000000")
    assert unknown["errorType"] == "NotFoundError"


def test_an_event_of_others_cannot_be_canceled(running: Running) -> None:
    running.connect("member", user=2)
    mine = running.world.data.users[2]["uri"]
    other = next(row for row in events(running, status="active") if row["event_memberships"][0]["user"] != mine)
    answer = running.direct("CancelEvent", account="member", event=other["uri"])
    assert answer["errorType"] == "PermissionDeniedError"
    assert "a host of the event, or an organization admin or owner" in answer["errorMessage"]


def test_a_mark_shows_on_the_invitee_and_goes_with_its_deletion(running: Running) -> None:
    event = events(running, status="active")[0]["uri"]
    invitee = running.world.data.invitees[event][0]["uri"]
    mark = running.direct("CreateInviteeNoShow", event=event, invitee=invitee.rsplit("/", 1)[1])["resource"]
    assert mark["invitee"] == invitee
    shown = running.direct("RetrieveInvitee", invitee=invitee)["resource"]["no_show"]
    assert shown["uri"] == mark["uri"]
    assert running.direct("RetrieveInviteeNoShow", invitee_no_show=mark["uri"])["resource"] == mark
    gone = running.direct("DeleteInviteeNoShow", invitee_no_show=mark["uri"])
    assert gone == {"invitee_no_show": mark["uri"], "deleted": True}
    assert running.direct("RetrieveInvitee", invitee=invitee)["resource"]["no_show"] is None
    assert running.direct("RetrieveInviteeNoShow", invitee_no_show=mark["uri"])["errorType"] == "NotFoundError"
