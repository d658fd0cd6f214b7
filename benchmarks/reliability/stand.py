"""The stack under test, and what has to be true of its answers: the sandbox's world, and what came onto the bus."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests

from benchmarks.reliability.faults import Trouble
from local import operator, workflows
from local.ports import Ports
from local.stack import LocalStack
from sandbox.bookings import book
from sandbox.slots import slots
from sandbox.world import World

WORKFLOW = "send-booking-link"
OF_THE_WORKFLOW = "15 Minute Meeting"
"""The event type that the workflow makes links of."""

HABITS = {"duplicate_every": 8, "rendered_anew_every": 10, "retry_seconds": 0.2}
"""Deliveries come twice now and then, and are repeated soon, so that a run sees it."""

Row = dict[str, Any]


@dataclass
class Made:
    """What was to be made with one idempotency key.

    Attributes:
        action, input: the call.
        marks: what nothing else in Calendly's world has: the link's event type, or the invitee's e-mail address.
        uri: what was answered: the link's address, or the invitee's URI; None while nobody knows.
        fault: during which it was made.
        is_unclear: whether an error left it open; any other error says that nothing was made.
    """

    action: str
    input: Row
    marks: str
    fault: str
    uri: str | None = None
    is_unclear: bool = False


@dataclass
class Stand:
    """A running stack with a connected account and a subscription, and the record of what was asked of it."""

    stack: LocalStack
    trouble: Trouble
    made: list[Made] = field(default_factory=list)
    executions: list[tuple[str, str]] = field(default_factory=list)
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _numbers: int = 0

    def __post_init__(self) -> None:
        self.world: World = self.stack.sandbox.world
        data = self.world.data
        self.me: Row = data.users[0]
        mine = [row for row in data.event_types if (row["profile"] or {}).get("owner") == self.me["uri"]]
        self.booked, self.by_people = mine[0], mine[1]
        self._link_type = next(row for row in data.event_types if (row["profile"] or {}).get("owner") != self.me["uri"])
        self._seeded = {row["uri"] for rows in data.invitees.values() for row in rows}
        self._slots = self._each_slot()
        self._queue = _watch(self.stack.aws)
        self.events: list[Row] = self._list()

    @property
    def window(self) -> dict[str, str]:
        """The inputs that list the events that nobody changes."""
        return {"max_start_time": "2028-01-01T00:00:00Z", "sort": "start_time:asc"}

    def number(self) -> int:
        """Another one each time."""
        with self._lock:
            self._numbers += 1
            return self._numbers

    def slot(self) -> str:
        """A start time that was given to nobody."""
        with self._lock:
            return next(self._slots)

    def link_type(self) -> str:
        """An event type for one link: it says which key a link was made with."""
        row = {**self._link_type, "uri": f"{self._link_type['uri'][:-12]}{self.number():012d}", "active": False}
        with self.world.lock:
            self.world.data.add("event_types", row)
            self.world.data.behind.hosts[row["uri"]] = self.world.data.hosts(self._link_type)
        return str(row["uri"])

    def links(self) -> dict[str, list[str]]:
        """The links there are, by event type."""
        found: dict[str, list[str]] = {}
        with self.world.lock:
            for row in self.world.data.scheduling_links:
                found.setdefault(row["owner"], []).append(row["booking_url"])
        return found

    def bookings(self) -> dict[str, list[str]]:
        """The invitees that were booked since the start, by e-mail address."""
        found: dict[str, list[str]] = {}
        for row in self._invitees():
            found.setdefault(row["email"], []).append(row["uri"])
        return found

    def is_canceled(self, event: str) -> bool:
        return bool(self.world.data.known(event)["status"] == "canceled")

    def people_book(self) -> None:
        """Somebody books on Calendly's own page, and it is delivered."""
        start = datetime(2029, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * self.number())
        with self.world.lock:
            book(self.world, self.by_people, start)

    def start_workflow(self, fault: str) -> None:
        execution = workflows.start(self.stack.aws, WORKFLOW, {"event_type_name": OF_THE_WORKFLOW})
        self.executions.append((execution, fault))

    def facts(self) -> set[tuple[str, str]]:
        """What has to be on the bus: bookings and cancellations since the start."""
        rows = self._invitees()
        canceled = (row for row in rows if row["status"] == "canceled")
        return {("invitee.created", row["uri"]) for row in rows} | {
            ("invitee.canceled", row["uri"]) for row in canceled
        }

    def until_told(self, seconds: float) -> set[tuple[str, str]]:
        """Wait until all facts are on the bus and nothing is on its way; returns the facts that are missing."""
        end = time.monotonic() + seconds
        while True:
            is_quiet = self.world.deliveries.pending == 0
            self._read()
            missing = self.facts() - set(self.seen)
            if (is_quiet and not missing) or time.monotonic() > end:
                return missing
            time.sleep(0.1)

    def _read(self) -> None:
        sqs = self.stack.aws.client("sqs")
        while messages := sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
                event = json.loads(message["Body"])
                detail = event["detail"]
                about = detail["payload"]["uri"] if "payload" in detail else detail.get("booking_url", "")
                self.seen[event["detail-type"], about] += 1

    def _invitees(self) -> list[Row]:
        with self.world.lock:
            rows = [dict(row) for rows in self.world.data.invitees.values() for row in rows]
        return [row for row in rows if row["uri"] not in self._seeded]

    def _list(self) -> list[Row]:
        """The events as Calendly itself lists them."""
        token = self.world.issue_personal_access_token(self.me["uri"], ["scheduled_events:read"])
        query = {"user": self.me["uri"], "count": "100", **self.window}
        rows: list[Row] = []
        url = f"{self.stack.calendly_url}/scheduled_events"
        while url:
            page = requests.get(url, query, headers={"Authorization": f"Bearer {token}"}, timeout=30).json()
            rows += page["collection"]
            url, query = page["pagination"]["next_page"], {}
        return rows

    def _each_slot(self) -> Iterator[str]:
        start = datetime(2030, 1, 7, tzinfo=UTC)
        while True:
            with self.world.lock:
                found = [slot.start for slot in slots(self.world, self.booked, start, start + timedelta(days=28))]
            yield from (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in found)
            start += timedelta(days=28)


@contextmanager
def standing(logs: Path) -> Iterator[Stand]:
    """Start a stack for the duration of a block."""
    trouble = Trouble()
    with LocalStack(Ports.free(), logs=logs, wrap={"aws": trouble.aws, "calendly": trouble.calendly}) as stack:
        _control(stack, "reset", events=1200)
        _control(stack, "limits", per_minute=10_000_000, tokens_per_minute=10_000_000)
        _control(stack, "webhooks", **HABITS)
        operator.connect(stack)
        events = {"events": ["invitee.created", "invitee.canceled"]}
        url = f"{stack.api_url}/accounts/default/webhook_subscriptions"
        requests.post(url, json=events, timeout=60).raise_for_status()
        # Every booking would start on_booking. Interpreting it here takes longer than the calls that are to be measured.
        stack.aws.client("events").disable_rule(Name="OnBookingBooked", EventBusName="local")
        yield Stand(stack, trouble)


def _control(stack: LocalStack, name: str, **document: Any) -> None:
    requests.post(f"{stack.calendly_url}/_sandbox/{name}", json=document, timeout=60).raise_for_status()


def _watch(aws: Any) -> str:
    """A queue that gets what comes onto the bus; returns its URL."""
    sqs, events = aws.client("sqs"), aws.client("events")
    url = sqs.create_queue(QueueName="reliability")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = json.dumps({"source": ["calendly", "calendly-actions"]})
    events.put_rule(Name="reliability", EventBusName="local", EventPattern=pattern)
    events.put_targets(Rule="reliability", EventBusName="local", Targets=[{"Id": "watch", "Arn": arn}])
    return str(url)
