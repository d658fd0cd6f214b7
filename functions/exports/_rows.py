"""The rows of an export: events of a window, each with its invitees."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from actions.inputs import PagedInput
from actions.pages import Fetch, Order, fetch_pages
from actions.runtime import Connected
from calendly.client import pages
from calendly.documents import to_timestamp

PART_EVENTS = 50
"""Events a part: what is done again when a call dies."""

AT_ONCE = 4
"""Requests at once: Calendly's limit is the user's, and all of their workflows share it."""

Row = dict[str, Any]


def events_of(wanted: Any, connected: Connected, cursor: str | None) -> tuple[list[Row], str | None]:
    """The next events of a window, and where to go on; None when there are no more."""
    organization = connected.organization(wanted.organization)
    # Calendly takes the last start time along, and a window does not.
    last = to_timestamp(datetime.fromisoformat(wanted.end_time) - timedelta(microseconds=1))

    def events_from(start_time: str | None) -> Fetch:
        return lambda count, page_token: connected.calendly.scheduled_events.list(
            organization=organization,
            status=wanted.status,
            sort="start_time:asc",
            min_start_time=start_time or wanted.start_time,
            max_start_time=last,
            count=count,
            page_token=page_token,
        )

    page = PagedInput(all_pages=True, max_items=PART_EVENTS, page_token=cursor)
    answer = fetch_pages(connected.call, page, events_from(None), Order("start_time", events_from))
    return answer["collection"], answer["pagination"]["next_page_token"]


def with_invitees(events: list[Row], connected: Connected) -> list[Row]:
    """The events with their invitees, as ``invitees``."""

    def invitees_of(event: Row) -> list[Row]:
        listed = pages(lambda token: connected.calendly.invitees.list(event["uri"], count=100, page_token=token))
        return [invitee for page in listed for invitee in page.rows]

    with ThreadPoolExecutor(AT_ONCE) as threads:
        return [
            {**event, "invitees": invitees}
            for event, invitees in zip(events, threads.map(invitees_of, events), strict=True)
        ]
