"""A booking is made once: the event type's rules come first, and a lost answer is looked for."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from accounts.account import Account
from actions.connected import Connected
from actions.doors import Call
from calendly.errors import InvalidRequestError, OutcomeUnknownError, RateLimitedError, SlotUnavailableError
from generate.catalog import FUNCTIONS, load
from tests.conftest import Sandbox
from tests.sizes import size

BOOK = "POST /invitees"
BOOKINGS = size(20, 200)
SLOT = "2030-01-07T09:00:00Z"
EVE = {"name": "Eve Adams", "email": "eve@example.com", "timezone": "Europe/Berlin"}

create_invitee = load(FUNCTIONS / "invitees" / "create_invitee.py")


def connected(sandbox: Sandbox, position: int = 0) -> Connected:
    user = sandbox.world.data.users[position]
    account = Account(
        name="default",
        kind="personal_access_token",
        access_token="",
        refresh_token=None,
        expires_at=None,
        scopes=None,
        owner=user["uri"],
        organization=user["current_organization"],
        role=None,
        generation=1,
        connected_at=0,
        refreshed_at=0,
    )
    return Connected(Call({}, "a call", 20), account, sandbox.client(position))


def event_type(sandbox: Sandbox, name: str) -> str:
    uri = next(str(row["uri"]) for row in sandbox.world.data.event_types if row["name"] == name)
    return uri.rsplit("/", 1)[1]


def book(sandbox: Sandbox, name: str = "30 Minute Meeting", *, position: int = 0, **more: Any) -> Any:
    wanted = {"event_type": event_type(sandbox, name), "start_time": SLOT, "invitee": EVE, **more}
    input = create_invitee.CreateInvitee.model_validate(wanted)
    return create_invitee.handler.function(input, connected(sandbox, position)).body["resource"]


def booked(sandbox: Sandbox, email: str = "eve@example.com") -> list[dict[str, Any]]:
    return [row for rows in sandbox.world.data.invitees.values() for row in rows if row["email"] == email]


@pytest.fixture
def unlimited(sandbox: Sandbox) -> Sandbox:
    sandbox.control("limits", per_minute=1_000_000, tokens_per_minute=1_000_000)
    sandbox.world.data.organizations[0]["plan"] = "enterprise"
    return sandbox


@pytest.mark.parametrize(
    ("name", "more", "said"),
    [
        ("Paid Consultation", {"location": {"kind": "physical", "location": "Here"}}, "'Company'"),
        ("Paid Consultation", {"questions_and_answers": [{"question": "Company", "answer": "X"}]}, "offers several"),
        (
            "Paid Consultation",
            {
                "questions_and_answers": [
                    {"question": "Company", "answer": "X"},
                    {"question": "company", "answer": "X"},
                ],
                "location": {"kind": "zoom_conference"},
            },
            "letter by letter",
        ),
        ("Round Robin", {"location": {"kind": "zoom_conference"}}, "must be left out"),
        ("30 Minute Meeting", {"location": {"kind": "webex_conference"}}, "it offers zoom_conference"),
        ("Retired", {}, "is deleted"),
    ],
)
def test_what_the_event_type_asks_for_is_named_before_anything_is_sent(
    sandbox: Sandbox, name: str, more: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidRequestError, match=said):
        book(sandbox, name, **more)
    assert BOOK not in sandbox.sent()


def test_everything_that_is_missing_is_named_at_once(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        book(sandbox, "Paid Consultation")
    assert [error.field for error in caught.value.fields] == ["questions_and_answers", "location"]


def test_a_time_that_is_not_offered_is_not_sent(sandbox: Sandbox) -> None:
    with pytest.raises(SlotUnavailableError, match="choose another"):
        book(sandbox, start_time="2030-01-07T02:00:00Z")
    assert BOOK not in sandbox.sent()


def test_of_twenty_callers_for_one_slot_one_books(unlimited: Sandbox) -> None:
    def one(number: int) -> str:
        try:
            return str(book(unlimited, invitee={**EVE, "email": f"eve{number}@example.com"})["email"])
        except SlotUnavailableError:
            return ""

    with ThreadPoolExecutor(20) as threads:
        emails = [email for email in threads.map(one, range(20)) if email]
    assert len(emails) == 1
    rows = [row for rows in unlimited.world.data.invitees.values() for row in rows]
    assert [row["email"] for row in rows if row["scheduling_method"] == "api"] == emails


@pytest.mark.parametrize("fault", [{"drop": True, "after": True}, {"status": 500, "after": True}], ids=str)
@pytest.mark.parametrize("position", [0, 1])
def test_a_booking_whose_answer_was_lost_is_the_answer(sandbox: Sandbox, fault: dict[str, Any], position: int) -> None:
    sandbox.fault(method="POST", path="/invitees", **fault)
    found = book(sandbox, "Round Robin" if position == 0 else "30 Minute Meeting")
    assert [found] == booked(sandbox)
    assert sandbox.sent()[BOOK] == 1


def test_a_booking_that_does_not_show_is_not_sent_again(sandbox: Sandbox) -> None:
    sandbox.fault(method="POST", path="/invitees", times=3, drop=True)
    with pytest.raises(OutcomeUnknownError, match="does not show yet") as caught:
        book(sandbox)
    assert (caught.value.retry_after, caught.value.retryable) == (120, False)
    assert sandbox.sent()[BOOK] == 1
    assert "@" not in caught.value.message


def test_a_booking_from_before_the_call_is_another_one(unlimited: Sandbox) -> None:
    book(unlimited, "Webinar")
    for row in booked(unlimited):
        row["created_at"] = "2026-01-01T00:00:00.000000Z"
    unlimited.fault(method="POST", path="/invitees", drop=True)
    with pytest.raises(OutcomeUnknownError):
        book(unlimited, "Webinar")
    assert len(booked(unlimited)) == 1


def test_where_the_hosts_events_may_not_be_listed_the_outcome_stays_unknown(sandbox: Sandbox) -> None:
    sandbox.fault(method="POST", path="/invitees", drop=True, after=True)
    with pytest.raises(OutcomeUnknownError, match="may not list the host's events"):
        book(sandbox, "Round Robin", position=2)
    assert sandbox.sent()[BOOK] == 1


def test_the_limits_of_bookings_are_named(sandbox: Sandbox) -> None:
    sandbox.fault(method="POST", path="/invitees", times=9, status=429)
    with pytest.raises(RateLimitedError, match="10 a minute, 50 an hour and 100 a day") as caught:
        book(sandbox)
    assert caught.value.retry_after == 60


def test_with_answers_lost_before_and_after_each_is_booked_once(unlimited: Sandbox) -> None:
    """Before Calendly acted the outcome is unknown; after, the booking is found. Nobody is booked twice."""
    chance = random.Random(20)  # noqa: S311 - a test's
    slots = book_slots(unlimited, BOOKINGS)
    for number, slot in enumerate(slots):
        email = f"guest{number}@example.com"
        lost = chance.random() < 0.2
        if lost:
            unlimited.fault(method="POST", path="/invitees", drop=True, after=chance.random() < 0.5)
        for _ in range(2):
            try:
                book(unlimited, "Webinar", start_time=slot, invitee={**EVE, "email": email})
                break
            except OutcomeUnknownError:
                assert booked(unlimited, email) == []
        assert len(booked(unlimited, email)) == 1


def book_slots(sandbox: Sandbox, number: int) -> list[str]:
    """Times of the webinar, which has ten seats."""
    page = sandbox.client().event_type_available_times.list(
        event_type=event_type(sandbox, "Webinar"), start_time="2030-01-07T00:00:00Z", end_time="2030-01-28T00:00:00Z"
    )
    # It takes an hour, and begins every half hour: those in between overlap.
    times = [row.start_time for row in page if row.start_time[14:16] == "00"]
    return [times[place % len(times)] for place in range(number)]
