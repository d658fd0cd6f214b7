"""Invitees of an event: ``GET /scheduled_events/{uuid}/invitees`` and its single resource."""

from __future__ import annotations

from typing import Any

from calendly.api import Api
from calendly.documents import Document, Page, Resource
from calendly.scheduled_events import Cancellation
from calendly.transport import Operation


class QuestionAndAnswer(Resource):
    """A question on the booking page, and the invitee's answer."""

    question: str = ""
    answer: str = ""
    position: int = 0


class Invitee(Resource):
    """A person who booked an event. ``cancellation`` is present only after they or the event were canceled.

    After a reschedule, the old invitee has ``rescheduled`` and ``new_invitee``, and the new one has ``old_invitee``.
    """

    uri: str = ""
    email: str = ""
    name: str = ""
    first_name: str | None = None
    last_name: str | None = None
    status: str = ""
    timezone: str | None = None
    event: str = ""
    created_at: str = ""
    updated_at: str = ""
    questions_and_answers: list[QuestionAndAnswer] = []
    tracking: dict[str, Any] | None = None
    text_reminder_number: str | None = None
    rescheduled: bool = False
    old_invitee: str | None = None
    new_invitee: str | None = None
    cancel_url: str = ""
    reschedule_url: str = ""
    cancellation: Cancellation | None = None
    payment: dict[str, Any] | None = None
    no_show: dict[str, Any] | None = None
    reconfirmation: dict[str, Any] | None = None
    routing_form_submission: str | None = None
    scheduling_method: str | None = None
    invitee_scheduled_by: str | None = None


class Invitees:
    """Operations on invitees."""

    LIST = Operation("GET", "/scheduled_events/{uuid}/invitees")
    RETRIEVE = Operation("GET", "/scheduled_events/{event_uuid}/invitees/{invitee_uuid}")

    def __init__(self, api: Api) -> None:
        self._api = api

    def retrieve(self, invitee: str, event: str | None = None) -> Document[Invitee]:
        """An invitee by URI, or by UUID and event. Scope ``scheduled_events:read``."""
        kind = f"{self._api.path(event, 'scheduled_events')[1:]}/invitees" if event else "scheduled_events/*/invitees"
        return self._api.retrieve(self.RETRIEVE, self._api.path(invitee, kind), Invitee)

    def list(
        self,
        event: str,
        *,
        status: str | None = None,
        email: str | None = None,
        sort: str | None = None,
        count: int | None = None,
        page_token: str | None = None,
    ) -> Page[Invitee]:
        """An event's invitees, oldest first by default. Scope ``scheduled_events:read``."""
        params = {"status": status, "email": email, "sort": sort, "count": count, "page_token": page_token}
        path = f"{self._api.path(event, 'scheduled_events')}/invitees"
        return self._api.list(self.LIST, path, params, Invitee)
