"""Marks of invitees who did not come: ``/invitee_no_shows``."""

from __future__ import annotations

from calendly.api import Api
from calendly.documents import Document, Resource
from calendly.transport import Operation


class InviteeNoShow(Resource):
    """The mark of an invitee who did not come."""

    uri: str = ""
    invitee: str = ""
    created_at: str = ""


class InviteeNoShows:
    """Operations on no-show marks."""

    CREATE = Operation("POST", "/invitee_no_shows", write=True)
    RETRIEVE = Operation("GET", "/invitee_no_shows/{uuid}")
    DELETE = Operation("DELETE", "/invitee_no_shows/{uuid}", write=True, repeatable=True)

    def __init__(self, api: Api) -> None:
        self._api = api

    def create(self, invitee: str, event: str | None = None) -> Document[InviteeNoShow]:
        """Mark an invitee, by URI, or by UUID and event. Scope ``scheduled_events:write``."""
        kind = f"{self._api.path(event, 'scheduled_events')[1:]}/invitees" if event else "scheduled_events/*/invitees"
        document = {"invitee": self._api.uri(invitee, kind)}
        return self._api.write(self.CREATE, "/invitee_no_shows", document, InviteeNoShow)

    def retrieve(self, invitee_no_show: str) -> Document[InviteeNoShow]:
        """A mark by UUID or URI. Scope ``scheduled_events:read``."""
        return self._api.retrieve(self.RETRIEVE, self._api.path(invitee_no_show, "invitee_no_shows"), InviteeNoShow)

    def delete(self, invitee_no_show: str) -> str:
        """Take a mark away, given by UUID or URI; returns its URI. Scope ``scheduled_events:write``."""
        return self._api.delete(self.DELETE, self._api.path(invitee_no_show, "invitee_no_shows"))
