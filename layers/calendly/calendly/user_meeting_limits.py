"""How many meetings users take: ``/user_meeting_limits``. Calendly does not page it."""

from __future__ import annotations

from collections.abc import Mapping

from calendly.api import Api
from calendly.documents import Document, Page, Resource
from calendly.responses import unreadable
from calendly.transport import Operation


class UserMeetingLimits(Resource):
    """The most meetings of a user in a day, a week and a month; null where there is no limit."""

    user: str = ""
    daily_limit: int | None = None
    weekly_limit: int | None = None
    monthly_limit: int | None = None


class MeetingLimits:
    """Operations on meeting limits."""

    LIST = Operation("GET", "/user_meeting_limits")
    UPDATE = Operation("PATCH", "/user_meeting_limits", write=True, repeatable=True)

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self, *, user: str) -> Page[UserMeetingLimits]:
        """The limits of the account's own user, in one row. Scope ``availability:read``."""
        return self._api.whole_list(
            self.LIST, "/user_meeting_limits", {"user": self._api.uri(user, "users")}, UserMeetingLimits
        )

    def update(self, *, user: str, limits: Mapping[str, int | None]) -> Document[UserMeetingLimits]:
        """Change what is given of the own user's limits, None for no limit. Scope ``availability:write``.

        The envelope of the answer is not documented: that of one, that of a list, and none at all are taken.
        """
        params = {"user": self._api.uri(user, "users")}
        body = self._api.send(self.UPDATE, "/user_meeting_limits", params=params, document=dict(limits)).body
        row = body.get("resource", body) if isinstance(body, dict) else None
        if isinstance(row, dict) and isinstance(row.get("collection"), list):
            row = next(iter(row["collection"]), None)
        if not isinstance(row, dict):
            raise unreadable(self.UPDATE)
        return Document({"resource": row}, UserMeetingLimits)
