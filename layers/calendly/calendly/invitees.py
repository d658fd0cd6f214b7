"""Invitees: ``/scheduled_events/{uuid}/invitees``, and ``POST /invitees``, which books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from calendly.api import Api
from calendly.documents import Document, Page, Resource
from calendly.errors import InvalidRequestError, SlotUnavailableError
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


TRACKING = ("utm_campaign", "utm_source", "utm_medium", "utm_content", "utm_term", "salesforce_uuid")
"""Where an invitee came from."""


class Invitees:
    """Operations on invitees."""

    LIST = Operation("GET", "/scheduled_events/{uuid}/invitees")
    RETRIEVE = Operation("GET", "/scheduled_events/{event_uuid}/invitees/{invitee_uuid}")
    CREATE = Operation("POST", "/invitees", write=True)

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

    def create(
        self,
        *,
        event_type: str,
        start_time: str,
        invitee: Mapping[str, Any],
        location: Mapping[str, Any] | None = None,
        questions_and_answers: Sequence[Mapping[str, Any]] | None = None,
        tracking: Mapping[str, Any] | None = None,
        event_guests: Sequence[str] | None = None,
    ) -> Document[Invitee]:
        """Book an event type for an invitee. Scope ``scheduled_events:write``.

        Args:
            event_type: UUID or URI.
            start_time: one of its available times, to the second.
            invitee: ``{"email", "timezone", "name" or "first_name", "last_name"?, "text_reminder_number"?}``.
            location: ``{"kind", "location"?}``, of a kind that the event type offers.
            questions_and_answers: ``{"question", "answer", "position"?}`` each; the place in the list if there is none.
            tracking: some of ``TRACKING``. Calendly wants all six, if any: the others are sent as null.
            event_guests: up to ten e-mail addresses.

        Raises:
            SlotUnavailableError: the time is taken, or was never offered.
        """
        answers = questions_and_answers or ()
        document = {
            "event_type": self._api.uri(event_type, "event_types"),
            "start_time": start_time,
            "invitee": invitee,
            "location": location,
            "questions_and_answers": [{"position": place, **each} for place, each in enumerate(answers)] or None,
            "tracking": {**dict.fromkeys(TRACKING), **tracking} if tracking else None,
            "event_guests": event_guests,
        }
        try:
            return self._api.write(self.CREATE, "/invitees", document, Invitee)
        except InvalidRequestError as error:
            # Whatever Calendly has against a start time, another one is what helps.
            is_slot = isinstance(error, SlotUnavailableError) or any(f.field == "start_time" for f in error.fields)
            if not is_slot:
                raise
            raise SlotUnavailableError(
                "The time is taken, or is not offered: choose another of the event type's available times.",
                fields=error.fields,
            ) from None
