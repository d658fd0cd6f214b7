"""Lists: one page, or all of them as far as time and size allow, with a cursor to go on from."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from actions.doors import Call
from actions.inputs import PagedInput
from calendly.documents import Page
from calendly.errors import CalendlyUnavailableError, InvalidRequestError, RateLimitedError

PAGE = 100
"""Calendly's largest page."""

Fetch = Callable[[int | None, str | None], Page[Any]]
"""Asks Calendly for one page: rows a page, and page token."""

_PREFIX = "cursor."


@dataclass(frozen=True)
class Cursor:
    """Where to go on: a page of Calendly's, and how many of its rows were handed out already.

    Attributes:
        token: Calendly's token of the page; None for the first.
        skip: rows of that page to leave out.
        count: the page size that makes ``skip`` mean the same rows again.
        filters: a digest of the filters it belongs to.
    """

    token: str | None
    skip: int
    count: int
    filters: str

    def __str__(self) -> str:
        text = json.dumps([self.token, self.skip, self.count, self.filters], separators=(",", ":"))
        return _PREFIX + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> Cursor:
        """The cursor in a ``page_token``.

        Raises:
            InvalidRequestError: it is damaged.
        """
        encoded = text.removeprefix(_PREFIX)
        try:
            if encoded == text:
                raise ValueError
            token, skip, count, filters = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
            if not (
                (token is None or isinstance(token, str))
                and isinstance(skip, int)
                and isinstance(count, int)
                and isinstance(filters, str)
                and skip >= 0
                and 0 < count <= PAGE
            ):
                raise ValueError
            return cls(token, skip, count, filters)
        except (ValueError, TypeError, RecursionError, binascii.Error):
            raise InvalidRequestError.for_field("page_token", "is damaged; give it back as it was received") from None


def fetch_pages(call: Call, wanted: PagedInput, fetch: Fetch) -> dict[str, Any]:
    """The answer to a list action: Calendly's page as it is, or pages collected into one.

    Collecting stops when there is no more, at ``max_items``, when the answer would become too large for the door, or
    when the time left might not do for another page. It also stops, rather than lose what it has, when Calendly
    becomes unavailable; going on from the cursor then tells. The answer's ``pagination.next_page_token`` is null only
    when there is no more.

    Raises:
        InvalidRequestError: the cursor is damaged, or belongs to other filters.
    """
    resumed = wanted.page_token is not None and wanted.page_token.startswith(_PREFIX)
    if not (wanted.all_pages or resumed):
        body: dict[str, Any] = fetch(wanted.count, wanted.page_token).body
        return body
    limit = wanted.max_items if wanted.all_pages else wanted.count or 20
    return collect(call, wanted.page_token, wanted.filters(), fetch, count=wanted.count or PAGE, limit=limit)


def collect(
    call: Call,
    page_token: str | None,
    filters: dict[str, Any],
    fetch: Fetch,
    *,
    count: int = PAGE,
    limit: int | None = None,
) -> dict[str, Any]:
    """Pages collected into one, from a page token or cursor on; ``fetch_pages`` says when it stops.

    Args:
        call: the call to answer.
        page_token: where to begin.
        filters: what selects the rows; a cursor works with the same ones only.
        fetch: asks for a page.
        count: rows a page.
        limit: rows in all.
    """
    digest = _digest(filters)
    cursor = Cursor(page_token, 0, count, digest)
    if page_token is not None and page_token.startswith(_PREFIX):
        cursor = Cursor.parse(page_token)
        if cursor.filters != digest:
            raise InvalidRequestError.for_field(
                "page_token", "belongs to a list with other filters; repeat the filters it came with"
            )
    rows, following = _collect(call, cursor, limit, fetch)
    return {
        "collection": rows,
        "pagination": {
            "count": len(rows),
            "next_page": None,
            "previous_page": None,
            "next_page_token": str(following) if following else None,
            "previous_page_token": None,
        },
    }


def _collect(call: Call, cursor: Cursor, limit: int | None, fetch: Fetch) -> tuple[list[dict[str, Any]], Cursor | None]:
    rows: list[dict[str, Any]] = []
    size = 0
    for page, start in _pages(call, cursor, fetch):
        for position, row in enumerate(page.rows[start.skip :], start=start.skip):
            size += _size(row, call)
            full = size > call.max_bytes and rows
            if full or (limit is not None and len(rows) >= limit):
                return rows, Cursor(start.token, position, start.count, start.filters)
            rows.append(row)
        if page.next_page_token is None:
            return rows, None
        cursor = Cursor(page.next_page_token, 0, start.count, start.filters)
        if limit is not None and len(rows) >= limit:
            break
    return rows, cursor


def _pages(call: Call, cursor: Cursor, fetch: Fetch) -> Iterator[tuple[Page[Any], Cursor]]:
    """Pages from the cursor on, as long as there is time for another like the slowest so far."""
    slowest = 0.0
    first = True
    while first or call.deadline.remaining() > 2 * slowest + 2.0:
        started = time.monotonic()
        try:
            page = fetch(cursor.count, cursor.token)
        except (RateLimitedError, CalendlyUnavailableError):
            if first:
                raise
            return
        slowest = max(slowest, time.monotonic() - started)
        first = False
        yield page, cursor
        if page.next_page_token is None:
            return
        cursor = Cursor(page.next_page_token, 0, cursor.count, cursor.filters)


def _size(row: dict[str, Any], call: Call) -> int:
    """How many bytes of the answer a row takes, at most."""
    text = json.dumps(row)
    escapes = text.count('"') + text.count("\\") if call.door == "http" else 0
    return len(text) + escapes + 2


def _digest(filters: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(filters, sort_keys=True).encode()).hexdigest()[:12]
