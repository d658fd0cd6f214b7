"""Moving a booking: what is copied, what is refused, and what becomes of answers that are lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

import actions.moving
import actions.rescheduling
from actions.bus import BusUnavailableError
from actions.doors import Call
from actions.move_records import DONE, LEASE_SECONDS, Move, MoveRecord
from actions.rescheduling import SECONDS_FOR_ONE, go_on
from calendly.errors import (
    CalendlyError,
    CalendlyUnavailableError,
    InvalidRequestError,
    OutcomeUnknownError,
    PermissionDeniedError,
    SlotUnavailableError,
)
from sandbox.bookings import cancel, cancel_event, reschedule
from sandbox.rows.events import guest_row
from sandbox.rows.locations import location_row
from tests.handlers import Handlers, handlers
from tests.moves import NOT_FINISHED, TOLD, Booked
from tests.unit.test_architecture import TEMPLATE
from tests.unit.test_doors import Context

BOOK = "POST /invitees"
CANCEL = "/scheduled_events/{uuid}/cancellation"


@dataclass
class Moves:
    """The action and its clean-up.

    Attributes:
        told: what was put on the bus: detail-type and detail.
        deaf: how many events the bus refuses.
    """

    calls: Handlers
    told: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    deaf: int = 0

    def put(self, entry: dict[str, str], _: object) -> None:
        if self.deaf:
            self.deaf -= 1
            raise BusUnavailableError("Not now.")
        self.told.append((entry["DetailType"], json.loads(entry["Detail"])))

    def move(self, booked: Booked, **more: Any) -> Any:
        wanted = {"event": booked.event["uri"], "start_time": booked.start, **more}
        return self.calls.call("reschedule_event", **wanted)["resource"]

    def refused(self, booked: Booked, kind: type[CalendlyError], **more: Any) -> str:
        """The message; nobody's data is in it."""
        with pytest.raises(kind) as caught:
            self.move(booked, **more)
        assert type(caught.value) is kind
        assert caught.value.retryable or kind not in (OutcomeUnknownError, CalendlyUnavailableError)
        assert "@" not in caught.value.message
        assert "Eve" not in caught.value.message
        assert "calendly.com/reschedulings" not in caught.value.message
        return caught.value.message

    def clean_up(self, booked: Booked) -> str | None:
        """The state of a booking's move after a run of the clean-up; None if it was not at it."""
        moves = self.calls.call("finish_reschedules", Context(seconds=300))["moves"]
        return next((move["state"] for move in moves if move["old_event"] == booked.event["uri"]), None)

    def told_of(self, booked: Booked) -> list[tuple[str, dict[str, Any]]]:
        return [each for each in self.told if each[1]["old_event"] == booked.event["uri"]]


@pytest.fixture(scope="module")
def calls() -> Iterator[Handlers]:
    with handlers(events=3, users=2, event_types=2) as made:
        made.world.data.organizations[0]["plan"] = "enterprise"
        yield made


@pytest.fixture
def moves(calls: Handlers, monkeypatch: pytest.MonkeyPatch) -> Moves:
    made = Moves(calls)
    monkeypatch.setattr(actions.moving, "put", made.put)
    monkeypatch.setattr(actions.rescheduling, "connect", calls.connect)
    monkeypatch.setattr(actions.rescheduling, "_WAIT_SECONDS", 1.5)
    calls.world.faults.clear()
    return made


def test_the_new_time_is_booked_the_old_is_canceled_and_both_name_each_other(moves: Moves) -> None:
    booked = Booked(
        moves.calls.world,
        first_name="Eve",
        last_name="Adams",
        timezone="Asia/Tokyo",
        text_reminder_number="+1 555 0142",
        tracking={"utm_source": "newsletter", "salesforce_uuid": "x" * 18},
        questions_and_answers=[{"question": "What should we prepare?", "answer": "Tea", "position": 0}],
    )
    booked.event["event_guests"] = [guest_row("guest@example.com", booked.event["created_at"])]
    answer = moves.move(booked, reason="The room is flooded.")
    (new,) = booked.others
    event = moves.calls.world.data.known(new["event"])
    assert booked.active == [event["uri"]]
    assert answer == {
        "state": "rescheduled",
        "old_event": booked.event["uri"],
        "old_invitee": booked.invitee["uri"],
        "old_start_time": booked.event["start_time"],
        "new_event": event["uri"],
        "new_invitee": new["uri"],
        "start_time": event["start_time"],
    }
    copied = "email", "first_name", "last_name", "name", "timezone", "text_reminder_number", "questions_and_answers"
    assert {name: new[name] for name in copied} == {name: booked.invitee[name] for name in copied}
    assert {name: value for name, value in new["tracking"].items() if value} == booked.invitee["tracking"]
    assert [guest["email"] for guest in event["event_guests"]] == ["guest@example.com"]
    assert event["location"]["type"] == booked.event["location"]["type"] == "zoom"
    reason = booked.event["cancellation"]["reason"]
    assert reason == f"The room is flooded. Moved to another time: {event['uri']}"
    ((kind, told),) = moves.told_of(booked)
    assert kind == TOLD
    assert {name: told[name] for name in answer if name != "state"} | {"state": "rescheduled"} == answer
    assert set(told) - set(answer) == {"account", "id"}
    for said in (json.dumps(booked.record()), json.dumps(moves.told)):
        assert not [word for word in ("@", "Eve", "Tea", "555", "newsletter", "flooded") if word in said]
    assert moves.move(booked) == answer, "a repeat answers what the first call did"
    known = MoveRecord(booked.event["uri"]).read()
    assert known
    assert go_on(Call({}, "a clean-up that comes late", 60), known) == DONE
    assert len(booked.others) == len(moves.told_of(booked)) == 1
    assert "was moved to" in moves.refused(booked, InvalidRequestError, start_time="2039-01-03T09:00:00Z")


def test_a_location_that_the_booking_says_is_copied(moves: Moves) -> None:
    place = {"type": "outbound_call", "location": "+1 555 0100"}
    answers = [{"question": "Company", "answer": "Analytical", "position": 0}]
    booked = Booked(moves.calls.world, "Paid Consultation", location=place, questions_and_answers=answers)
    moves.move(booked)
    assert moves.calls.world.data.known(booked.active[0])["location"] == place


def two_invitees(booked: Booked) -> None:
    booked.world.data.add_invitee(booked.event, {**booked.invitee, "uri": booked.invitee["uri"][:-1] + "0"})


def paid(booked: Booked) -> None:
    booked.invitee["payment"] = {"external_id": "ch_1", "provider": "stripe", "successful": True}


def canceled(booked: Booked) -> None:
    cancel(booked.world, booked.invitee)


def past(booked: Booked) -> None:
    booked.event["start_time"] = "2024-03-01T09:00:00.000000Z"


def nothing(booked: Booked) -> None:
    """Nothing is peculiar to it."""


REFUSED: list[tuple[Callable[[Booked], None], str | None, type[CalendlyError], str]] = [
    (two_invitees, None, InvalidRequestError, "several active invitees.*reschedule_url.*retrieve_invitee"),
    (paid, None, InvalidRequestError, "was paid for.*reschedule_url.*retrieve_invitee"),
    (canceled, None, InvalidRequestError, "is canceled"),
    (past, None, InvalidRequestError, "is past"),
    (nothing, "09:00", InvalidRequestError, "starts already"),
    (nothing, "09:15", InvalidRequestError, "blocked by the old booking.*reschedule_url.*retrieve_invitee"),
    (nothing, "02:00", SlotUnavailableError, "choose another"),
]


@pytest.mark.parametrize(("made", "clock", "kind", "said"), REFUSED, ids=lambda each: getattr(each, "__name__", None))
def test_what_cannot_be_moved_is_refused_and_leaves_nothing(
    moves: Moves, made: Callable[[Booked], None], clock: str | None, kind: type[CalendlyError], said: str
) -> None:
    booked = Booked(moves.calls.world)
    start = f"{booked.event['start_time'][:11]}{clock}:00Z" if clock else booked.start
    made(booked)
    before = moves.calls.sent(BOOK), list(booked.active)
    assert re.search(said, moves.refused(booked, kind, start_time=start))
    assert (moves.calls.sent(BOOK), booked.active, booked.record()) == (*before, None)
    assert moves.told_of(booked) == []


def test_what_the_event_type_asks_by_now_is_said(moves: Moves) -> None:
    booked = Booked(moves.calls.world, location={"type": "custom", "location": "Here"})
    assert "it offers zoom_conference" in moves.refused(booked, InvalidRequestError)
    assert (booked.active, booked.record()) == ([booked.event["uri"]], None)


def test_a_dry_run_plans_both_requests_and_keeps_nothing(moves: Moves) -> None:
    booked = Booked(moves.calls.world)
    wanted = {"event": booked.event["uri"], "start_time": booked.start, "dry_run": True}
    requests = moves.calls.call("reschedule_event", **wanted)["requests"]
    assert [request["path"].rsplit("/", 1)[1] for request in requests] == ["invitees", "cancellation"]
    assert (booked.active, booked.record()) == ([booked.event["uri"]], None)


@pytest.mark.parametrize("finisher", ["a repeat", "the clean-up"])
@pytest.mark.parametrize("path", ["/invitees", CANCEL])
@pytest.mark.parametrize("after", [False, True], ids=["before Calendly acted", "after Calendly acted"])
def test_a_lost_answer_leaves_one_active_booking(moves: Moves, path: str, after: bool, finisher: str) -> None:
    booked = Booked(moves.calls.world)
    moves.calls.fault(method="POST", path=path, drop=True, after=after)
    if (path, after) == ("/invitees", True):
        moves.move(booked)  # what shows at once is found by the call itself
    else:
        moves.refused(booked, OutcomeUnknownError)
        assert len(booked.active) == (2 if (path, after) == (CANCEL, False) else 1)
        booked.age(minutes=16)
        if finisher == "a repeat":
            moves.move(booked)
        else:
            assert moves.clean_up(booked) == ("ended" if path == "/invitees" else "done")
    assert len(booked.active) == 1
    ((kind, _),) = moves.told_of(booked)
    nothing_was_booked = path == "/invitees" and not after and finisher == "the clean-up"
    assert kind == (NOT_FINISHED if nothing_was_booked else TOLD)
    assert (booked.active == [booked.event["uri"]]) is nothing_was_booked
    if nothing_was_booked:
        assert moves.move(booked)["old_event"] == booked.event["uri"], "it can be moved after all"


def test_a_booking_that_shows_late_is_waited_for(moves: Moves) -> None:
    empty = {"collection": [], "pagination": {"count": 0, "next_page": None, "next_page_token": None}}
    booked = Booked(moves.calls.world)
    moves.calls.fault(method="POST", path="/invitees", drop=True, after=True)
    moves.calls.fault(method="GET", path="/scheduled_events", status=200, body=empty, times=2)
    assert "does not show yet" in moves.refused(booked, OutcomeUnknownError)
    assert "is being moved to" in moves.refused(booked, InvalidRequestError, start_time="2039-01-03T09:00:00Z")
    assert moves.clean_up(booked) == "open"
    assert len(booked.active) == 2
    assert moves.clean_up(booked) == "done"
    assert len(booked.active) == 1


def stopped_before_the_cancellation(moves: Moves, booked: Booked) -> None:
    """The new time is booked, and then Calendly does not answer any more."""

    def fail(_: object) -> None:
        raise CalendlyUnavailableError("Not now.")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions.moving.Moving, "_look", fail)
        moves.refused(booked, CalendlyUnavailableError)
    assert len(booked.active) == 2


@pytest.mark.parametrize("finisher", ["a repeat", "the clean-up"])
def test_nothing_is_canceled_for_a_new_booking_that_is_gone(moves: Moves, finisher: str) -> None:
    booked = Booked(moves.calls.world)
    stopped_before_the_cancellation(moves, booked)
    cancel(booked.world, booked.others[0])
    if finisher == "the clean-up":
        assert moves.clean_up(booked) == "ended"
    else:
        assert "the old one stays" in moves.refused(booked, InvalidRequestError)
    assert booked.active == [booked.event["uri"]]
    ((kind, told),) = moves.told_of(booked)
    assert (kind, told["state"], told["new_event"]) == (NOT_FINISHED, "ended", booked.others[0]["event"])
    assert "choose another start_time" in moves.refused(booked, InvalidRequestError)
    assert moves.clean_up(booked) is None
    later = f"{booked.start[:11]}10:00:00Z"
    moves.move(booked, start_time=later)
    assert [booked.world.data.known(event)["start_time"][11:16] for event in booked.active] == ["10:00"]


def test_two_that_are_active_because_the_invitee_moved_theirs_as_well_are_told_of(moves: Moves) -> None:
    booked = Booked(moves.calls.world)
    theirs = datetime.fromisoformat(booked.start).replace(hour=11, tzinfo=UTC)
    stopped_before_the_cancellation(moves, booked)
    reschedule(booked.world, booked.invitee, theirs)
    assert moves.clean_up(booked) == "unfinished"
    assert len(booked.active) == 2
    assert "The invitee moved" in moves.told_of(booked)[0][1]["why"]


def test_what_may_not_be_canceled_is_told_of_and_a_repeat_finishes_it(moves: Moves) -> None:
    booked = Booked(moves.calls.world)
    denied = {"title": "Permission Denied", "message": "You are not allowed to cancel this event"}
    moves.calls.fault(method="POST", path=CANCEL, status=403, body=denied)
    assert "Both are active" in moves.refused(booked, PermissionDeniedError)
    assert (len(booked.active), moves.told_of(booked)[0][1]["state"]) == (2, "unfinished")
    assert moves.clean_up(booked) is None
    assert "is being moved to" in moves.refused(booked, InvalidRequestError, start_time="2039-01-03T09:00:00Z")
    moves.move(booked)
    assert len(booked.active) == 1


def test_an_account_that_cannot_be_used_is_tried_for_a_day(moves: Moves, monkeypatch: pytest.MonkeyPatch) -> None:
    booked = Booked(moves.calls.world)
    stopped_before_the_cancellation(moves, booked)

    def refuse(*_: object) -> object:
        raise CalendlyUnavailableError("Not now.")

    with monkeypatch.context() as patch:
        patch.setattr(actions.rescheduling, "connect", refuse)
        assert moves.clean_up(booked) == "open"
        booked.age(hours=25)
        assert moves.clean_up(booked) == "unfinished"
    assert "for a day" in moves.told_of(booked)[0][1]["why"]


def test_an_old_booking_that_is_canceled_meanwhile_is_not_booked_again(moves: Moves) -> None:
    booked = Booked(moves.calls.world)
    moves.calls.fault(method="POST", path="/invitees", drop=True)
    moves.refused(booked, OutcomeUnknownError)
    cancel_event(booked.world, booked.event, booked.world.data.users[0], None)
    moves.refused(booked, OutcomeUnknownError)
    booked.age(minutes=16)
    assert "was canceled meanwhile" in moves.refused(booked, InvalidRequestError)
    assert (booked.active, booked.others) == ([], [])


def test_what_the_bus_did_not_take_is_told_by_the_clean_up_under_one_id(moves: Moves) -> None:
    booked = Booked(moves.calls.world)
    moves.deaf = 2
    moves.move(booked)
    assert moves.clean_up(booked) == "open"
    booked.age(days=2)
    assert moves.clean_up(booked) == "done"
    ((kind, told),) = moves.told_of(booked)
    assert kind == TOLD
    assert told["start_time"] == booked.world.data.known(booked.active[0])["start_time"]


def test_of_callers_at_once_and_the_clean_up_one_moves_it(moves: Moves) -> None:
    """Of an event for several, so that no slot prevents a second booking."""
    booked = Booked(moves.calls.world, "Webinar", location=location_row("webex_conference", fresh=True))
    moves.calls.fault(method="POST", path="/invitees", delay=0.5)

    def one(number: int) -> str:
        try:
            if number == 3:
                return "open" if moves.clean_up(booked) in (None, "open", "done") else "wrong"
            return str(moves.move(booked)["new_event"])
        except OutcomeUnknownError:
            return "open"

    with ThreadPoolExecutor(4) as threads:
        answers = set(threads.map(one, range(4)))
    assert answers - {"open"} == set(booked.active)
    assert (len(booked.active), len(booked.others)) == (1, 1)


def test_a_lease_is_longer_than_a_call() -> None:
    assert TEMPLATE["Globals"]["Function"]["Timeout"] < LEASE_SECONDS
    assert SECONDS_FOR_ONE < LEASE_SECONDS


def test_a_write_of_the_record_that_boto3_sends_again_meets_its_own(moves: Moves) -> None:
    booked = Booked(moves.calls.world)
    uri = booked.event["uri"]
    move = Move("default", uri, uri, booked.start, uri, booked.start, booked.start)
    mine, other = MoveRecord(uri), MoveRecord(uri)
    assert [mine.start(move), mine.start(move), other.start(move)] == [True, True, False]
    assert (other.take(), mine.take()) == (None, move)
    with pytest.raises(OutcomeUnknownError, match="Another call is moving"):
        other.mark(DONE)
    for _ in range(2):
        mine.mark(DONE)
        mine.release()
    assert other.take() == move._replace(move_state=DONE)
