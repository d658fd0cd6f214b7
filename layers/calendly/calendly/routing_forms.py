"""Routing forms and what was answered to them: ``/routing_forms``, ``/routing_form_submissions``."""

from __future__ import annotations

from typing import Any

from calendly.api import Api
from calendly.documents import Document, Page, Resource
from calendly.transport import Operation


class RoutingForm(Resource):
    """A form that leads its visitors to the right page. ``status`` is draft or published."""

    uri: str = ""
    organization: str = ""
    name: str = ""
    status: str = ""
    questions: list[dict[str, Any]] = []
    created_at: str = ""
    updated_at: str = ""


class RoutingFormSubmission(Resource):
    """What a visitor answered, and where that led. ``submitter`` is an invitee's URI, if the visitor booked."""

    uri: str = ""
    routing_form: str = ""
    questions_and_answers: list[dict[str, Any]] = []
    tracking: dict[str, Any] | None = None
    result: dict[str, Any] | None = None
    submitter: str | None = None
    submitter_type: str | None = None
    created_at: str = ""
    updated_at: str = ""


class RoutingForms:
    """Operations on routing forms."""

    LIST = Operation("GET", "/routing_forms")
    RETRIEVE = Operation("GET", "/routing_forms/{uuid}")

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(
        self, *, organization: str, sort: str | None = None, count: int | None = None, page_token: str | None = None
    ) -> Page[RoutingForm]:
        """An organization's routing forms. Scope ``routing_forms:read``."""
        owner = self._api.uri(organization, "organizations")
        params = {"organization": owner, "sort": sort, "count": count, "page_token": page_token}
        return self._api.list(self.LIST, "/routing_forms", params, RoutingForm)

    def retrieve(self, routing_form: str) -> Document[RoutingForm]:
        """A routing form by UUID or URI. Scope ``routing_forms:read``."""
        return self._api.retrieve(self.RETRIEVE, self._api.path(routing_form, "routing_forms"), RoutingForm)


class RoutingFormSubmissions:
    """Operations on submissions of routing forms."""

    LIST = Operation("GET", "/routing_form_submissions")
    RETRIEVE = Operation("GET", "/routing_form_submissions/{uuid}")

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(
        self, *, form: str, sort: str | None = None, count: int | None = None, page_token: str | None = None
    ) -> Page[RoutingFormSubmission]:
        """The submissions of a form. Scope ``routing_forms:read``."""
        uri = self._api.uri(form, "routing_forms")
        params = {"form": uri, "sort": sort, "count": count, "page_token": page_token}
        return self._api.list(self.LIST, "/routing_form_submissions", params, RoutingFormSubmission)

    def retrieve(self, routing_form_submission: str) -> Document[RoutingFormSubmission]:
        """A submission by UUID or URI. Scope ``routing_forms:read``."""
        path = self._api.path(routing_form_submission, "routing_form_submissions")
        return self._api.retrieve(self.RETRIEVE, path, RoutingFormSubmission)
