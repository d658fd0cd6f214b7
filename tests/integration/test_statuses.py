"""Every status there is, from Calendly and from something in between, before and after Calendly acted.

On a read and on each kind of write: the class, and whether a repeat makes a second. ``docs/errors.md`` has the summary.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyItemAlreadyExistsError,
    IdempotencyItemNotFoundError,
)
from aws_lambda_powertools.utilities.idempotency.persistence.base import BasePersistenceLayer
from aws_lambda_powertools.utilities.idempotency.persistence.datarecord import DataRecord

from actions import repeats
from actions.inputs import ContactRef, CreateInput
from actions.runtime import Connected, Function, action
from calendly.documents import Document, Resource
from calendly.errors import CalendlyError
from calendly.transport import Operation
from tests.handlers import Handlers, handlers
from tests.sizes import size

STATUSES = [status for status in range(300, 600) if status % 100 < size(30, 100)]
"""All of them in ``make soak``. Those that are left out in ``make test`` mean nothing to anybody."""

ERRORS = Path(__file__).parents[2] / "docs" / "errors.md"

OWN_WORDS = {
    401: "ReauthenticationRequiredError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "AlreadyExistsError",
    424: "ExternalCalendarError",
    429: "RateLimitedError",
}
NOTE = Operation("POST", "/notes", write=True, may_act_on_failure=True)


class Memory(BasePersistenceLayer):
    """What Powertools keeps in DynamoDB, which takes ten times as long; ``tests/e2e/test_repeats.py`` has the table."""

    def __init__(self, records: dict[str, DataRecord]) -> None:
        super().__init__()
        self.records = records

    def _get_record(self, idempotency_key: str) -> DataRecord:
        if idempotency_key not in self.records:
            raise IdempotencyItemNotFoundError
        return self.records[idempotency_key]

    def _put_record(self, data_record: DataRecord) -> None:
        if data_record.idempotency_key in self.records:
            raise IdempotencyItemAlreadyExistsError
        self.records[data_record.idempotency_key] = data_record

    def _update_record(self, data_record: DataRecord) -> None:
        self.records[data_record.idempotency_key] = data_record

    def _delete_record(self, data_record: DataRecord) -> None:
        self.records.pop(data_record.idempotency_key, None)


class WriteNote(CreateInput):
    contact: ContactRef
    body: str


def _note(input: WriteNote, connected: Connected) -> Document[Resource] | None:
    params = {"contact": connected.calendly.api.uri(input.contact, "contacts")}
    rows = connected.calendly.api.list(Operation("GET", "/notes"), "/notes", params, Resource).rows
    found = next((row for row in rows if row["body"] == input.body), None)
    return Document({"resource": found}, Resource) if found else None


@action("POST /notes", scope="", example={}, look=_note)
def write_note(input: WriteNote, connected: Connected) -> Document[Resource]:
    """A create that Calendly says may have worked although it failed, and that can be looked for."""
    document = {"contact": connected.calendly.api.uri(input.contact, "contacts"), "body": input.body}
    return connected.calendly.api.write(NOTE, "/notes", document, Resource)


@dataclass(frozen=True)
class Kind:
    """A call to try: a read, or a kind of write.

    Attributes:
        action: what is called.
        fault: which request goes wrong.
        input: for the so-manieth try.
        made: how many there are of what it makes; the number of calls that took effect.
        clear: forget what it made.
        repeat: how a repeat is safe: by a key, by a key and a look, by being the same again; empty for a read.
    """

    action: str | Function
    fault: dict[str, Any]
    input: Callable[[int], dict[str, Any]]
    made: Callable[[], int]
    clear: Callable[[], None]
    repeat: str
    may_act_on_failure: bool = False


@dataclass(frozen=True)
class Row:
    """What came of a call and of its repeat: class names, or ``done``; and how many were made in all."""

    kind: str
    status: int
    own: bool
    acted: bool
    first: str
    again: str
    made: int


def kinds(calls: Handlers) -> dict[str, Kind]:
    world, data = calls.world, calls.world.data
    contact = data.contacts[0]["uri"]
    data.webhook_subscriptions or calls.call(
        "create_webhook_subscription", events=["invitee.created"], url="https://example.org/kept"
    )
    subscription = dict(data.webhook_subscriptions[0])

    def clear(name: str) -> Callable[[], None]:
        rows = getattr(data, name)
        return lambda: [data.remove(name, row) for row in list(rows)] and None

    def subscribe_again() -> None:
        if subscription not in data.webhook_subscriptions:
            data.add("webhook_subscriptions", dict(subscription))

    gone = lambda: int(all(row["uri"] != subscription["uri"] for row in data.webhook_subscriptions))  # noqa: E731
    return {
        "a read": Kind(
            "retrieve_user",
            {"method": "GET", "path": "/users/me"},
            lambda _: {"user": "me"},
            lambda: 0,
            lambda: None,
            "",
        ),
        "a link": Kind(
            "create_single_use_scheduling_link",
            {"method": "POST", "path": "/scheduling_links"},
            lambda n: {"event_type": data.event_types[0]["uri"], "idempotency_key": f"link {n}"},
            lambda: len(data.scheduling_links),
            world.data.scheduling_links.clear,
            "key",
        ),
        "a subscription": Kind(
            "create_webhook_subscription",
            {"method": "POST", "path": "/webhook_subscriptions"},
            lambda n: {
                "events": ["invitee.created"],
                "url": f"https://example.com/{n}",
                "idempotency_key": f"hook {n}",
            },
            lambda: sum(row["callback_url"].startswith("https://example.com/") for row in data.webhook_subscriptions),
            clear("webhook_subscriptions"),
            "look",
        ),
        "a note": Kind(
            write_note,
            {"method": "POST", "path": "/notes"},
            lambda n: {"contact": contact, "body": f"note {n}", "idempotency_key": f"note {n}"},
            lambda: len(data.notes),
            clear("notes"),
            "look",
            may_act_on_failure=True,
        ),
        "a deletion": Kind(
            "delete_webhook_subscription",
            {"method": "DELETE", "path": "/webhook_subscriptions/{uuid}"},
            lambda _: {"webhook_subscription": subscription["uri"]},
            gone,
            subscribe_again,
            "same",
        ),
    }


KINDS = ("a read", "a link", "a subscription", "a note", "a deletion")


def did_not_act(row: Row) -> bool:
    """Whether Calendly's word is that nothing happened. That it did all the same cannot be known, and is not tried."""
    kept = row.kind == "a note" and row.status == 503
    return row.status == 429 or (row.own and (400 <= row.status < 500 or (row.status == 503 and not kept)))


def tried(calls: Handlers, kind: str, numbers: Iterator[int]) -> list[Row]:
    what = kinds(calls)[kind]
    rows = []
    for status in STATUSES:
        for own in (True, False):
            for acted in (False, True):
                probe = Row(kind, status, own, acted, "", "", 0)
                if acted and (did_not_act(probe) or not what.repeat):
                    continue
                input = what.input(next(numbers))
                what.clear()
                calls.world.faults.clear()
                body = None if own else ("", "<html>error code: 1010</html>")[status % 2]
                headers = {"Location": f"{calls.url}/elsewhere", "Retry-After": "120", "X-RateLimit-Reset": "120"}
                calls.fault(**what.fault, times=4, status=status, body=body, after=acted, headers=headers)
                first = outcome(calls, what, input)
                calls.world.faults.clear()
                again = outcome(calls, what, input) if what.repeat else ""
                rows.append(Row(kind, status, own, acted, first, again, what.made()))
    what.clear()
    return rows


def outcome(calls: Handlers, kind: Kind, input: dict[str, Any]) -> str:
    try:
        calls.call(kind.action, **input)
    except CalendlyError as error:
        return type(error).__name__
    return "done"


@pytest.fixture(scope="module")
def table() -> Iterator[list[Row]]:
    numbers, records = count(), dict[str, DataRecord]()
    with handlers(aws=False, events=3, users=2, event_types=2) as calls, pytest.MonkeyPatch.context() as patch:
        patch.setattr(repeats, "Records", lambda *_, **__: Memory(records))
        logging.disable()  # ten thousand lines
        try:
            found = [row for kind in KINDS for row in tried(calls, kind, numbers)]
        finally:
            logging.disable(logging.NOTSET)
        yield found


def expected(row: Row) -> str:
    """The class, by the rule as ``docs/errors.md`` words it."""
    if row.status == 429:
        return "RateLimitedError"
    if row.own and 400 <= row.status < 500:
        return OWN_WORDS.get(row.status, "InvalidRequestError")
    if row.kind == "a read" or did_not_act(row):
        return "CalendlyUnavailableError"
    if row.kind == "a subscription" and row.acted:
        return "done"  # it looks at once
    return "OutcomeUnknownError"


def test_the_class_is_the_one_of_the_rule(table: list[Row]) -> None:
    assert [row for row in table if row.first != expected(row)] == []
    assert len(table) == len(set(table)) > 16 * len(STATUSES)


def test_no_repeat_makes_a_second(table: list[Row]) -> None:
    assert [row for row in table if row.made > 1] == []
    assert {row.made for row in table if row.acted} == {1}


def test_what_calendly_did_not_do_is_done_by_the_repeat(table: list[Row]) -> None:
    assert [row for row in table if did_not_act(row) and row.kind != "a read" and row.again != "done"] == []


@pytest.mark.parametrize(
    ("kind", "acted", "again"),
    [
        ("a link", True, {"OutcomeUnknownError"}),
        ("a link", False, {"OutcomeUnknownError"}),
        ("a note", True, {"done"}),
        ("a note", False, {"OutcomeUnknownError"}),
        ("a subscription", True, {"done"}),
        ("a subscription", False, {"done"}),
        ("a deletion", True, {"NotFoundError"}),
        ("a deletion", False, {"done"}),
    ],
)
def test_a_repeat_of_what_nobody_knows(table: list[Row], kind: str, acted: bool, again: set[str]) -> None:
    unknown = [row for row in table if row.kind == kind and row.acted is acted and not did_not_act(row)]
    assert {row.again for row in unknown} == again


def test_the_page_has_the_summary(table: list[Row]) -> None:
    """Status by kind of status, with the classes that came out."""
    found: dict[str, set[str]] = {}
    for row in table:
        if row.first != "done":
            write = "read" if row.kind == "a read" else "note" if row.kind == "a note" else "write"
            found.setdefault(f"{_range(row)} {write}", set()).add(row.first)
    page = ERRORS.read_text()
    said = {}
    for line in re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", page, re.MULTILINE):
        cells = [cell.strip() for cell in line]
        for kind, cell in zip(("read", "write", "note"), cells[2:], strict=True):
            said[f"{cells[0]} {cells[1]} {kind}"] = set(re.findall(r"`(\w+Error)`", cell))
    assert {name: classes for name, classes in said.items() if classes} == found, json.dumps(
        {name: sorted(classes) for name, classes in found.items()}, indent=1
    )


def _range(row: Row) -> str:
    whose = "Calendly's body" if row.own else "any other body"
    if row.status == 429:
        return f"429 {whose}"
    if row.own and (row.status in OWN_WORDS or row.status == 503):
        return f"{row.status} {whose}"
    return f"{row.status // 100}xx {whose}"
