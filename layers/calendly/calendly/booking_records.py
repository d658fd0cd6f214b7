"""What Calendly keeps beside a booking: ``/meeting_recaps`` of its event, and ``/notes`` on its invitees' contacts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calendly.api import Api
from calendly.documents import Resource
from calendly.transport import Operation

MOST_CONTACTS = 10
"""Contacts that one list of notes is for."""


class BookingRecords:
    """Lists, as Calendly sent them. Each is one request and holds at most 100 rows."""

    RECAPS = Operation("GET", "/meeting_recaps")
    CONTACTS = Operation("GET", "/contacts")
    NOTES = Operation("GET", "/notes")

    def __init__(self, api: Api) -> None:
        self._api = api

    def recaps(self, event: str) -> list[dict[str, Any]]:
        """The account's own recaps of an event. Scope ``meeting_recaps:read``; a paid plan."""
        params = {"event": self._api.uri(event, "scheduled_events"), "count": 100}
        return self._api.list(self.RECAPS, "/meeting_recaps", params, Resource).rows

    def notes(self, emails: Sequence[str]) -> list[dict[str, Any]]:
        """The account's own notes on the contacts with these e-mail addresses. Scope ``contacts:read``."""
        params = {"email": ",".join(emails), "exclude": "custom_fields", "count": 100}
        contacts = self._api.list(self.CONTACTS, "/contacts", params, Resource).rows
        found: list[dict[str, Any]] = []
        for start in range(0, len(contacts), MOST_CONTACTS):
            uris = ",".join(str(row["uri"]) for row in contacts[start : start + MOST_CONTACTS])
            found += self._api.list(self.NOTES, "/notes", {"contact": uris, "count": 100}, Resource).rows
        return found
