"""Parameter rules of the API: what Calendly refuses with a 400 that names the parameter."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from flask import current_app, request

from sandbox.errors import invalid
from sandbox.world import World


def world() -> World:
    found: World = current_app.extensions["world"]
    return found


def given() -> dict[str, str]:
    """The parameters of a read: the query string's. A published client sends them as a JSON body; that works, too."""
    document = request.get_json(silent=True) if request.method == "GET" else None
    inner = document if isinstance(document, dict) else {}
    return {**{name: _text(value) for name, value in inner.items() if value is not None}, **request.args}


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def text(name: str, *, required: bool = False, choices: tuple[str, ...] | None = None) -> str | None:
    value = given().get(name)
    if value is None or value == "":
        if required:
            raise invalid(name, "is missing")
        return None
    if choices and value not in choices:
        raise invalid(name, f"must be one of: {', '.join(choices)}")
    return value


def uri(name: str, kind: str, *, required: bool = False) -> str | None:
    """A URI parameter, of the given resource, below this origin or Calendly's own."""
    value = text(name, required=required)
    return None if value is None else reference(name, value, kind)


def reference(name: str, value: Any, *kinds: str) -> str:
    """A URI of one of the given resources, as this sandbox writes it; ``*`` in a kind stands for an id."""
    for base in (world().origin, "https://api.calendly.com"):
        for kind in kinds:
            pattern = kind.replace("*", "[A-Za-z0-9-]+")
            if isinstance(value, str) and re.fullmatch(rf"{re.escape(base)}/{pattern}/[A-Za-z0-9-]+", value):
                return world().origin + value[len(base) :]
    raise invalid(name, "invalid")


def boolean(name: str) -> bool | None:
    value = text(name, choices=("true", "false"))
    return None if value is None else value == "true"


def moment(name: str) -> datetime | None:
    return None if text(name) is None else required_moment(name)


def required_moment(name: str) -> datetime:
    value = str(text(name, required=True))
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        raise invalid(name, "must be an ISO 8601 date-time") from None
    if not 1900 <= parsed.year <= 9000:
        raise invalid(name, "must be an ISO 8601 date-time")
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def count() -> int:
    value = text("count") or "20"
    if not re.fullmatch("[0-9]{1,3}", value) or not 1 <= int(value) <= 100:
        raise invalid("count", "must be between 1 and 100")
    return int(value)


def sort(fields: tuple[str, ...], default: str) -> list[tuple[str, bool]]:
    """``field:asc,other:desc`` as pairs of field and whether it descends."""
    pairs = []
    for part in (text("sort") or default).split(","):
        name, _, direction = part.partition(":")
        if name not in fields or direction not in ("asc", "desc"):
            raise invalid("sort", f"must be field:asc or field:desc of {', '.join(fields)}")
        pairs.append((name, direction == "desc"))
    return pairs


def body() -> dict[str, Any]:
    """The JSON object of a write. A null is as good as nothing: published clients send one for what was not given."""
    document = request.get_json(silent=True)
    if not isinstance(document, dict):
        raise invalid("body", "must be a JSON object")
    return {name: value for name, value in document.items() if value is not None}
