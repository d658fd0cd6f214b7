"""Lists: one page, or all of them as far as time and size allow, with a cursor to go on from."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from actions.cursors import LARGEST_PAGE, PREFIX, Cursor, Mark, digest_of
from actions.doors import Call
from actions.inputs import PagedInput
from calendly import codec
from calendly.documents import Page, Resource
from calendly.errors import CalendlyUnavailableError, InvalidRequestError, RateLimitedError

R = TypeVar("R", bound=Resource)

Fetch = Callable[[int | None, str | None], Page[R]]
"""Asks Calendly for one page: rows a page, and page token."""

Row = dict[str, Any]


class Order(NamedTuple, Generic[R]):
    """The order of a list, for going on in it when Calendly does not take a page token any more.

    Attributes:
        field: what its rows are sorted by.
        fetch_from: makes a ``Fetch`` for the part of the list that begins at a value of that field.
    """

    field: str
    fetch_from: Callable[[str], Fetch[R]]


def fetch_list(call: Call, wanted: PagedInput, fetch: Fetch[R], order: Order[R] | None = None) -> Page[R]:
    """The answer to a list action: Calendly's page as it is, or pages collected into one.

    Collecting stops when there is no more, at ``max_items``, when the answer would become too large for the door, or
    when the time left might not do for another page. It also stops, rather than lose what it has, when Calendly
    becomes unavailable; going on from the cursor then tells. The answer's ``pagination.next_page_token`` is null only
    when there is no more.

    Raises:
        InvalidRequestError: the cursor is damaged, belongs to other filters, or is stale in a list without an order.
    """
    resumed = wanted.page_token is not None and wanted.page_token.startswith(PREFIX)
    if not (wanted.all_pages or resumed):
        page = fetch(wanted.count, wanted.page_token)
        if sum(_size(row, call) for row in page.rows) <= call.max_bytes:
            return page
        return _shortened(call, wanted, page, fetch, order)
    return collect(
        call,
        wanted.page_token,
        wanted.filters(),
        fetch,
        order=order,
        count=wanted.count or LARGEST_PAGE,
        limit=wanted.max_items if wanted.all_pages else wanted.count or 20,
    )


def fetch_pieces(
    call: Call,
    page_token: str | None,
    filters: dict[str, Any],
    fetch: Callable[[str | None], Page[R]],
    order: Order[R] | None = None,
) -> Page[R]:
    """All pieces of a list that Calendly does not page; ``Connected.list_pieces`` says more."""
    if page_token is not None:
        Cursor.parse(page_token)
    page = collect(call, page_token, filters, lambda _, token: fetch(token), order=order)
    complete = page.next_page_token is None
    return Page({"collection": page.rows}, page.model) if complete else page


def _shortened(call: Call, wanted: PagedInput, page: Page[R], fetch: Fetch[R], order: Order[R] | None) -> Page[R]:
    """As much of a page as the answer can hold, with a cursor to the rest of it."""
    at_hand = [page]
    return collect(
        call,
        wanted.page_token,
        wanted.filters(),
        lambda count, page_token: at_hand.pop() if at_hand else fetch(count, page_token),
        order=order,
        count=wanted.count or 20,
        limit=len(page),
    )


def collect(
    call: Call,
    page_token: str | None,
    filters: dict[str, Any],
    fetch: Fetch[R],
    *,
    order: Order[R] | None = None,
    count: int = LARGEST_PAGE,
    limit: int | None = None,
) -> Page[R]:
    """Pages collected into one, from a page token or cursor on; ``fetch_list`` says when it stops.

    Args:
        call: the call to answer.
        page_token: where to begin.
        filters: what selects the rows; a cursor works with the same ones only.
        fetch: asks for a page.
        order: how to go on from a stale page token, if that can be done.
        count: rows a page.
        limit: rows in all.
    """
    digest = digest_of(filters)
    if page_token is not None and page_token.startswith(PREFIX):
        cursor = Cursor.parse(page_token, digest)
    else:
        cursor = Cursor(page_token, 0, count, digest)
    walk = _Walk(call, cursor, fetch, order)
    rows, following = walk.collect(limit)
    body = {
        "collection": rows,
        "pagination": {
            "count": len(rows),
            "next_page": None,
            "previous_page": None,
            "next_page_token": str(following) if following else None,
            "previous_page_token": None,
        },
    }
    return Page(body, walk.model)


class _Walk(Generic[R]):
    """A walk through a list from a cursor on.

    Attributes:
        model: of the rows, once a page was fetched.
    """

    model: type[R]

    def __init__(self, call: Call, cursor: Cursor, fetch: Fetch[R], order: Order[R] | None) -> None:
        self._call = call
        self._cursor = cursor
        self._fetch = fetch
        self._order = order

    def collect(self, limit: int | None) -> tuple[list[Row], Cursor | None]:
        """Rows, and where to go on; None when there is no more."""
        rows: list[Row] = []
        size = largest = 0
        slowest = 0.0
        first = True
        while True:
            started = time.monotonic()
            try:
                page = self._page()
            except (RateLimitedError, CalendlyUnavailableError):
                if first:
                    raise
                return rows, self._cursor
            self.model = page.model
            slowest, first = max(slowest, time.monotonic() - started), False
            skipped, before = self._cursor.skip, size
            for position, row in enumerate(page.rows[skipped:], start=skipped):
                if self._was_handed_out(row):
                    continue
                size += _size(row, self._call)
                full = size > self._call.max_bytes and rows
                if full or (limit is not None and len(rows) >= limit):
                    return rows, self._within(position)
                rows.append(row)
                self._hand_out(row)
            if page.next_page_token is None:
                return rows, None
            self._cursor = self._cursor._replace(token=page.next_page_token, skip=0)
            largest = max(largest, size - before)
            # Better to stop here than within a page, which then has to be asked for again.
            enough = size + largest > self._call.max_bytes or (limit is not None and len(rows) >= limit)
            # There has to be time for another page like the slowest so far.
            if enough or self._call.deadline.remaining() <= 2 * slowest + 2.0:
                return rows, self._cursor

    def _within(self, position: int) -> Cursor:
        """Where to go on within a page: at the last row's place in the list's order, where it has one.

        Otherwise by counting rows, which misses one when a row before it has gone meanwhile.
        """
        mark = self._cursor.mark.anew() if self._order and self._cursor.mark else None
        if mark is not None:
            return self._cursor._replace(token=None, skip=0, mark=mark)
        return self._cursor._replace(skip=position)

    def _page(self) -> Page[R]:
        cursor = self._cursor
        try:
            return self._source()(cursor.page_size, cursor.token)
        except InvalidRequestError:
            # The same filters were good for the page before: it is the token that Calendly does not take any more.
            if cursor.token is None:
                raise
        mark = cursor.mark.anew() if self._order and cursor.mark else None
        if mark is None:
            raise InvalidRequestError.for_field(
                "page_token", "is not accepted by Calendly any more; begin the list again, without it"
            )
        self._cursor = cursor._replace(token=None, skip=0, mark=mark)
        return self._source()(cursor.page_size, None)

    def _source(self) -> Fetch[R]:
        mark = self._cursor.mark
        return self._order.fetch_from(mark.origin) if self._order and mark and mark.origin else self._fetch

    def _was_handed_out(self, row: Row) -> bool:
        mark = self._cursor.mark
        return bool(self._order and mark and mark.covers(row, self._order.field))

    def _hand_out(self, row: Row) -> None:
        if self._order is not None:
            mark = self._cursor.mark or Mark("", ())
            self._cursor = self._cursor._replace(mark=mark.after(row, self._order.field))


def _size(row: Row, call: Call) -> int:
    """How many bytes of the answer a row takes, at most."""
    text = codec.encode(row)
    # Each takes two bytes: over HTTP in a string within JSON, else because Lambda puts a space behind it.
    doubled = (b'"', b"\\") if call.door == "http" else (b",", b":")
    return len(text) + sum(map(text.count, doubled)) + 2
