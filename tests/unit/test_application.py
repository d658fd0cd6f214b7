"""The OAuth application as people store it: white space is left out, and what is wrong is told in words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.application import digest_of, parse

GOOD = {"client_id": "an-id", "client_secret": "a-secret", "webhook_signing_key": "a-key"}


def test_what_is_good() -> None:
    found = parse(json.dumps(GOOD), "s/oauth-app")
    assert (found.state, found.problem) == ("ok", None)
    assert (found.client_id, found.client_secret, found.webhook_signing_key) == ("an-id", "a-secret", "a-key")


def test_white_space_around_what_is_stored_is_left_out() -> None:
    found = parse(json.dumps({name: f" {value}\r\n" for name, value in GOOD.items()}) + "\n", "s/oauth-app")
    assert found == parse(json.dumps(GOOD), "s/oauth-app")


def test_no_webhooks_no_signing_key() -> None:
    found = parse(json.dumps({"client_id": "an-id", "client_secret": "a-secret"}), "s/oauth-app")
    assert (found.state, found.webhook_signing_key) == ("ok", None)


@pytest.mark.parametrize(
    ("text", "state", "says"),
    [
        (None, "missing", "holds no OAuth application"),
        ("", "missing", "holds no OAuth application"),
        ("{}", "missing", "holds no OAuth application"),
        ('{"webhook_signing_key": "a-key"}', "missing", "holds no OAuth application"),
        ("client_id=x", "malformed", "is not JSON"),
        ('{"client_id": "x",}', "malformed", "is not JSON"),
        ('["x"]', "malformed", "is not a JSON object"),
        ('"x"', "malformed", "is not a JSON object"),
        ("[" * 100_000, "malformed", "is not JSON"),
        ('{"client_id": "x"}', "incomplete", "client_secret is missing"),
        ('{"client_secret": "hush-hush"}', "incomplete", "client_id is missing"),
        ('{"client_id": 7, "client_secret": "hush-hush"}', "incomplete", "client_id is not text"),
        ('{"client_id": "x", "client_secret": null}', "incomplete", "client_secret is missing"),
        ('{"client_id": "x", "client_secret": "  "}', "incomplete", "client_secret is empty"),
        ('{"client_id": "x", "client_secret": ["hush-hush"]}', "incomplete", "client_secret is not text"),
        ('{"client_id": "x", "client_secret": "hush hush-hush"}', "incomplete", "client_secret has characters"),
        ('{"client_id": "x\\ny", "client_secret": "hush-hush"}', "incomplete", "client_id has characters"),
        ('{"client_id": "x", "client_secret": "h", "webhook_signing_key": 7}', "incomplete", "webhook_signing_key"),
    ],
)
def test_what_is_wrong_is_told(text: str | None, state: str, says: str) -> None:
    found = parse(text, "s/oauth-app")
    assert found.state == state
    assert says in str(found.problem)
    assert "aws secretsmanager put-secret-value --secret-id s/oauth-app" in str(found.problem)
    assert "hush" not in str(found.problem) + repr(found)


def test_a_key_that_is_wrong_stops_webhooks_and_no_account() -> None:
    found = parse(json.dumps({**GOOD, "webhook_signing_key": 7}), "s/oauth-app")
    assert (found.client_id, found.webhook_signing_key) == ("an-id", None)


def test_a_digest_tells_credentials_apart_and_nothing_of_them() -> None:
    assert digest_of("a", "b") == digest_of("a", "b")
    others: list[Any] = [digest_of("a", "c"), digest_of("ab", ""), digest_of("", "ab")]
    assert digest_of("a", "b") not in others
    assert "a-secret" not in str(parse(json.dumps(GOOD), "s").digest)
