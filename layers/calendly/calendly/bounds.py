"""Bounds of time that come out the same however Calendly reads them.

Calendly words a lower bound as "after". It does not say whether the bound is in, nor whether it compares whole seconds.
So a request asks from a second earlier and until a second later, and rows outside are dropped here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from calendly.documents import Page, Resource, to_timestamp
from calendly.errors import InvalidRequestError

R = TypeVar("R", bound=Resource)

SECOND = timedelta(seconds=1)


def moment_of(text: object) -> datetime | None:
    """A time with its zone; None for whatever is not one."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def is_time(text: str) -> bool:
    """Whether it is a time with its zone."""
    return moment_of(text) is not None


def earlier(bound: str | None) -> str | None:
    """The lower bound to ask with. What is no time is left to Calendly to refuse."""
    return _moved(bound, -SECOND)


def later(bound: str | None) -> str | None:
    """The upper bound to ask with."""
    return _moved(bound, SECOND)


def within(page: Page[R], field: str, first: str | None, last: str | None) -> Page[R]:
    """A page without the rows whose time is before ``first`` or after ``last``; both bounds are in.

    A row whose time cannot be read stays.
    """
    lowest, highest = moment_of(first), moment_of(last)

    def is_in(row: dict[str, Any]) -> bool:
        moment = moment_of(row.get(field))
        if moment is None:
            return True
        return (lowest is None or moment >= lowest) and (highest is None or moment <= highest)

    return page.only(is_in) if lowest or highest else page


def piece(
    ask: Callable[[str, str], Page[R]],
    *,
    longest: timedelta,
    start_time: str,
    end_time: str,
    page_token: str | None = None,
) -> Page[R]:
    """A piece of a range that is too long for one request, as if Calendly paged it.

    The range has its start in and its end out. A row belongs to the piece in which its ``start_time`` lies; what had
    begun before the range and lasts into it belongs to the first. So no row depends on how a seam is read.

    Args:
        ask: sends the request for a start and an end.
        longest: the longest range that Calendly takes.
        start_time, end_time: the whole range.
        page_token: the seam at which the piece begins; None for the first piece.

    Raises:
        InvalidRequestError: the page token is not one of this range.
    """
    start, end = datetime.fromisoformat(start_time), datetime.fromisoformat(end_time)
    seam = start if page_token is None else moment_of(page_token)
    if seam is None or (page_token is not None and seam >= end):
        raise InvalidRequestError.for_field("page_token", "is damaged; give it back as it was received")
    # Somebody who goes on later asks for less: Calendly refuses a start that is past.
    begins = max(seam, start)
    ends = min(begins + longest - 2 * SECOND, end)
    asks_from = begins - SECOND if begins - SECOND > datetime.now(UTC) else begins

    def is_in(row: dict[str, Any]) -> bool:
        starts, stops = moment_of(row.get("start_time")), moment_of(row.get("end_time"))
        if starts is None or begins <= starts < ends:
            return True
        return page_token is None and starts < begins and stops is not None and stops > begins

    page = ask(to_timestamp(asks_from), to_timestamp(ends + SECOND)).only(is_in)
    token = to_timestamp(ends) if ends < end else None
    return Page({"collection": page.rows, "pagination": {"next_page_token": token}}, page.model)


def _moved(bound: str | None, by: timedelta) -> str | None:
    moment = moment_of(bound)
    try:
        return bound if moment is None else to_timestamp(moment + by)
    except OverflowError:
        return bound
