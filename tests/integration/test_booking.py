"""What becomes of a booking that Calendly refuses, or whose answer is lost."""

from __future__ import annotations

from typing import Any

import pytest

from calendly.documents import Document
from calendly.errors import InvalidRequestError, OutcomeUnknownError, RateLimitedError, SlotUnavailableError
from calendly.invitees import Invitee
from tests.conftest import Sandbox

BOOK = "POST /invitees"


def book(sandbox: Sandbox, **more: Any) -> Document[Invitee]:
    return sandbox.client(**more).invitees.create(
        event_type=sandbox.world.data.event_types[0]["uri"],
        start_time="2030-01-07T09:00:00Z",
        invitee={"name": "Eve Adams", "email": "eve@example.com", "timezone": "UTC"},
    )


def refused(*details: dict[str, str]) -> dict[str, Any]:
    return {"title": "Invalid Argument", "message": "The supplied parameters are invalid.", "details": list(details)}


@pytest.mark.parametrize(
    "detail",
    [
        {"parameter": "start_time", "message": "That start time has been filled"},
        {"parameter": "start_time", "message": "is not one of the available times"},
        {"parameter": "event_type", "message": "is full", "code": "already_filled"},
    ],
    ids=lambda detail: detail["message"],
)
@pytest.mark.parametrize("status", [400, 422])
def test_a_time_that_is_gone_asks_for_another_one(sandbox: Sandbox, detail: dict[str, str], status: int) -> None:
    sandbox.fault(method="POST", path="/invitees", status=status, body=refused(detail))
    with pytest.raises(SlotUnavailableError, match="choose another of the event type's available times"):
        book(sandbox)
    assert sandbox.sent() == {BOOK: 1}


@pytest.mark.parametrize("body", [refused({"parameter": "invitee.email", "message": "is invalid"}), refused()])
def test_what_else_is_wrong_is_no_matter_of_the_time(sandbox: Sandbox, body: dict[str, Any]) -> None:
    sandbox.fault(method="POST", path="/invitees", status=400, body=body)
    with pytest.raises(InvalidRequestError) as caught:
        book(sandbox)
    assert type(caught.value) is InvalidRequestError


@pytest.mark.parametrize("fault", [{"drop": True, "after": True}, {"status": 500, "after": True}], ids=str)
def test_a_booking_whose_answer_is_lost_is_sent_once(sandbox: Sandbox, fault: dict[str, Any]) -> None:
    before = len(sandbox.world.data.scheduled_events)
    sandbox.fault(method="POST", path="/invitees", times=3, **fault)
    with pytest.raises(OutcomeUnknownError) as caught:
        book(sandbox)
    assert not caught.value.retryable
    assert sandbox.sent() == {BOOK: 1}
    assert len(sandbox.world.data.scheduled_events) == before + 1


def test_the_limit_of_bookings_is_a_rate_limit(sandbox: Sandbox) -> None:
    sandbox.fault(method="POST", path="/invitees", times=9, status=429, headers={"X-RateLimit-Reset": "60"})
    with pytest.raises(RateLimitedError) as caught:
        book(sandbox)
    assert caught.value.retry_after == 60
