"""Many bookings on the whole stack: callers who want the same slot, lost answers, and functions that are killed.

``make soak`` makes 200 of them.
"""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.conftest import Running
from tests.sizes import size

BOOKINGS = size(30, 200)
KILLED = max(2, BOOKINGS // 20)
POST = "POST /invitees"
NAME = "30 Minute Meeting"


@pytest.fixture
def enterprise(running: Running) -> Running:
    """Others may book ten a minute."""
    running.world.data.organizations[0]["plan"] = "enterprise"
    return running


def wanted(running: Running, number: int, slot: str) -> dict[str, Any]:
    event_type = next(row["uri"] for row in running.world.data.event_types if row["name"] == NAME)
    return {
        "event_type": event_type,
        "start_time": slot,
        "invitee": {"name": "Guest", "email": f"guest-{number}@example.com", "timezone": "Europe/Berlin"},
        "idempotency_key": f"guest {number} at {slot}",
    }


def booked(running: Running) -> Counter[str]:
    """How often each guest is booked."""
    rows = (row for rows in running.world.data.invitees.values() for row in rows)
    return Counter(row["email"] for row in rows if row["scheduling_method"] == "api")


def slots(running: Running, count: int) -> list[str]:
    event_type = wanted(running, 0, "")["event_type"]
    window = {"start_time": "2030-01-07T00:00:00Z", "end_time": "2030-04-07T00:00:00Z"}
    rows = running.direct("RetrieveFreeSlots", event_types=event_type, max_items=1000, **window)["collection"]
    assert len(rows) >= count
    return [row["start_time"] for row in rows[:count]]


def test_of_twenty_callers_over_both_doors_one_books_the_slot(enterprise: Running) -> None:
    def call(number: int) -> str:
        input = wanted(enterprise, number, "2030-01-07T09:00:00Z")
        if number % 2:
            answer = enterprise.direct("CreateInvitee", **input)
            return str(answer.get("errorType", "booked"))
        over_http = enterprise.http("POST", "/accounts/default/invitees", json=input)
        return "booked" if over_http.status_code == 201 else str(over_http.json()["title"])

    with ThreadPoolExecutor(20) as threads:
        answers = Counter(threads.map(call, range(20)))
    assert answers == {"booked": 1, "SlotUnavailableError": 19}
    assert sum(booked(enterprise).values()) == 1


def test_each_booking_is_made_once_though_answers_are_lost_and_functions_killed(enterprise: Running) -> None:
    """A fifth of the answers is lost, before or after Calendly acted. Callers repeat their call with its key."""
    chance = random.Random(20)  # noqa: S311 - a test's
    times = slots(enterprise, BOOKINGS)
    seen: Counter[str] = Counter()

    def book(number: int) -> None:
        input = wanted(enterprise, number, times[number])
        while "errorType" in (answer := enterprise.direct("CreateInvitee", **input)):
            assert answer["errorType"] == "OutcomeUnknownError", answer
            seen["repeated"] += 1

    for _ in range(BOOKINGS - KILLED):
        if chance.random() < 0.2:
            after = chance.random() < 0.5
            enterprise.sandbox("faults", method="POST", path="/invitees", drop=True, after=after)
            seen[f"lost, after={after}"] += 1
    assert seen["lost, after=True"]
    assert seen["lost, after=False"]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(book, range(BOOKINGS - KILLED)))
    for number in range(BOOKINGS - KILLED, BOOKINGS):
        killed_while_it_books(enterprise, wanted(enterprise, number, times[number]), after=bool(number % 2))
        book(number)
    assert booked(enterprise) == {f"guest-{number}@example.com": 1 for number in range(BOOKINGS)}
    assert seen["repeated"] >= seen["lost, after=False"]


def killed_while_it_books(running: Running, input: dict[str, Any], *, after: bool) -> None:
    """The function dies before or after Calendly acted, and the minute passes in which it could have come back."""
    # A fault that strikes before the call also cuts it off: whoever was killed never sent it.
    running.sandbox("faults", method="POST", path="/invitees", delay=1.5, after=after, drop=not after)
    sent = running.world.requests[POST]
    with ThreadPoolExecutor(1) as thread:
        answer = thread.submit(running.direct, "CreateInvitee", **input)
        end = time.monotonic() + 60
        while running.world.requests[POST] == sent:
            assert time.monotonic() < end
            time.sleep(0.01)
        for process in running.stack.pool.processes("CreateInvitee"):
            process.process.kill()
        assert answer.result()["errorType"] == "Runtime.ExitError"
    table = running.stack.aws.client("dynamodb")
    query = {
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "idempotency#create_invitee"}},
    }
    for item in table.query(TableName="Table", **query)["Items"]:
        if "in_progress_expiration" in item:
            table.put_item(TableName="Table", Item={**item, "in_progress_expiration": {"N": "0"}})
