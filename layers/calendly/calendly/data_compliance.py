"""Deletion of people's data: ``POST /data_compliance/deletion/invitees`` and ``.../events``."""

from __future__ import annotations

from collections.abc import Sequence

from calendly.api import Api
from calendly.transport import Operation


class DataCompliance:
    """Requests to delete data. Calendly takes up to seven days for one, and answers with nothing."""

    DELETE_INVITEES = Operation("POST", "/data_compliance/deletion/invitees", write=True, repeatable=True)
    DELETE_EVENTS = Operation("POST", "/data_compliance/deletion/events", write=True, repeatable=True)

    def __init__(self, api: Api) -> None:
        self._api = api

    def delete_invitees(self, emails: Sequence[str]) -> None:
        """Have all data of invitees deleted, by e-mail address. Scope ``data_compliance:write``."""
        self._api.send(self.DELETE_INVITEES, "/data_compliance/deletion/invitees", document={"emails": list(emails)})

    def delete_events(self, *, start_time: str, end_time: str) -> None:
        """Have all events of a past range of at most 24 months deleted. Scope ``data_compliance:write``."""
        document = {"start_time": start_time, "end_time": end_time}
        self._api.send(self.DELETE_EVENTS, "/data_compliance/deletion/events", document=document)
