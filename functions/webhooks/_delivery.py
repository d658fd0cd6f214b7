"""A delivery as Calendly signed it, read."""

import json
import math
from typing import Any

from calendly.errors import InvalidRequestError

MAX_DEPTH = 64
"""Calendly's own are not ten deep; what writes JSON gives up somewhere."""


class MalformedDeliveryError(InvalidRequestError):
    """Signed by Calendly, and not a webhook all the same."""


def parse(body: bytes) -> dict[str, Any]:
    """The webhook in a body: ``{"event", "created_at", "created_by", "payload"}``, and whatever else Calendly says.

    Raises:
        MalformedDeliveryError: it is not one.
    """
    try:
        document = json.loads(body, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        raise MalformedDeliveryError("The body is not JSON.") from None
    if _deeper_than(MAX_DEPTH, document):
        raise MalformedDeliveryError("The body is nested too deeply.")
    name = document.get("event") if isinstance(document, dict) else None
    if not (isinstance(name, str) and 0 < len(name) <= 128 and name.isprintable() and "payload" in document):
        raise MalformedDeliveryError("The body is not a webhook: it has no event, or no payload.")
    if not (isinstance(document.get("created_by"), str) and document["created_by"]):
        raise MalformedDeliveryError("The body does not say whose subscription it is for: it has no created_by.")
    found: dict[str, Any] = document
    return found


def _deeper_than(levels: int, value: Any) -> bool:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(levels == 1 or _deeper_than(levels - 1, member) for member in members)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
