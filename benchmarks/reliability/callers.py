"""Who calls: people who read, list, make links, book and cancel, at a steady pace, through both doors."""

from __future__ import annotations

import random
import threading
import time
from typing import Any

from benchmarks.reliability.calls import Check, Doors, Tally
from benchmarks.reliability.stand import Made, Row, Stand

CALLERS = 4
PACE_SECONDS = 0.15
"""A caller waits so long between the starts of its calls, or as long as a call takes."""

TRIES = 3
"""How often a caller makes a call that ends in an error which may pass."""

PAGE = 50


class Caller:
    """Makes calls of all kinds, each through a door by chance, and checks what comes back.

    Args:
        stand: what is called.
        fault: what goes wrong meanwhile.
        seed: of its choices.
        tries: how often it makes a call that fails.
        pace: seconds between the starts of calls.
    """

    def __init__(self, stand: Stand, fault: str, seed: int, *, tries: int = TRIES, pace: float = PACE_SECONDS) -> None:
        self.tally = Tally()
        self._stand, self._fault, self._tries, self._pace = stand, fault, tries, pace
        self._chance = random.Random(seed)  # noqa: S311 - a benchmark's
        self._doors = Doors(stand.stack)
        self._next = 0.0

    def close(self) -> None:
        self._doors.close()

    def calls_until(self, end: float) -> None:
        """Call until a time of ``time.monotonic``."""
        while True:
            for kind in self._chance.sample(self._kinds(), len(self._kinds())):
                if time.monotonic() >= end:
                    return
                kind()

    def round(self) -> bool:
        """One call of each kind; whether all were answered right at once."""
        return [kind() for kind in self._kinds()].count(False) == 0

    def _kinds(self) -> list[Any]:
        return [self._read_event, self._read_user, self._list, self._make_link, self._book_and_cancel]

    def _ask(self, action: str, input: Row, check: Check) -> Any:
        """The right answer to a call, which is made again through either door if it fails; None if there is none."""
        for _ in range(self._tries):
            time.sleep(max(0.0, self._next - time.monotonic()))
            self._next = time.monotonic() + self._pace
            killed = self.tally.of_lambda.total()
            over_http = self._chance.random() < 0.5
            document = self._doors.call(action, input, over_http=over_http, tally=self.tally, check=check)
            # A key that a killed call held stays taken for a while: its repeat is made when the run ends.
            is_held = "idempotency_key" in input and self.tally.of_lambda.total() > killed
            if document is not None or is_held:
                return document
        return None

    def _read_event(self) -> bool:
        row = self._chance.choice(self._stand.events)
        return bool(self._ask("RetrieveEvent", {"event": _uuid(row["uri"])}, _is_resource(row)))

    def _read_user(self) -> bool:
        me = self._stand.me
        return bool(self._ask("RetrieveUser", {"user": "me"}, lambda said: _same(said["resource"]["uri"], me["uri"])))

    def _list(self) -> bool:
        """A whole list: page by page, or all pages at once and on from the cursor where an answer ends early."""
        how: Row = {"all_pages": True} if self._chance.random() < 0.5 else {"count": PAGE}
        expected, rows, token = self._stand.events, [], None

        def check(said: Any) -> str | None:
            listed = [*rows, *said["collection"]]
            if listed != expected[: len(listed)]:
                return f"rows {len(rows)} to {len(listed)} are not the list's"
            is_last = said["pagination"]["next_page_token"] is None
            if is_last != (len(listed) == len(expected)):
                return f"{len(listed)} of {len(expected)} rows, and is_last={is_last}"
            return None

        while True:
            input = {**self._stand.window, **how, **({"page_token": token} if token else {})}
            said = self._ask("RetrieveEvents", input, check)
            if said is None:
                return False
            rows += said["collection"]
            token = said["pagination"]["next_page_token"]
            if token is None:
                return True

    def _make_link(self) -> bool:
        """A link, and the same call once more: it has to answer the same link."""
        owner = self._stand.link_type()
        input = {"event_type": owner, "idempotency_key": f"link {owner}"}
        return self._make_twice(
            Made("CreateSingleUseSchedulingLink", input, owner, self._fault), "booking_url", "owner"
        )

    def _book_and_cancel(self) -> bool:
        number = self._stand.number()
        email = f"guest-{number}@example.com"
        input = {
            "event_type": self._stand.booked["uri"],
            "start_time": self._stand.slot(),
            "invitee": {"name": "Guest", "email": email, "timezone": "Europe/Berlin"},
            "idempotency_key": f"booking {number}",
        }
        made = Made("CreateInvitee", input, email, self._fault)
        if not self._make_twice(made, "uri", "email") or made.uri is None:
            return False
        event, _, _ = made.uri.partition("/invitees/")

        def check(said: Any) -> str | None:
            if not self._stand.is_canceled(event):
                return "answered, and not canceled"
            return _same(said["resource"]["canceler_type"], "host")

        return bool(self._ask("CancelEvent", {"event": _uuid(event)}, check))

    def _make_twice(self, made: Made, name: str, mark: str) -> bool:
        """Make something, and call once more with the same key. ``name`` and ``mark`` are members of the resource."""
        self._stand.made.append(made)

        def check(said: Any) -> str | None:
            resource = said["resource"]
            if made.uri not in (None, resource[name]):
                return f"the same key answers {made.uri}, then {resource[name]}"
            return _same(resource[mark], made.marks)

        for _ in range(2):
            unclear = self.tally.unclear
            said = self._ask(made.action, made.input, check)
            made.is_unclear = made.is_unclear or self.tally.unclear > unclear
            if said is None:
                return False
            made.uri = said["resource"][name]
        return True


def call_during(stand: Stand, fault: str, seconds: float, seed: int) -> Tally:
    """All callers call, people book, and workflows start, for so many seconds; returns when the last call is answered."""
    callers = [Caller(stand, fault, seed * 100 + number) for number in range(CALLERS)]
    end = time.monotonic() + seconds

    def others() -> None:
        second = 0
        while time.monotonic() < end - 1:
            stand.people_book()
            if second % 5 == 0:
                stand.start_workflow(fault)
            second += 1
            time.sleep(1)

    threads = [threading.Thread(target=caller.calls_until, args=(end,)) for caller in callers]
    threads.append(threading.Thread(target=others))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tally = Tally()
    for caller in callers:
        caller.close()
        tally.add(caller.tally)
    return tally


def _uuid(uri: str) -> str:
    return uri.rsplit("/", 1)[1]


def _same(found: Any, expected: Any) -> str | None:
    return None if found == expected else f"{found!r} instead of {expected!r}"


def _is_resource(row: Row) -> Check:
    def check(said: Any) -> str | None:
        return None if said["resource"] == row else f"{said['resource'].get('uri')} is not as {row['uri']}"

    return check
