"""What Calendly sent to people on an organization's behalf: ``GET /outgoing_communications``."""

from __future__ import annotations

from calendly.api import Api
from calendly.documents import Page, Resource
from calendly.transport import Operation


class OutgoingCommunication(Resource):
    """A message: ``type`` is sms, without a subject, or email."""

    type: str = ""
    to: str = ""
    subject: str | None = None
    body: str = ""
    sender_uri: str | None = None
    sender_email: str | None = None
    event_type_uri: str = ""
    event_uri: str = ""
    sent_at: str = ""
    created_at: str = ""
    scheduling_url: str = ""


class OutgoingCommunications:
    """Operations on outgoing communications."""

    LIST = Operation("GET", "/outgoing_communications")

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(
        self,
        *,
        organization: str,
        min_created_at: str | None = None,
        max_created_at: str | None = None,
        count: int | None = None,
        page_token: str | None = None,
    ) -> Page[OutgoingCommunication]:
        """Messages of an organization; beside the rows, ``total_count``. Scope ``outgoing_communications:read``."""
        params = {
            "organization": self._api.uri(organization, "organizations"),
            "min_created_at": min_created_at,
            "max_created_at": max_created_at,
            "count": count,
            "page_token": page_token,
        }
        return self._api.list(self.LIST, "/outgoing_communications", params, OutgoingCommunication)
