"""Cursors: where to go on in a list. They outlive Calendly's own page tokens where a list has an order to go on in."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from calendly.errors import InvalidRequestError

PREFIX = "cursor."
LARGEST_PAGE = 1000
"""Rows of the largest page that any list of Calendly's has."""

MOST_SEEN = 300
"""Rows of one value that a cursor can name: about six kilobytes."""


class Mark(NamedTuple):
    """How far a list was handed out, in its own order.

    Attributes:
        value: what the list is sorted by, in the last row that was handed out.
        seen: the rows with that value that were handed out, each as a short digest of its URI; None once there are
            too many to name, until the value changes.
        origin: the value at which the list was begun anew, once a page token was stale; None before that.
    """

    value: str
    seen: tuple[str, ...] | None
    origin: str | None = None

    def after(self, row: Mapping[str, Any], field: str, most: int | None = MOST_SEEN) -> Mark:
        """The mark once this row, too, is handed out. It names ``most`` rows of one value; any number for None."""
        value = str(row.get(field))
        if value != self.value:
            return self._replace(value=value, seen=(_digest(row),))
        seen = None if self.seen is None or len(self.seen) == most else (*self.seen, _digest(row))
        return self._replace(seen=seen)

    def anew(self) -> Mark | None:
        """The mark for beginning the list anew where this one is; None where too much would be handed out twice."""
        return None if self.seen is None else self._replace(origin=self.value)

    def covers(self, row: Mapping[str, Any], field: str) -> bool:
        """Whether a row of a list that was begun anew was handed out before."""
        same = self.origin is not None and str(row.get(field)) == self.value
        return same and _digest(row) in (self.seen or ())


class Cursor(NamedTuple):
    """A place in a list: a page of Calendly's, and how many of its rows were handed out already.

    Attributes:
        token: Calendly's token of the page; None for the first.
        skip: rows of that page to leave out.
        page_size: what makes ``skip`` mean the same rows again.
        filters: a digest of the filters it belongs to.
        mark: the same place in the list's own order, where it has one.
    """

    token: str | None
    skip: int
    page_size: int
    filters: str
    mark: Mark | None = None

    def __str__(self) -> str:
        mark = [self.mark.value, self.mark.origin, self.mark.seen] if self.mark else None
        text = json.dumps([self.token, self.skip, self.page_size, self.filters, mark], separators=(",", ":"))
        return PREFIX + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str, filters: str | None = None) -> Cursor:
        """The cursor in a ``page_token``.

        Args:
            text: what the caller gave.
            filters: the digest that it has to belong to, if any.

        Raises:
            InvalidRequestError: it is damaged, or belongs to other filters.
        """
        try:
            cursor = cls._decode(text)
        except (ValueError, TypeError, RecursionError, binascii.Error):
            raise damaged() from None
        if filters is not None and cursor.filters != filters:
            raise InvalidRequestError.for_field(
                "page_token", "belongs to a list with other filters; repeat the filters it came with"
            )
        return cursor

    def by_place(self) -> Cursor:
        """The same place by the list's own order alone, where that can be said: it outlives changes to the list."""
        mark = self.mark.anew() if self.mark else None
        return self if mark is None else self._replace(token=None, skip=0, mark=mark)

    @classmethod
    def _decode(cls, text: str) -> Cursor:
        if not text.startswith(PREFIX):
            raise ValueError
        encoded = text.removeprefix(PREFIX)
        token, skip, count, filters, mark = json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))
        texts = [filters, *([] if token is None else [token])]
        if mark is not None:
            value, origin, seen = mark
            texts += [value, *(seen or ()), *([] if origin is None else [origin])]
            mark = Mark(value, None if seen is None else tuple(seen), origin)
        numbers = type(skip) is int and type(count) is int and skip >= 0 and 0 < count <= LARGEST_PAGE
        if not (numbers and all(isinstance(each, str) for each in texts)):
            raise ValueError
        return cls(token, skip, count, filters, mark)


def damaged() -> InvalidRequestError:
    """The error for a cursor that was not made here."""
    return InvalidRequestError.for_field("page_token", "is damaged; give it back as it was received")


def digest_of(filters: Mapping[str, Any]) -> str:
    """What a cursor keeps of the filters it belongs to."""
    return hashlib.sha256(json.dumps(filters, sort_keys=True).encode()).hexdigest()[:12]


def _digest(row: Mapping[str, Any]) -> str:
    digest = hashlib.blake2b(str(row.get("uri")).encode(), digest_size=8).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
