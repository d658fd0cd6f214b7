"""Shares: ``POST /shares``, a link to an event type with changes of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calendly.api import Api
from calendly.availability import AvailabilityRule
from calendly.documents import Document, Resource
from calendly.scheduling_links import SchedulingLink
from calendly.transport import Operation


class ShareLocationConfiguration(Resource):
    """A place or conference that the share offers."""

    kind: str = ""
    location: str | None = None
    additional_info: str | None = None
    phone_number: str | None = None
    position: int | None = None


class ShareAvailabilityRule(Resource):
    """When the share can be booked."""

    rules: list[AvailabilityRule] = []
    timezone: str = ""


class ShareOverride(Resource):
    """What differs from the event type. Durations are in minutes."""

    name: str = ""
    duration: int | float = 0
    duration_options: list[int] | None = None
    period_type: str = ""
    start_date: str | None = None
    end_date: str | None = None
    max_booking_time: int | None = None
    hide_location: bool | None = None
    location_configurations: list[ShareLocationConfiguration] = []
    availability_rule: ShareAvailabilityRule | None = None


class Share(Resource):
    """Links to an event type, and what differs from it."""

    scheduling_links: list[SchedulingLink] = []
    share_override: ShareOverride | None = None


class Shares:
    """Operations on shares."""

    CREATE = Operation("POST", "/shares", write=True)

    def __init__(self, api: Api) -> None:
        self._api = api

    def create(self, event_type: str, override: Mapping[str, Any]) -> Document[Share]:
        """Share a one-on-one event type, given by UUID or URI. Scope ``shares:write``.

        Args:
            event_type: what is shared.
            override: what differs from it, under the names of ``ShareOverride``.
        """
        document = {"event_type": self._api.uri(event_type, "event_types"), **override}
        return self._api.write(self.CREATE, "/shares", document, Share)
