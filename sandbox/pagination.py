"""Pages with opaque tokens, as Calendly makes them."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any
from urllib.parse import urlencode

from flask import request

from sandbox import params
from sandbox.errors import invalid
from sandbox.rows.base import Row


def paginate(rows: list[Row]) -> dict[str, Any]:
    """The page of ``rows`` that the request asks for. A token works only for the list it was made for."""
    world = params.world()
    filters = sorted((name, value) for name, value in params.given().items() if name not in ("page_token", "count"))
    owner = hashlib.sha256(repr((request.path, filters)).encode()).hexdigest()
    count = params.count()
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
        "collection": page,
        "pagination": {
            "count": len(page),
            "next_page": next_page,
            "previous_page": previous_page,
            "next_page_token": next_token,
            "previous_page_token": previous_token,
        },
    }


def by(rows: list[Row], order: list[tuple[str, bool]]) -> list[Row]:
    """Rows sorted by several fields, ties broken by URI so that pages never overlap."""
    ordered = sorted(rows, key=lambda row: row["uri"])
    for name, descending in reversed(order):
        ordered.sort(key=lambda row: row[name] if row[name] is not None else "", reverse=descending)
    return ordered
