"""Lists: one page, or all of them as far as time and size allow, with a cursor to go on from."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Generic, NamedTuple, TypeVar

from actions.cursors import MOST_SEEN, PREFIX, Cursor, Mark, damaged, digest_of
from actions.doors import Call
from actions.inputs import PagedInput
from calendly import codec
from calendly.documents import Page, Resource
from calendly.errors import CalendlyUnavailableError, InvalidRequestError, RateLimitedError

R = TypeVar("R", bound=Resource)

Fetch = Callable[[int | None, str | None], Page[R]]
"""Asks Calendly for one page: rows a page, and page token."""

Row = dict[str, Any]

_ROWS = ("collection", "pagination")

_ROWS_ANEW = 100
"""Rows a page of a list that is begun anew: what was handed out is to be passed soon."""

_MOST_RESTARTS = 3
"""How often a list is begun anew without a row that was not handed out yet."""


MOST_PIECES = 60
"""Requests that one call makes for a list in pieces: some of Calendly's limit is left to others."""


class Order(NamedTuple, Generic[R]):
    """The order of a list, for going on in it when Calendly does not take a page token any more.

    Attributes:
        field: what its rows are sorted by.
        fetch_from: makes a ``Fetch`` for the part of the list that begins at a value of that field.
        bound: the input that begins the list at such a value.
        is_value: whether a text can be such a value; a cursor may be forged.
        most_seen: how many rows of one value a cursor can name; None for any number.
    """

    field: str
    fetch_from: Callable[[str], Fetch[R]]
    bound: str = ""
    is_value: Callable[[str], bool] = bool
    most_seen: int | None = MOST_SEEN


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
        if sum(size_in(call, row) for row in page.rows) > call.max_bytes:
            return _from_page(call, wanted, page, fetch, order, limit=len(page))
        if page.is_cut and page.next_page_token is not None:
            return _from_page(call, wanted, page, fetch, order, limit=wanted.count or 20)
        return page
    return collect(
        call,
        wanted.page_token,
        wanted.filters(),
        fetch,
        order=order,
        count=wanted.count or wanted.largest_page,
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
    page = collect(call, page_token, filters, lambda _, token: fetch(token), order=order, most_pages=MOST_PIECES)
    complete = page.next_page_token is None
    return Page({"collection": page.rows}, page.model) if complete else page


def _from_page(
    call: Call, wanted: PagedInput, page: Page[R], fetch: Fetch[R], order: Order[R] | None, *, limit: int
) -> Page[R]:
    """So many rows from a page at hand on, or as many as the answer can hold, with a cursor to the rest."""
    at_hand = [page]
    return collect(
        call,
        wanted.page_token,
        wanted.filters(),
        lambda count, page_token: at_hand.pop() if at_hand else fetch(count, page_token),
        order=order,
        count=wanted.count or 20,
        limit=limit,
    )


def collect(
    call: Call,
    page_token: str | None,
    filters: dict[str, Any] | None,
    fetch: Fetch[R],
    *,
    order: Order[R] | None = None,
    count: int = 100,
    limit: int | None = None,
    most_pages: int | None = None,
) -> Page[R]:
    """Pages collected into one, from a page token or cursor on; ``fetch_list`` says when it stops.

    Args:
        call: the call to answer.
        page_token: where to begin.
        filters: what selects the rows; a cursor works with the same ones only. None for a cursor that nobody else gets.
        fetch: asks for a page.
        order: how to go on from a stale page token, if that can be done.
        count: rows a page.
        limit: rows in all.
        most_pages: pages in all.

    Raises:
        InvalidRequestError: the cursor is damaged or belongs to other filters.
    """
    digest = "" if filters is None else digest_of(filters)
    if page_token is not None and page_token.startswith(PREFIX):
        cursor = Cursor.parse(page_token, digest or None)
        if order and cursor.mark and cursor.mark.origin is not None and not order.is_value(cursor.mark.origin):
            raise damaged()
    else:
        cursor = Cursor(page_token, 0, count, digest)
    walk = _Walk(call, cursor, fetch, order)
    rows, following = walk.collect(limit, most_pages)
    body = {
        **walk.beside,
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
        beside: what Calendly says of the whole list beside its rows, such as how many there are.
    """

    model: type[R]
    beside: dict[str, Any]

    def __init__(self, call: Call, cursor: Cursor, fetch: Fetch[R], order: Order[R] | None) -> None:
        self._call = call
        self._cursor = cursor
        self._fetch = fetch
        self._order = order
        self._restarts = 0

    def collect(self, limit: int | None, most_pages: int | None) -> tuple[list[Row], Cursor | None]:
        """Rows, and where to go on; None when there is no more."""
        rows: list[Row] = []
        size = largest = 0
        slowest = 0.0
        pages = 0
        while True:
            started = time.monotonic()
            try:
                page = self._page()
            except (RateLimitedError, CalendlyUnavailableError):
                if not rows:
                    raise
                return rows, self._cursor
            if pages == 0:
                self.model = page.model
                self.beside = {name: each for name, each in page.body.items() if name not in _ROWS}
            slowest, pages = max(slowest, time.monotonic() - started), pages + 1
            skipped, before = self._cursor.skip, size
            for position, row in enumerate(page.rows[skipped:], start=skipped):
                if self._was_handed_out(row):
                    continue
                size += size_in(self._call, row)
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
            enough = enough or pages == most_pages
            # There has to be time for another page like the slowest so far.
            if enough or self._call.deadline.remaining() <= 2 * slowest + 2.0:
                return rows, self._cursor

    def _within(self, position: int) -> Cursor:
        """Where to go on within a page: at the last row's place in the list's order, where it has one.

        Otherwise by counting rows, which misses one when a row before it has gone meanwhile.
        """
        place = self._cursor._replace(skip=position)
        return place.by_place() if self._order else place

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
            raise InvalidRequestError.for_field("page_token", f"is not accepted by Calendly any more; {self._way_on()}")
        if self._restarts == _MOST_RESTARTS:
            raise CalendlyUnavailableError(
                "Calendly takes back its page tokens as soon as it gives them. Try again later."
            )
        self._restarts += 1
        self._cursor = cursor._replace(token=None, skip=0, page_size=_ROWS_ANEW, mark=mark)
        return self._source()(_ROWS_ANEW, None)

    def _way_on(self) -> str:
        """What to do about a token that is stale, and cannot be replaced."""
        mark = self._cursor.mark
        if not (self._order and self._order.bound and mark):
            return "begin the list again, without it"
        return (
            f"too many rows share the {self._order.field} {mark.value} for a cursor to name them. Begin a list with "
            f"{self._order.bound} {mark.value}, without page_token, and leave out the rows of that time that you have"
        )

    def _source(self) -> Fetch[R]:
        mark = self._cursor.mark
        return self._order.fetch_from(mark.origin) if self._order and mark and mark.origin else self._fetch

    def _was_handed_out(self, row: Row) -> bool:
        mark = self._cursor.mark
        return bool(self._order and mark and mark.covers(row, self._order.field))

    def _hand_out(self, row: Row) -> None:
        self._restarts = 0
        if self._order is not None:
            mark = self._cursor.mark or Mark("", ())
            self._cursor = self._cursor._replace(mark=mark.after(row, self._order.field, self._order.most_seen))


def size_in(call: Call, part: Any) -> int:
    """How many bytes of an answer a part of it takes, at most."""
    text = codec.encode(part)
    # Each takes two bytes: over HTTP in a string within JSON, else because Lambda puts a space behind it.
    doubled = (b'"', b"\\") if call.door == "http" else (b",", b":")
    return len(text) + sum(map(text.count, doubled)) + 2
