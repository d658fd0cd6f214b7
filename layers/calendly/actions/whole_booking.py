"""A booking as a whole: its event, with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from actions.connected import Connected
from calendly.api import each_page
from calendly.errors import InsufficientScopeError, NotFoundError, PermissionDeniedError, PlanUpgradeRequiredError

MOST_PAGES = 20
"""Pages of invitees; an event has at most a few hundred."""

MOST_EMAILS = 50
"""Invitees whose contacts are looked for."""


def whole_booking(connected: Connected, event: str) -> dict[str, Any]:
    """``{"event", "invitees", "no_shows", "notes", "meeting_recaps", "left_out"}``.

    Invitees have their ``questions_and_answers``. ``notes`` are the account's own on the invitees' contacts; those of
    the meeting are in the event. What the account may not read is null, and ``left_out`` says why.
    """
    calendly = connected.calendly
    document = calendly.scheduled_events.retrieve(event).body["resource"]
    pages = each_page(lambda page_token: calendly.invitees.list(event, count=100, page_token=page_token))
    invitees = [row for page in islice(pages, MOST_PAGES) for row in page.rows]
    emails = list(dict.fromkeys(str(row["email"]) for row in invitees if row.get("email")))
    records = calendly.booking_records
    left_out: list[dict[str, str]] = []

    def part(name: str, read: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]] | None:
        try:
            return read()
        except (InsufficientScopeError, PlanUpgradeRequiredError, PermissionDeniedError, NotFoundError) as error:
            left_out.append({"part": name, "error": type(error).__name__, "reason": error.message})
            return None

    return {
        "event": document,
        "invitees": invitees,
        "no_shows": [{"invitee": row["uri"], **row["no_show"]} for row in invitees if row.get("no_show")],
        "notes": part("notes", lambda: records.notes(emails[:MOST_EMAILS]) if emails else []),
        "meeting_recaps": part("meeting_recaps", lambda: records.recaps(event)),
        "left_out": left_out,
    }
