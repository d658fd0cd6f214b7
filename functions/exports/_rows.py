"""The rows of an export: events of a window, each with its invitees."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from _pace import leave_room

from actions.connected import Connected, transport
from actions.cursors import Cursor
from actions.lists import Fetch, Order, collect
from calendly.api import each_page
from calendly.documents import to_timestamp
from calendly.errors import NotFoundError
from calendly.scheduled_events import ScheduledEvent

PART_EVENTS = 50
"""Events a part: what is done again when a call dies."""

AT_ONCE = 4
"""Requests at once."""

Row = dict[str, Any]


def events_of(wanted: Any, connected: Connected, cursor: str | None) -> tuple[list[Row], str | None]:
    """The next events of a window, and where to go on; None when there are no more.

    An export may go on days later, so the place is said by start time, not by a page that has changed since.
    """
    organization = connected.organization(wanted.organization)
    # A list has its last start time in, and a window has not.
    last = to_timestamp(datetime.fromisoformat(wanted.end_time) - timedelta(microseconds=1))

    def events_from(start_time: str | None) -> Fetch[ScheduledEvent]:
        return lambda count, page_token: connected.calendly.scheduled_events.list(
            organization=organization,
            status=wanted.status,
            sort="start_time:asc",
            min_start_time=start_time or wanted.start_time,
            max_start_time=last,
            count=count,
            page_token=page_token,
        )

    # A checkpoint has room for as many as there are.
    order = Order("start_time", events_from, most_seen=None)
    listed = collect(connected.call, cursor, None, events_from(None), order=order, limit=PART_EVENTS)
    following = listed.next_page_token
    return listed.rows, str(Cursor.parse(following).by_place()) if following else None


def with_invitees(events: list[Row], connected: Connected) -> list[Row]:
    """The events with their invitees, as ``invitees``; without those that were deleted meanwhile."""

    def invitees_of(event: Row) -> list[Row] | None:
        leave_room(lambda: transport().rate_limit, connected.call.deadline)
        listed = each_page(lambda token: connected.calendly.invitees.list(event["uri"], count=100, page_token=token))
        try:
            return [invitee for page in listed for invitee in page.rows]
        except NotFoundError:
            return None

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [
            {**event, "invitees": invitees}
            for event, invitees in zip(events, threads.map(invitees_of, events), strict=True)
            if invitees is not None
        ]
