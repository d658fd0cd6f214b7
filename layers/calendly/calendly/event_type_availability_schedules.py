"""The hours of event types, by host: ``/event_type_availability_schedules``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calendly.api import Api
from calendly.availability import AvailabilityRule
from calendly.documents import Document, Page, Resource
from calendly.transport import Operation


class EventTypeAvailabilityRuleSet(Resource):
    """The hours of a host. ``uri`` and ``name`` are those of the user's schedule that they come from, if any."""

    timezone: str = ""
    uri: str | None = None
    name: str | None = None
    user: str | None = None
    rules: list[AvailabilityRule] = []


class EventTypeAvailabilitySchedule(Resource):
    """When an event type can be booked with one of its hosts."""

    event_type: str = ""
    availability_setting: str = ""
    availability_rule: EventTypeAvailabilityRuleSet | None = None


class EventTypeAvailabilitySchedules:
    """Operations on the hours of event types."""

    LIST = Operation("GET", "/event_type_availability_schedules")
    UPDATE = Operation("PATCH", "/event_type_availability_schedules", write=True, repeatable=True)

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(
        self, *, event_type: str, count: int | None = None, page_token: str | None = None
    ) -> Page[EventTypeAvailabilitySchedule]:
        """The hours of an event type, by host. Scope ``availability:read``.

        Calendly documents that it pages them, and does not document ``count`` and ``page_token``.
        """
        params = {"event_type": self._api.uri(event_type, "event_types"), "count": count, "page_token": page_token}
        return self._api.list(self.LIST, "/event_type_availability_schedules", params, EventTypeAvailabilitySchedule)

    def update(
        self, event_type: str, *, availability_rule: Mapping[str, Any], availability_setting: str | None = None
    ) -> Document[EventTypeAvailabilitySchedule]:
        """Replace all hours of an event type for a host. Scope ``availability:write``.

        Args:
            event_type: UUID or URI.
            availability_rule: ``{"timezone", "rules", "user"?}``; an admin names the user whose hours they are.
            availability_setting: ``host``.
        """
        rule = {**availability_rule, "user": self._api.optional_uri(availability_rule.get("user"), "users")}
        document = {
            "availability_rule": {name: value for name, value in rule.items() if value is not None},
            "availability_setting": availability_setting,
        }
        params = {"event_type": self._api.uri(event_type, "event_types")}
        path = "/event_type_availability_schedules"
        return self._api.write(self.UPDATE, path, document, EventTypeAvailabilitySchedule, params)
