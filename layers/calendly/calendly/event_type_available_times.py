"""When event types can be booked: ``GET /event_type_available_times``. Calendly does not page it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from calendly.api import Api
from calendly.documents import Page, Resource, to_timestamp
from calendly.errors import InvalidRequestError
from calendly.transport import Operation

PIECE = timedelta(days=31)
"""The longest range Calendly takes."""

AHEAD = timedelta(seconds=5)
"""A start has to be in the future when it arrives."""


class EventTypeAvailableTime(Resource):
    """A time at which an event type can be booked. ``scheduling_url`` books it in a browser."""

    status: str = ""
    invitees_remaining: int | float = 0
    start_time: str = ""
    scheduling_url: str = ""


class EventTypeAvailableTimes:
    """Operations on available times."""

    LIST = Operation("GET", "/event_type_available_times")

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self, *, event_type: str, start_time: str, end_time: str) -> Page[EventTypeAvailableTime]:
        """The available times in at most 31 days that begin in the future. Scope ``availability:read``."""
        event_type = self._api.uri(event_type, "event_types")
        params = {"event_type": event_type, "start_time": start_time, "end_time": end_time}
        return self._api.list(self.LIST, "/event_type_available_times", params, EventTypeAvailableTime)

    def piece(
        self, *, event_type: str, start_time: str, end_time: str, page_token: str | None = None
    ) -> Page[EventTypeAvailableTime]:
        """31 days of a longer range, as if Calendly paged it: the page token is the start of the piece.

        What is past of the range is left out.
        """
        try:
            start, end = datetime.fromisoformat(page_token or start_time), datetime.fromisoformat(end_time)
        except ValueError:
            raise InvalidRequestError.for_field("page_token", "is damaged; give it back as it was received") from None
        start = max(start, datetime.now(UTC) + AHEAD)
        if start >= end:
            return Page({"collection": []}, EventTypeAvailableTime)
        last = min(start + PIECE, end)
        page = self.list(event_type=event_type, start_time=to_timestamp(start), end_time=to_timestamp(last))
        # Whether Calendly counts the end of a range in is not documented: a time on a seam is the next piece's.
        rows = page.rows if last == end else [row for row in page.rows if _starts_before(last, row)]
        token = to_timestamp(last) if last < end else None
        return Page({"collection": rows, "pagination": {"next_page_token": token}}, EventTypeAvailableTime)


def _starts_before(seam: datetime, row: dict[str, Any]) -> bool:
    try:
        return datetime.fromisoformat(row["start_time"]) < seam
    except (KeyError, TypeError, ValueError):
        return True
