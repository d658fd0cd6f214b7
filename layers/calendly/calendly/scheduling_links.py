"""Scheduling links: ``POST /scheduling_links``."""

from __future__ import annotations

from calendly.api import Api
from calendly.documents import Document, Resource
from calendly.transport import Operation


class SchedulingLink(Resource):
    """A link that books one event and then expires."""

    booking_url: str = ""
    owner: str = ""
    owner_type: str = "EventType"


class SchedulingLinks:
    """Operations on scheduling links."""

    CREATE = Operation("POST", "/scheduling_links", write=True)

    def __init__(self, api: Api) -> None:
        self._api = api

    def create(self, event_type: str) -> Document[SchedulingLink]:
        """Create a single-use link to an event type, given by UUID or URI. Scope ``scheduling_links:write``."""
        document = {
            # The only value that Calendly accepts.
            "max_event_count": 1,
            "owner": self._api.uri(event_type, "event_types"),
            "owner_type": "EventType",
        }
        return self._api.write(self.CREATE, "/scheduling_links", document, SchedulingLink)
