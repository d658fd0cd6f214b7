"""One-off event types: ``POST /one_off_event_types``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from calendly.api import Api
from calendly.documents import Document
from calendly.event_types import EventType
from calendly.transport import Operation


class OneOffEventTypes:
    """Operations on one-off event types."""

    CREATE = Operation("POST", "/one_off_event_types", write=True)

    def __init__(self, api: Api) -> None:
        self._api = api

    def create(
        self,
        *,
        name: str,
        host: str,
        duration: int,
        date_setting: Mapping[str, Any],
        co_hosts: Sequence[str] | None = None,
        timezone: str | None = None,
        location: Mapping[str, Any] | None = None,
    ) -> Document[EventType]:
        """Make an event type for one occasion; ``duration`` is in minutes. Scope ``event_types:write``."""
        api = self._api
        document = {
            "name": name,
            "host": api.uri(host, "users"),
            "co_hosts": None if co_hosts is None else [api.uri(user, "users") for user in co_hosts],
            "duration": duration,
            "timezone": timezone,
            "date_setting": date_setting,
            "location": location,
        }
        return api.write(self.CREATE, "/one_off_event_types", document, EventType)
