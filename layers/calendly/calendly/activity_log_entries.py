"""The activity log of an organization: ``GET /activity_log_entries``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calendly.api import Api
from calendly.documents import Page, Resource
from calendly.transport import Operation


class ActivityLogEntry(Resource):
    """Who did what, and when. ``details`` depend on ``fully_qualified_name``, which is ``Namespace.Action``."""

    occurred_at: str = ""
    actor: dict[str, Any] | None = None
    details: dict[str, Any] = {}
    fully_qualified_name: str = ""
    uri: str = ""
    namespace: str = ""
    action: str = ""
    organization: str = ""


class ActivityLogEntries:
    """Operations on the activity log."""

    LIST = Operation("GET", "/activity_log_entries")

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(
        self,
        *,
        organization: str,
        search_term: str | None = None,
        actor: Sequence[str] | None = None,
        namespace: Sequence[str] | None = None,
        action: Sequence[str] | None = None,
        sort: Sequence[str] | None = None,
        min_occurred_at: str | None = None,
        max_occurred_at: str | None = None,
        count: int | None = None,
        page_token: str | None = None,
    ) -> Page[ActivityLogEntry]:
        """Entries, the latest first unless ``sort`` says otherwise; up to 1000 a page. Scope ``activity_log:read``.

        Beside the rows, Calendly answers ``total_count``, ``exceeds_max_total_count`` and ``last_event_time``.
        """
        params = {
            "organization": self._api.uri(organization, "organizations"),
            "search_term": search_term,
            "actor": None if actor is None else [self._api.uri(each, "users") for each in actor],
            "namespace": namespace,
            "action": action,
            "sort": sort,
            "min_occurred_at": min_occurred_at,
            "max_occurred_at": max_occurred_at,
            "count": count,
            "page_token": page_token,
        }
        return self._api.list(self.LIST, "/activity_log_entries", params, ActivityLogEntry)
