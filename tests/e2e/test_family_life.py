"""The life of a booking over both doors: found, seen, booked once, and followed."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from tests.e2e.conftest import Bus, Running

EVE = {"name": "Eve Adams", "email": "eve@example.com", "timezone": "Europe/Berlin"}
SLOT = "2030-01-07T09:00:00Z"
BOOK = "POST /invitees"
LINKS = ("next_page", "previous_page", "next_page_token", "previous_page_token")
EMPTY = {"collection": [], "pagination": {"count": 0, **dict.fromkeys(LINKS)}}


def event_type(running: Running, name: str) -> str:
    return next(str(row["uri"]) for row in running.world.data.event_types if row["name"] == name)


def booked(running: Running, email: str = "eve@example.com") -> list[dict[str, Any]]:
    return [row for rows in running.world.data.invitees.values() for row in rows if row["email"] == email]


def wanted(running: Running, name: str = "30 Minute Meeting", **more: Any) -> dict[str, Any]:
    return {"event_type": event_type(running, name), "start_time": SLOT, "invitee": EVE, **more}


def test_found_by_name_seen_booked_and_followed(running: Running) -> None:
    kind = running.http("GET", "/accounts/default/find_event_type", params={"name": "30-minute-meeting"}).json()
    window = {"start_time": "2030-01-07T00:00:00Z", "end_time": "2030-01-12T00:00:00Z"}
    found = running.http(
        "GET",
        "/accounts/default/retrieve_free_slots",
        params={"event_types": kind["resource"]["uri"], **window, "timezone": "Europe/Berlin",
                "part_of_day": "10:00-12:00", "max_items": 3},
    ).json()  # fmt: skip
    assert [row["local_start_time"][11:16] for row in found["collection"]] == ["10:00", "10:30", "11:00"]
    first = running.direct(
        "BookFirstFreeSlot", event_type=kind["resource"]["uri"], invitee=EVE, **window,
        timezone="Europe/Berlin", part_of_day="10:00-12:00",
    )["resource"]  # fmt: skip
    bookings = running.direct("FindInviteeBookings", email=EVE["email"])["collection"]
    assert [row["invitee"]["uri"] for row in bookings] == [first["uri"]]
    assert bookings[0]["event"]["start_time"] == found["collection"][0]["start_time"]
    whole = running.direct("RetrieveBooking", event=first["event"])["resource"]
    assert whole["invitees"] == [bookings[0]["invitee"]]
    assert running.direct("FindUser", name="Nobody")["errorType"] == "NotFoundError"


def test_a_booking_is_moved_and_the_bus_says_so(running: Running, bus: Bus) -> None:
    old = running.direct("CreateInvitee", **wanted(running))["resource"]
    call = {"event": old["event"], "start_time": SLOT.replace("T09", "T14")}
    moved = running.http("POST", "/accounts/default/reschedule_event", json=call).json()["resource"]
    assert [row["uri"] for row in booked(running) if row["status"] == "active"] == [moved["new_invitee"]]
    (event,) = bus.read("calendly-actions")
    assert event["detail-type"] == "Calendly event rescheduled"
    assert event["detail"].items() >= {name: moved[name] for name in ("old_event", "new_event", "start_time")}.items()
    running.sandbox("faults", method="POST", path="/scheduled_events/{uuid}/cancellation", drop=True)
    back = {"event": moved["new_event"], "start_time": SLOT}
    assert running.direct("RescheduleEvent", **back)["errorType"] == "OutcomeUnknownError"
    assert running.direct("FinishReschedules") == {"moves": [{"old_event": moved["new_event"], "state": "done"}]}
    (active,) = [row for row in booked(running) if row["status"] == "active"]
    assert running.direct("RescheduleEvent", **back)["resource"]["new_invitee"] == active["uri"]


def test_of_twenty_callers_over_both_doors_one_books(running: Running) -> None:
    running.world.data.organizations[0]["plan"] = "enterprise"

    def one(number: int) -> str:
        call = wanted(running, invitee={**EVE, "email": f"eve{number}@example.com"})
        if number % 2:
            answer = running.http("POST", "/accounts/default/invitees", json=call).json()
            return str(answer.get("title", "booked"))
        return str(running.direct("CreateInvitee", **call).get("errorType", "booked"))

    with ThreadPoolExecutor(20) as threads:
        answers = sorted(threads.map(one, range(20)))
    assert answers == ["SlotUnavailableError"] * 19 + ["booked"]


def test_a_repeat_books_if_there_is_nothing_and_answers_what_there_is(running: Running) -> None:
    running.sandbox("faults", method="POST", path="/invitees", drop=True)
    call = wanted(running, "Webinar", idempotency_key="a lost request")
    first = running.http("POST", "/accounts/default/invitees", json=call)
    assert (first.status_code, first.json()["title"], first.headers["Retry-After"]) == (
        504,
        "OutcomeUnknownError",
        "120",
    )
    assert booked(running) == []
    too_soon = running.direct("CreateInvitee", **call)
    assert too_soon["errorType"] == "OutcomeUnknownError"
    two_minutes_pass(running)
    second = running.direct("CreateInvitee", **call)
    assert [second["resource"]] == booked(running)
    assert running.direct("CreateInvitee", **call) == second
    assert running.calendly_requests()[BOOK] == 2


def test_a_booking_that_shows_late_is_found_by_the_repeat(running: Running) -> None:
    """It is there, and the list does not tell of it yet."""
    running.sandbox("faults", method="POST", path="/invitees", drop=True, after=True)
    running.sandbox("faults", method="GET", path="/scheduled_events", status=200, body=EMPTY)
    call = wanted(running, "Webinar", idempotency_key="a late one")
    assert running.direct("CreateInvitee", **call)["errorType"] == "OutcomeUnknownError"
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: running.direct("CreateInvitee", **call), range(4)))
    assert [answer["resource"] for answer in answers] == booked(running) * 4
    assert running.calendly_requests()[BOOK] == 1


def test_where_events_may_not_be_listed_a_repeat_never_books(running: Running) -> None:
    running.connect("member", user=2)
    running.sandbox("faults", method="POST", path="/invitees", drop=True, after=True)
    call = wanted(running, "Round Robin", account="member", idempotency_key="unknown")
    for _ in range(2):
        answer = running.direct("CreateInvitee", **call)
        assert answer["errorType"] == "OutcomeUnknownError"
        assert "may not list the host's events" in answer["errorMessage"]
    assert running.calendly_requests()[BOOK] == 1
    assert len(booked(running)) == 1


def test_what_was_refused_is_forgotten(running: Running) -> None:
    running.connect("member", user=2)
    call = wanted(running, "Round Robin", account="member", idempotency_key="refused")
    for _ in range(2):
        night = {**call, "start_time": "2030-01-07T02:00:00Z"}
        assert running.direct("CreateInvitee", **night)["errorType"] == "SlotUnavailableError"
    assert "resource" in running.direct("CreateInvitee", **call)


def test_a_killed_function_leaves_one_booking(running: Running) -> None:
    """Its answer never comes; once its time is over, the repeat looks."""
    call = wanted(running, "Webinar", idempotency_key="killed")
    running.sandbox("faults", method="POST", path="/invitees", delay=20, after=True)
    with ThreadPoolExecutor(1) as thread:
        killed = thread.submit(running.direct, "CreateInvitee", **call)
        until = time.monotonic() + 15
        while not booked(running) and time.monotonic() < until:
            time.sleep(0.05)
        for process in running.stack.pool.processes("CreateInvitee"):
            process.process.kill()
            process.process.join()
        assert "resource" not in (killed.result() or {})
    its_time_is_over(running)
    assert [running.direct("CreateInvitee", **call)["resource"]] == booked(running)
    assert running.calendly_requests()[BOOK] == 1


def test_a_time_that_is_taken_may_be_taken_by_the_lost_booking(running: Running) -> None:
    running.sandbox("faults", method="POST", path="/invitees", drop=True, after=True)
    running.sandbox("faults", method="GET", path="/scheduled_events", status=200, body=EMPTY, times=3)
    call = wanted(running, idempotency_key="taken")
    for _ in range(2):
        assert running.direct("CreateInvitee", **call)["errorType"] == "OutcomeUnknownError"
    two_minutes_pass(running)
    assert running.direct("CreateInvitee", **call)["errorType"] == "SlotUnavailableError"
    assert [running.direct("CreateInvitee", **call)["resource"]] == booked(running)


def two_minutes_pass(running: Running) -> None:
    """Since the last answer was lost."""
    table = running.stack.aws.client("dynamodb")
    for item in table.scan(TableName="Table")["Items"]:
        if "lost" in item:
            lost = datetime.fromisoformat(item["lost"]["S"]) - timedelta(seconds=120)
            table.put_item(TableName="Table", Item={**item, "lost": {"S": lost.isoformat()}})


def its_time_is_over(running: Running) -> None:
    table = running.stack.aws.client("dynamodb")
    for item in table.scan(TableName="Table")["Items"]:
        if "in_progress_expiration" in item and item["status"]["S"] == "INPROGRESS":
            table.put_item(TableName="Table", Item={**item, "in_progress_expiration": {"N": "1"}})
