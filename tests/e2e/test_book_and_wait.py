"""The workflow ``book-and-wait``: each way in which a wait can end, told by the history of its execution."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from local.workflows import Execution, finish, start
from tests.e2e.conftest import Bus, Running

NAME = "30 Minute Meeting"
BEGUN = ["What is to be booked?", "Begin", "Open the wait", "By name?", "Find the event type", "Make a link"]
BEGUN += ["Hand the link on", "Wait for the booking"]
READ = ["Watch the booking", "Read the invitee", "What happened?"]
BOOKED = [*READ, "Read the event", "What now?", "Booked", "Follow it?"]


class Wait:
    """A wait that is begun: its execution, and its link as it came on the bus."""

    def __init__(self, running: Running, bus: Bus, **input: Any) -> None:
        self._running = running
        self.arn = start(running.stack.aws, "book-and-wait", {"event_type_name": NAME, **input})
        self.link = str(until(lambda: self._links(bus))[0]["detail"]["booking_url"])

    def _links(self, bus: Bus) -> list[Any]:
        found = self._running.stack.aws.client("stepfunctions").describe_execution(executionArn=self.arn)
        assert found["status"] != "FAILED", found.get("cause")
        return bus.read("calendly-actions")

    def book(self, **more: Any) -> str:
        """Somebody follows the link; returns their URI."""
        (invitee,) = self._running.sandbox("bookings", booking_url=self.link, **more)["invitees"]
        return str(invitee)

    def comes_to(self, state: str, times: int = 1) -> None:
        """Wait until the execution has entered a state so often, and has given its token away there."""
        client = self._running.stack.aws.client("stepfunctions")

        def come() -> bool:
            history = client.get_execution_history(executionArn=self.arn)["events"]
            seen = Execution("", None, None, None, history)
            return seen.states().count(state) >= times and history[-1]["type"] == "TaskSubmitted"

        until(come)

    def end(self) -> Execution:
        return finish(self._running.stack.aws, self.arn)


def until(found: Any, seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return value


def subscribe(running: Running, *events: str) -> None:
    wanted = {"events": list(events or ("invitee.created", "invitee.canceled"))}
    assert running.http("POST", "/accounts/default/webhook_subscriptions", json=wanted).ok


def test_it_ends_with_the_booking(running: Running, bus: Bus) -> None:
    subscribe(running)
    wait = Wait(running, bus, follow=False, context={"candidate": "4711"})
    assert "?utm_content=wait-" in wait.link
    running.sandbox("bookings", name="Somebody Else")
    invitee = wait.book(name="Eve Adams")
    execution = wait.end()
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.states() == [*BEGUN, *BOOKED, "Ends with the booking"]
    output = execution.output
    assert (output["outcome"], output["context"], output["rescheduled"]) == ("booked", {"candidate": "4711"}, 0)
    assert (output["booking"]["invitee"], output["booking"]["invitee_name"]) == (invitee, "Eve Adams")


def test_it_follows_two_reschedules_and_ends_with_the_cancellation(running: Running, bus: Bus) -> None:
    """The new invitee carries no tracking."""
    subscribe(running)
    wait = Wait(running, bus)
    invitee = wait.book()
    for times, day in enumerate(("08", "09"), 1):
        wait.comes_to("Wait for a change", times)
        invitee = running.sandbox("reschedule", invitee=invitee, start_time=f"2030-01-{day}T09:00:00Z")["invitee"]
    wait.comes_to("Rescheduled", 2)
    running.sandbox("cancel", invitee=invitee)
    execution = wait.end()
    assert execution.status == "SUCCEEDED", execution.cause
    states = execution.states()
    once = [state for state in states if state in ("Booked", "Rescheduled", "Canceled")]
    assert once == ["Booked", "Rescheduled", "Rescheduled", "Canceled"]
    assert (execution.output["outcome"], execution.output["rescheduled"]) == ("canceled", 2)
    assert execution.output["booking"]["start_time"] == "2030-01-09T09:00:00.000000Z"


def test_a_meeting_that_begins_took_place(running: Running, bus: Bus) -> None:
    subscribe(running)
    wait = Wait(running, bus)
    wait.book(start_time=(datetime.now(UTC) + timedelta(seconds=8)).isoformat())
    execution = wait.end()
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.output["outcome"] == "took_place"
    assert execution.states()[-3:] == ["Read the event", "What now?", "Took place"]
    assert "Booked" in execution.states()


def test_a_link_that_nobody_books_ends_with_its_time(running: Running, bus: Bus) -> None:
    subscribe(running)
    wait = Wait(running, bus, days=5 / 86400)
    execution = wait.end()
    assert execution.status == "SUCCEEDED", execution.cause
    assert execution.states() == [*BEGUN, "Look once more", "Booked after all?", "Not booked in time"]
    assert (execution.output["outcome"], execution.output["booking"]) == ("not_booked", None)


def test_an_account_that_is_revoked_meanwhile_is_told_of(running: Running, bus: Bus) -> None:
    subscribe(running)
    wait = Wait(running, bus)
    wait.comes_to("Wait for the booking")
    running.sandbox("revoke")
    wait.book()
    execution = wait.end()
    assert (execution.status, execution.error) == ("FAILED", "ReauthenticationRequiredError")
    assert execution.states() == [*BEGUN, "Watch the booking", "Read the invitee", "Tell a person", "Stopped"]
    assert "Connect 'default'" in str(execution.cause)


def test_without_a_subscription_it_fails_at_once(running: Running) -> None:
    subscribe(running, "invitee.created")
    execution = running.run("book-and-wait", {"event_type_name": NAME})
    assert (execution.status, execution.error) == ("FAILED", "NoSubscriptionError")
    assert execution.states() == ["What is to be booked?", "Begin", "Open the wait", "No subscription"]
    assert "Call create_webhook_subscription with" in str(execution.cause)
    assert running.world.data.scheduling_links == []


def test_what_is_wrong_with_the_input_is_told(running: Running) -> None:
    subscribe(running)
    for wrong in ({}, {"event_type_name": NAME, "days": 0}, {"event_type_name": NAME, "days": "7"}):
        assert running.run("book-and-wait", wrong).error == "InvalidInputError"
    assert running.run("book-and-wait", {"event_type_name": "Nobody's"}).error == "NotFoundError"
