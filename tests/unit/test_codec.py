"""JSON in and out: the fast way says what the standard library says, and takes what it takes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendly import codec

ANY_TEXT = st.text()
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(ANY_TEXT, inner, max_size=4),
    max_leaves=12,
)


@given(ANY_JSON)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_json_comes_back_as_it_went(value: Any) -> None:
    assert codec.decode(codec.encode(value)) == value
    assert json.loads(codec.encode(value)) == value
    assert codec.decode(json.dumps(value).encode()) == value


def test_it_is_compact_and_in_utf_8() -> None:
    assert codec.encode({"name": "Zoë", "rows": [1, None]}) == '{"name":"Zoë","rows":[1,null]}'.encode()


def test_half_a_surrogate_pair_is_read_as_what_utf_8_can_say() -> None:
    """Names are cut by whoever counts them in UTF-16. Lambda's runtime ends when it has to send such a half."""
    assert codec.decode(b'{"cut \\ud83d": ["\\ude00", "\\ud83d\\ude00", "Zo\xc3\xab"]}') == {
        "cut \ufffd": ["\ufffd", "\U0001f600", "Zoë"]
    }


def test_half_a_surrogate_pair_of_a_callers_own_is_escaped_and_nothing_else_is() -> None:
    assert codec.encode("Zoë \ud83d") == '"Zoë \\ud83d"'.encode()


def test_what_is_no_json_is_not_written() -> None:
    with pytest.raises(TypeError):
        codec.encode({"thing": object()})


def test_what_is_nested_deeper_than_the_fast_reader_goes_is_read() -> None:
    assert codec.decode(b"[" * 500 + b"]" * 500) == json.loads("[" * 500 + "]" * 500)


def test_a_time_is_written_in_iso_8601_also_beside_what_utf_8_cannot_say() -> None:
    moment = datetime(2026, 1, 31, 9, 0, 0, 123456, tzinfo=UTC)
    assert codec.encode({"at": moment}) == b'{"at":"2026-01-31T09:00:00.123456Z"}'
    assert b"2026-01-31" in codec.encode({"at": moment, "name": "\ud83d"})


@pytest.mark.parametrize("text", [b"", b"<html>", b"\xff", b"{", b"[" * 100_000, b"nul"], ids=lambda text: text[:8])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the reader calls it
        codec.decode(text)
