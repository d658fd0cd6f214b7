"""Hosts of event types: ``GET /event_type_memberships``."""

from __future__ import annotations

from calendly.api import Api
from calendly.documents import Page, Resource
from calendly.event_types import EventType
from calendly.transport import Operation
from calendly.users import User


class EventTypeMembership(Resource):
    """A host of an event type."""

    uri: str = ""
    event_type: EventType | None = None
    member: User | None = None
    created_at: str = ""
    updated_at: str = ""


class EventTypeMemberships:
    """Operations on the hosts of event types."""

    LIST = Operation("GET", "/event_type_memberships")

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(
        self, *, event_type: str, count: int | None = None, page_token: str | None = None
    ) -> Page[EventTypeMembership]:
        """The hosts of an event type. Scope ``event_types:read``."""
        params = {"event_type": self._api.uri(event_type, "event_types"), "count": count, "page_token": page_token}
        return self._api.list(self.LIST, "/event_type_memberships", params, EventTypeMembership)
