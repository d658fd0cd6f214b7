"""Event types: ``/event_types``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calendly.api import Api
from calendly.documents import Document, Page, Resource
from calendly.transport import Operation


class CustomQuestion(Resource):
    """A question for invitees on the booking page."""

    name: str = ""
    type: str = ""
    position: int = 0
    enabled: bool = True
    required: bool = False
    answer_choices: list[str] = []
    include_other: bool = False


class LocationConfiguration(Resource):
    """A location that an event type offers. Its ``kind`` differs from the ``type`` of an event's location."""

    kind: str = ""
    location: str | None = None
    additional_info: str | None = None
    phone_number: str | None = None


class Profile(Resource):
    """The user or team an event type belongs to."""

    type: str = ""
    name: str = ""
    owner: str = ""


class EventType(Resource):
    """A kind of meeting that can be booked. ``duration`` is in minutes.

    ``profile`` is null for some event types, and ``duration_options`` for one-off ones.
    """

    uri: str = ""
    name: str | None = None
    active: bool = False
    admin_managed: bool = False
    after_buffer: int = 0
    before_buffer: int = 0
    booking_method: str = ""
    color: str = ""
    created_at: str = ""
    custom_questions: list[CustomQuestion] = []
    deleted_at: str | None = None
    description_html: str | None = None
    description_plain: str | None = None
    duration: int | float = 0
    duration_options: list[int] | None = None
    internal_note: str | None = None
    is_paid: bool = False
    kind: str = ""
    locale: str = ""
    locations: list[LocationConfiguration] | None = None
    pooling_type: str | None = None
    position: int = 0
    profile: Profile | None = None
    scheduling_url: str = ""
    secret: bool = False
    slug: str | None = None
    start_time_increment: int | None = None
    type: str = ""
    updated_at: str = ""


class EventTypes:
    """Operations on event types."""

    RETRIEVE = Operation("GET", "/event_types/{uuid}")
    LIST = Operation("GET", "/event_types")
    CREATE = Operation("POST", "/event_types", write=True)
    UPDATE = Operation("PATCH", "/event_types/{uuid}", write=True, repeatable=True)

    def __init__(self, api: Api) -> None:
        self._api = api

    def retrieve(self, event_type: str) -> Document[EventType]:
        """An event type by UUID or URI. A deleted one has ``deleted_at``. Scope ``event_types:read``."""
        return self._api.retrieve(self.RETRIEVE, self._api.path(event_type, "event_types"), EventType)

    def list(
        self,
        *,
        user: str | None = None,
        organization: str | None = None,
        active: bool | None = None,
        admin_managed: bool | None = None,
        user_availability_schedule: str | None = None,
        sort: str | None = None,
        count: int | None = None,
        page_token: str | None = None,
    ) -> Page[EventType]:
        """Event types of a user or an organization; one of them is required. Scope ``event_types:read``."""
        api = self._api
        params = {
            "user": api.optional_uri(user, "users"),
            "organization": api.optional_uri(organization, "organizations"),
            "active": active,
            "admin_managed": admin_managed,
            "user_availability_schedule": api.optional_uri(user_availability_schedule, "user_availability_schedules"),
            "sort": sort,
            "count": count,
            "page_token": page_token,
        }
        return api.list(self.LIST, "/event_types", params, EventType)

    def create(self, *, owner: str, name: str, fields: Mapping[str, Any]) -> Document[EventType]:
        """Make a one-on-one event type. Scope ``event_types:write``.

        Args:
            owner: the user who hosts it, by UUID or URI.
            name: what it is called.
            fields: more, as Calendly names it: ``active``, ``description``, ``duration``, ``locations`` ...
        """
        document = {"owner": self._api.uri(owner, "users"), "name": name, **fields}
        return self._api.write(self.CREATE, "/event_types", document, EventType)

    def update(self, event_type: str, fields: Mapping[str, Any]) -> Document[EventType]:
        """Change what is given of a one-on-one event type, by UUID or URI. Scope ``event_types:write``.

        Calendly ignores fields that it does not know, or that cannot be changed.
        """
        return self._api.write(self.UPDATE, self._api.path(event_type, "event_types"), fields, EventType)
