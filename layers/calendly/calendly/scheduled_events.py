"""Scheduled events: ``/scheduled_events``."""

from __future__ import annotations

from typing import Any

from calendly import bounds
from calendly.api import Api
from calendly.documents import Document, Page, Resource
from calendly.errors import InvalidRequestError, PermissionDeniedError
from calendly.transport import Operation


class Location(Resource):
    """Where an event takes place. Other fields depend on ``type``; conferences have ``join_url``."""

    type: str = ""
    location: str | None = None
    additional_info: str | None = None
    status: str | None = None
    join_url: str | None = None
    data: dict[str, Any] | None = None


class InviteesCounter(Resource):
    """How many invitees an event has, and its limit."""

    total: int = 0
    active: int = 0
    limit: int = 0


class EventMembership(Resource):
    """A host of an event."""

    user: str = ""
    user_email: str = ""
    user_name: str = ""
    buffered_start_time: str = ""
    buffered_end_time: str = ""


class EventGuest(Resource):
    """A guest of an invitee."""

    email: str = ""
    created_at: str = ""
    updated_at: str = ""


class Cancellation(Resource):
    """Who canceled, and why."""

    canceled_by: str = ""
    reason: str | None = None
    canceler_type: str = ""
    created_at: str = ""


class CalendarEvent(Resource):
    """The event in the host's own calendar."""

    kind: str = ""
    external_id: str = ""


class ScheduledEvent(Resource):
    """A booked meeting. ``cancellation`` is present only after it was canceled."""

    uri: str = ""
    name: str | None = None
    status: str = ""
    start_time: str = ""
    end_time: str = ""
    event_type: str | None = None
    location: Location | None = None
    invitees_counter: InviteesCounter | None = None
    created_at: str = ""
    updated_at: str = ""
    event_memberships: list[EventMembership] = []
    event_guests: list[EventGuest] = []
    cancellation: Cancellation | None = None
    calendar_event: CalendarEvent | None = None
    meeting_notes_plain: str | None = None
    meeting_notes_html: str | None = None


class ScheduledEvents:
    """Operations on scheduled events."""

    RETRIEVE = Operation("GET", "/scheduled_events/{uuid}")
    LIST = Operation("GET", "/scheduled_events")
    CANCEL = Operation("POST", "/scheduled_events/{uuid}/cancellation", write=True, repeatable=True)

    def __init__(self, api: Api) -> None:
        self._api = api

    def retrieve(self, event: str) -> Document[ScheduledEvent]:
        """An event by UUID or URI. Scope ``scheduled_events:read``."""
        return self._api.retrieve(self.RETRIEVE, self._api.path(event, "scheduled_events"), ScheduledEvent)

    def list(
        self,
        *,
        user: str | None = None,
        organization: str | None = None,
        group: str | None = None,
        invitee_email: str | None = None,
        status: str | None = None,
        sort: str | None = None,
        min_start_time: str | None = None,
        max_start_time: str | None = None,
        count: int | None = None,
        page_token: str | None = None,
    ) -> Page[ScheduledEvent]:
        """Events by start time. ``user`` alone works for oneself only. Scope ``scheduled_events:read``.

        ``min_start_time`` and ``max_start_time`` are both in, however Calendly reads them. So a page may have fewer
        rows than ``count`` though another follows.
        """
        api = self._api
        params = {
            "user": api.optional_uri(user, "users"),
            "organization": api.optional_uri(organization, "organizations"),
            "group": api.optional_uri(group, "groups"),
            "invitee_email": invitee_email,
            "status": status,
            "sort": sort,
            "min_start_time": bounds.earlier(min_start_time),
            "max_start_time": bounds.later(max_start_time),
            "count": count,
            "page_token": page_token,
        }
        page = api.list(self.LIST, "/scheduled_events", params, ScheduledEvent)
        return bounds.within(page, "start_time", min_start_time, max_start_time)

    def cancel(self, event: str, *, reason: str | None = None) -> Document[Cancellation]:
        """Cancel an event, given by UUID or URI. Scope ``scheduled_events:write``.

        Idempotent: for an event that is already canceled, it returns the existing cancellation.

        Raises:
            InvalidRequestError: the event is past.
        """
        path = self._api.path(event, "scheduled_events")
        try:
            return self._api.write(self.CANCEL, f"{path}/cancellation", {"reason": reason}, Cancellation)
        except PermissionDeniedError as error:
            # "Event is already canceled", "Event in the past".
            if error.about_role:
                raise
            found = self.retrieve(event)
            if found.body["resource"].get("cancellation"):
                return Document({"resource": found.body["resource"]["cancellation"]}, Cancellation)
            raise InvalidRequestError.for_field("event", f"cannot be canceled: {error.message}") from None
