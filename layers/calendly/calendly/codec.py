"""Decodes and encodes JSON."""

from __future__ import annotations

import json
from typing import Any

_ESCAPED_SURROGATE = b"\\ud"


def decode(text: bytes) -> Any:
    """The value of a JSON text.

    Half a surrogate pair, as in a truncated name, becomes U+FFFD: Lambda's runtime cannot send it and ends the process.

    Raises:
        ValueError: the text is not JSON, or is nested too deeply.
    """
    try:
        value = json.loads(text, parse_constant=_refuse)
        if _ESCAPED_SURROGATE not in text.lower():
            return value
        said = json.dumps(value, ensure_ascii=False)
        return json.loads(said.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    except RecursionError:
        raise ValueError("JSON that is nested too deeply") from None


def encode(value: Any) -> bytes:
    """A JSON text in UTF-8, without whitespace."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")
