"""When event types can be booked: ``GET /event_type_available_times``. Calendly does not page it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from calendly import bounds
from calendly.api import Api
from calendly.documents import Page, Resource, to_timestamp
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
        return self._api.whole_list(self.LIST, "/event_type_available_times", params, EventTypeAvailableTime)

    def piece(
        self, *, event_type: str, start_time: str, end_time: str, page_token: str | None = None
    ) -> Page[EventTypeAvailableTime]:
        """31 days of a longer range, as if Calendly paged it; ``bounds.piece`` says what is in it.

        What is past of the range is left out.
        """
        soonest, start, end = datetime.now(UTC) + AHEAD, bounds.moment_of(start_time), bounds.moment_of(end_time)
        if end is not None and end <= soonest:
            return Page({"collection": []}, EventTypeAvailableTime)
        return bounds.piece(
            lambda start, end: self.list(event_type=event_type, start_time=start, end_time=end),
            longest=PIECE,
            start_time=to_timestamp(max(start, soonest)) if start else start_time,
            end_time=end_time,
            page_token=page_token,
        )
