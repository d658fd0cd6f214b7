"""A booking as a whole: its event, with everything that belongs to it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from actions.connected import Connected
from calendly.api import each_page
from calendly.client import Calendly
from calendly.errors import InsufficientScopeError, NotFoundError, PermissionDeniedError, PlanUpgradeRequiredError

MOST_PAGES = 20
"""Pages of invitees; an event has at most a few hundred."""

MOST_EMAILS = 50
"""Invitees whose contacts are looked for."""


MOST_CONTACTS = 10
"""Contacts that Calendly takes for one list of notes."""


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
        "notes": part("notes", lambda: _notes(calendly, emails[:MOST_EMAILS]) if emails else []),
        "meeting_recaps": part("meeting_recaps", lambda: calendly.meeting_recaps.list(event=event, count=100).rows),
        "left_out": left_out,
    }


def _notes(calendly: Calendly, emails: list[str]) -> list[dict[str, Any]]:
    """The account's own notes on the contacts with these e-mail addresses."""
    contacts = [row["uri"] for row in calendly.contacts.list(email=emails, exclude="custom_fields", count=100).rows]
    batches = [contacts[start : start + MOST_CONTACTS] for start in range(0, len(contacts), MOST_CONTACTS)]
    return [row for batch in batches for row in calendly.notes.list(contacts=batch, count=100).rows]
