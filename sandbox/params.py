"""The parameters of the request at hand."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import g, request

from sandbox.errors import ApiError, invalid
from sandbox.fields import Fields
from sandbox.world import World


def world() -> World:
    found: World = request.environ["sandbox.world"]
    return found


def pairs() -> list[tuple[str, str]]:
    """The parameters of a read: the query string's. A published client sends them as a JSON body; that works, too."""
    document = request.get_json(silent=True, force=True) if request.method == "GET" and request.data else None
    inner = document if isinstance(document, dict) else {}
    sent = [(name, _text(value)) for name, value in inner.items() if value is not None and name not in request.args]
    return [*sent, *((name.removesuffix("[]"), value) for name, value in request.args.items(multi=True))]


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def given() -> dict[str, str]:
    return dict(pairs())


def query() -> Fields:
    """What a read says. A parameter that is there has to be filled."""
    return Fields(given(), world().origin, filled=True)


def text(name: str, *, required: bool = False, choices: tuple[str, ...] | None = None) -> str | None:
    return query().text(name, required=required, choices=choices)


def several(name: str) -> list[str]:
    """The values of a parameter that may be repeated, or separated by commas."""
    return [part for key, value in pairs() if key == name for part in value.split(",") if part]


def uri(name: str, *kinds: str, required: bool = False) -> str | None:
    return query().uri(name, *kinds, required=required)


def boolean(name: str) -> bool | None:
    return query().boolean(name)


def moment(name: str) -> datetime | None:
    return query().moment(name)


def required_moment(name: str) -> datetime:
    return query().time(name)


def count(most: int = 100) -> int:
    return query().integer("count", 1, most) or 20


def sort(fields: tuple[str, ...], default: str) -> list[tuple[str, bool]]:
    """``field:asc,other:desc`` as pairs of field and whether it descends."""
    found = []
    query().text("sort")
    for part in several("sort") or default.split(","):
        name, _, direction = part.partition(":")
        if name not in fields or direction not in ("", "asc", "desc"):
            raise invalid("sort", f"must be field:asc or field:desc of {', '.join(fields)}")
        found.append((name, direction == "desc"))
    g.order = found
    return found


def body(*, nulls: bool = False) -> Fields:
    """What a write says: a JSON object, a form, or parameters in the query.

    A null is as good as nothing, unless ``nulls`` mean something: published clients send one for what was not given.
    """
    document = request.get_json(silent=True)
    if request.is_json and request.data and not isinstance(document, dict):
        raise ApiError(400)
    sent: dict[str, Any] = {}
    for name, values in (*request.args.lists(), *request.form.lists()):
        sent[name.removesuffix("[]")] = values if name.endswith("[]") or len(values) > 1 else values[0]
    sent |= document if isinstance(document, dict) else {}
    return Fields({name: value for name, value in sent.items() if nulls or value is not None}, world().origin)
