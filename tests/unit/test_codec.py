"""JSON in and out."""

from __future__ import annotations

import json
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


@pytest.mark.parametrize(
    "text",
    [b"", b"<html>", b"\xff", b"{", b"[" * 100_000, b"nul", b"NaN", b'{"a": Infinity}'],
    ids=lambda text: text[:8],
)
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whatever the reader calls it
        codec.decode(text)
