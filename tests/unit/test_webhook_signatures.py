"""Whether a delivery is Calendly's."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendly.webhooks import ForgedDeliveryError, StaleDeliveryError, verify

KEY, NOW, BODY = "signing-key", 1_790_000_000.0, b'{"event":"invitee.created"}'


def signed(moment: int, body: bytes = BODY, key: str = KEY) -> str:
    """As Calendly documents it, written down anew."""
    return hmac.new(key.encode(), str(moment).encode() + b"." + body, hashlib.sha256).hexdigest()


def header(moment: int, **how: str) -> str:
    return f"t={moment},v1={signed(moment, **how)}"


@pytest.mark.parametrize("age", [0, 179, 180, -180])
def test_a_signature_of_the_last_three_minutes_is_good(age: int) -> None:
    verify(BODY, header(int(NOW) - age), KEY, NOW)


@pytest.mark.parametrize("age", [181, -181, 86_400])
def test_an_older_one_and_one_from_the_future_are_stale(age: int) -> None:
    with pytest.raises(StaleDeliveryError):
        verify(BODY, header(int(NOW) - age), KEY, NOW)


def test_the_body_the_time_and_the_key_are_signed() -> None:
    good = header(int(NOW))
    for body, claimed, key in (
        (BODY + b" ", good, KEY),
        (BODY, good.replace(f"t={int(NOW)}", f"t={int(NOW) + 1}"), KEY),
        (BODY, good, "another-key"),
        (BODY, good[:-1] + ("0" if good[-1] != "0" else "1"), KEY),
    ):
        with pytest.raises(ForgedDeliveryError):
            verify(body, claimed, key, NOW)


def test_another_signature_beside_the_good_one_does_no_harm() -> None:
    """While a key is rotated, there may be two; a later version may be there, too."""
    moment = int(NOW)
    verify(BODY, f"t={moment}, v1=00, v1={signed(moment)}, v2=x", KEY, NOW)


@pytest.mark.parametrize(
    "given", ["", "v1=", "t=,v1=", "t=1", "t=1,v1", f"t={int(NOW)}", "t=x,v1=y", f"t=1,{header(int(NOW))}", "t=٣,v1=x"]
)
def test_a_header_that_is_none_is_a_forgery(given: str) -> None:
    with pytest.raises(ForgedDeliveryError):
        verify(BODY, given, KEY, NOW)


@given(body=st.binary(max_size=100), given=st.text(max_size=200))
def test_nothing_else_passes_or_breaks(body: bytes, given: str) -> None:
    with pytest.raises((ForgedDeliveryError, StaleDeliveryError)):
        verify(body, given, KEY, NOW)


def test_errors_hold_neither_the_key_nor_the_signature() -> None:
    with pytest.raises(ForgedDeliveryError) as caught:
        verify(BODY, header(int(NOW), key="x"), KEY, NOW)
    assert KEY not in str(caught.value)
    assert signed(int(NOW)) not in str(caught.value)
