"""Bodies and headers of any kind at the webhook receiver: refused, or told of, and never a bug."""

from __future__ import annotations

import base64
import json
import re
import time
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.deliveries import signature
from tests.e2e.conftest import Running
from tests.e2e.test_webhooks import SIGNATURE, key
from tests.sizes import size

HEADERS = st.one_of(
    st.none(),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=200),
    st.builds("t={},v1={}".format, st.integers(), st.text("0123456789abcdef", max_size=70)),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=20), inner, max_size=5),
)
FINITE_JSON = JSON.filter(lambda value: not {"NaN", "Infinity"} & set(re.findall(r"\w+", json.dumps(value))))
BODIES = st.one_of(
    st.binary(max_size=300),
    st.builds(lambda value: json.dumps(value).encode(), JSON),
    st.builds(
        lambda event, payload: json.dumps({"event": event, "payload": payload}).encode(),
        st.text(max_size=200) | JSON,
        JSON,
    ),
)
FUZZ = settings(
    max_examples=size(50, 150),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def invoke(running: Running, body: Any, headers: Any, **more: Any) -> Any:
    """The receiver with a proxy event of any kind, past what an HTTP client would send."""
    event = {"httpMethod": "POST", "requestContext": {}, "pathParameters": {"account": "default"}}
    return running.direct("ReceiveWebhook", **{**event, "body": body, "headers": headers, **more})


@FUZZ
@given(body=BODIES, header=HEADERS, encoded=st.booleans())
def test_whatever_is_not_signed_is_refused(running: Running, body: bytes, header: str | None, encoded: bool) -> None:
    puts = running.aws.calls["PutEvents"]
    text = base64.b64encode(body).decode() if encoded else body.decode(errors="replace")
    answer = invoke(running, text, {SIGNATURE: header, "x": None}, isBase64Encoded=encoded)
    assert 400 <= answer["statusCode"] < 500
    assert_tells_nothing(answer)
    assert running.aws.calls["PutEvents"] == puts


@FUZZ
@given(body=BODIES)
def test_whatever_is_signed_is_an_event_or_told_of(running: Running, body: bytes) -> None:
    signed = signature(body, int(time.time()), key(running))
    answer = invoke(running, base64.b64encode(body).decode(), {SIGNATURE.upper(): signed}, isBase64Encoded=True)
    assert answer["statusCode"] in (200, 403)  # of an account that it does not belong to
    assert_tells_nothing(answer)


@FUZZ
@given(body=FINITE_JSON, headers=FINITE_JSON, path=FINITE_JSON, encoded=FINITE_JSON)
def test_a_proxy_event_of_any_kind_is_refused(
    running: Running, body: Any, headers: Any, path: Any, encoded: Any
) -> None:
    answer = invoke(running, body, headers, pathParameters=path, isBase64Encoded=encoded)
    assert 400 <= answer["statusCode"] < 500
    assert_tells_nothing(answer)


def assert_tells_nothing(answer: dict[str, Any]) -> None:
    assert "Traceback" not in answer["body"]
    assert ".py" not in answer["body"]
