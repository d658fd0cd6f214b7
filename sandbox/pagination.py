"""Pages with opaque tokens, as Calendly makes them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import g, request

from sandbox import params
from sandbox.errors import invalid
from sandbox.rows.base import Row, in_order, stamp


def paginate(rows: Sequence[Row], *, most: int = 100) -> dict[str, Any]:
    """The page of ``rows`` that the request asks for.

    A token works only for the list it was made for, however the filters of that list are spelled: it is bound to
    their meaning.
    """
    world = params.world()
    filters = [(name, value) for name, value in params.pairs() if name not in ("page_token", "count")]
    meaning = sorted((name, _meaning(value)) for name, value in filters if name != "sort")
    owner = hashlib.sha256(repr((request.path.rstrip("/"), meaning, g.get("order"))).encode()).hexdigest()
    count = params.count(most)
    start = 0
    token = params.given().get("page_token")
    if token:
        listed, start = world.page_tokens.get(token, ("", -1))
        if listed != owner:
            raise invalid("page_token", "invalid")

    def link(position: int | None) -> tuple[str | None, str | None]:
        if position is None:
            return None, None
        new = secrets.token_urlsafe(24)
        world.page_tokens[new] = (owner, position)
        query = urlencode([*filters, ("count", count), ("page_token", new)])
        return new, f"{world.origin}{request.path}?{query}"

    next_token, next_page = link(start + count if start + count < len(rows) else None)
    previous_token, previous_page = link(max(0, start - count) if start > 0 else None)
    page = rows[start : start + count]
    return {
        "collection": [in_order(row) for row in page],
        "pagination": {
            "count": len(page),
            "next_page": next_page,
            "next_page_token": next_token,
            "previous_page": previous_page,
            "previous_page_token": previous_token,
        },
    }


def _meaning(value: str) -> str:
    """A filter's value, whatever its spelling: a URI's origin, a boolean's case, a time's zone."""
    if value.startswith(("http://", "https://")):
        return "/".join(value.rstrip("/").split("/")[3:])
    if value.lower() in ("true", "1", "false", "0"):
        return str(value.lower() in ("true", "1"))
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return stamp(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def by(rows: Sequence[Row], order: list[tuple[str, bool]]) -> list[Row]:
    """Rows sorted by several fields, ties broken by URI so that pages never overlap."""
    ordered = sorted(rows, key=lambda row: str(row["uri"]))
    for name, descending in reversed(order):
        ordered.sort(key=lambda row: row[name] if row[name] is not None else "", reverse=descending)
    return ordered
