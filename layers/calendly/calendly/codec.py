"""JSON as it goes over the wire, by pydantic's own reader and writer: a few times as fast as the standard library's."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pydantic_core import PydanticSerializationError, from_json, to_json


def decode(text: bytes) -> Any:
    """What a JSON text says. Raises ValueError where it is none."""
    try:
        return from_json(text)
    except ValueError:
        return _leniently(text)


def encode(value: Any) -> bytes:
    """A JSON text, without needless space and in UTF-8; a time is written in ISO 8601."""
    try:
        return to_json(value)
    except PydanticSerializationError:
        # UTF-8 cannot say half a surrogate pair, which a caller's own words may hold; an escape can.
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_time)
        return text.encode("utf-8", "backslashreplace")


def _leniently(text: bytes) -> Any:
    """JSON that the fast reader refuses: nested beyond 200, or with half a surrogate pair, as in a name that was cut.

    Such a half becomes U+FFFD. Whatever carries an answer on does so in UTF-8, and Lambda's runtime ends if it cannot.
    """
    try:
        said = json.dumps(json.loads(text), ensure_ascii=False)
        return json.loads(said.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except RecursionError:
        raise ValueError("JSON that is nested too deeply") from None


def _time(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is no JSON")
