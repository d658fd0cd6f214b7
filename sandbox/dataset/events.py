"""Events around today, at working hours, and who is invited to them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.dataset.store import Dataset
from sandbox.ids import Ids
from sandbox.rows.base import SEEDED, Row
from sandbox.rows.events import cancellation_row, event_row, guest_row, invitee_row
from sandbox.rows.locations import SEEDED_LOCATIONS

FIRST_DAY, LAST_DAY = -60, 30
WORKDAY = 9 * 3600
AT_ONCE = 3
"""Events that start at the same time."""


def seed_events(data: Dataset, ids: Ids, events: int, invitees: int) -> None:
    """So many events, in the order of their start times; every tenth is canceled, every twentieth is for several."""
    by_user: dict[str, list[Row]] = {}
    for event_type in data.event_types:
        if event_type["profile"] and event_type["profile"]["type"] == "User":
            by_user.setdefault(event_type["profile"]["owner"], []).append(event_type)
    teams = {row["name"]: row for row in data.event_types if (row["profile"] or {}).get("type") == "Team"}
    past = range(events // 2)
    starts = [start for start in _starts(-(-events // AT_ONCE)) for _ in range(AT_ONCE)]
    for number, start in zip(range(events), starts, strict=False):
        host = data.users[number % len(data.users)]
        hosts = _hosts(data, number, host)
        own = by_user[host["uri"]]
        event_type, size, seats = own[number % len(own)], 1, 1
        if number % 20 == 5:
            event_type, size, seats = teams["Webinar"], invitees, max(invitees, 10)
        elif len(hosts) > 1:
            event_type = teams["Panel Interview"]
        elif number % 20 == 13:
            event_type = teams["Round Robin"]
        event = event_row(
            ids.uri("scheduled_events", number),
            event_type,
            hosts,
            start=start,
            created=SEEDED,
            location=SEEDED_LOCATIONS[number % len(SEEDED_LOCATIONS)],
            invitees_counter={"total": size, "active": size, "limit": seats},
        )
        if number % 12 == 4:
            event["event_guests"] = [guest_row(f"guest-{number}@example.com", SEEDED)]
        if number % 10 == 7:
            _cancel(event, host, number)
        people = [_invitee(ids, event, number, position) for position in range(size)]
        data.add_event(event, people)
        if number % 9 == 6 and number in past and event["status"] == "active":
            _no_show(data, ids, people[0], number)


def _starts(times: int) -> Iterator[datetime]:
    """So many start times, ascending, on the weekdays around today."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today + timedelta(days=day) for day in range(FIRST_DAY, LAST_DAY + 1)]
    workdays = [day for day in days if day.weekday() < 5]
    for number, day in enumerate(workdays):
        first, after = -(-number * times // len(workdays)), -(-(number + 1) * times // len(workdays))
        count = after - first
        step = min(3600, WORKDAY // max(1, count))
        step -= step % 300 if step >= 300 else 0
        spare = (WORKDAY - count * step) // 3600
        begin = day + timedelta(hours=8 + (number % (spare + 1) if count else 0))
        yield from (begin + timedelta(seconds=step * place) for place in range(count))


def _hosts(data: Dataset, number: int, host: Row) -> list[Row]:
    """One host; the last user brings the one before to some meetings."""
    together = len(data.users) > 3 and host is data.users[-1] and number % 3 == 0
    return [host, data.users[-2]] if together else [host]


def _cancel(event: Row, host: Row, number: int) -> None:
    """Somebody says why, or leaves the reason empty, or there is none."""
    reason = ("Something came up", "", None)[number // 10 % 3]
    event.update(status="canceled", cancellation=cancellation_row(host["name"], "host", SEEDED, reason=reason))
    event["invitees_counter"]["active"] = 0


def _invitee(ids: Ids, event: Row, number: int, position: int) -> Row:
    suffix = "" if position == 0 else f"-{position}"
    name = f"Invitee {event['uri'][-4:]}"
    more: dict[str, Any] = {}
    if event["status"] == "canceled":
        more["cancellation"] = event["cancellation"]
    row = invitee_row(
        ids.uri("invitees", f"{number}/{position}", below=event["uri"]),
        event,
        name=name,
        email=f"invitee-{event['uri'][-12:]}{suffix}@example.com",
        created=SEEDED,
        **more,
    )
    if number % 6 == 1:
        row["tracking"] |= {"utm_source": "newsletter", "utm_campaign": "spring"}
    if number % 8 == 2:
        row["text_reminder_number"] = "+1 555 0142"
    if number % 15 == 9:
        row["payment"] = _payment(number)
    return row


def _payment(number: int) -> Row:
    return {
        "external_id": f"ch_{number:012d}",
        "provider": ("stripe", "paypal")[number % 2],
        "amount": 120.5,
        "currency": "EUR",
        "terms": "Refunds up to a day before",
        "successful": True,
    }


def _no_show(data: Dataset, ids: Ids, invitee: Row, number: int) -> None:
    uri = ids.uri("invitee_no_shows", number)
    invitee["no_show"] = {"uri": uri, "created_at": SEEDED}
    data.add("invitee_no_shows", {"uri": uri, "invitee": invitee["uri"], "created_at": SEEDED})
