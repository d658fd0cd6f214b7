"""What call_calendly refuses before anything is sent: other hosts, and writes that nobody allowed."""

from __future__ import annotations

from typing import Any

import pytest

from calendly.client import Calendly
from calendly.errors import InvalidRequestError
from calendly.references import InvalidReferenceError, plain_path
from generate.catalog import FUNCTIONS, load
from tests.unit.test_doors import Context

HANDLER = load(FUNCTIONS / "call_calendly" / "call_calendly.py").handler

OTHER_HOSTS = [
    "",
    "/",
    "users/me",
    "//example.com/users",
    "/users//me",
    "/users/",
    "https://example.com/users",
    "https://api.calendly.com/users/me",
    "/\\example.com",
    "\\\\example.com",
    "/users/../../x",
    "/..",
    "/./users",
    "/users/.",
    "/users/%2e%2e/x",
    "/users%2Fme",
    "/users%252Fme",
    "/users?x=1",
    "/users#x",
    "/@example.com",
    "/users;x=1",
    "/users:80",
    "@example.com/",
    ".example.com/users",
    "/users/me\n",
    "/users/me\r\nHost: example.com",
    "/users /me",
    "\t/users",
    "/us\u00e9rs",
    "/\uff0f\uff0fexample.com",
    "/users/\u2024\u2024/x",
    "/users\x00",
]


@pytest.mark.parametrize("path", OTHER_HOSTS)
def test_a_path_is_on_calendlys_host(path: str) -> None:
    with pytest.raises(InvalidRequestError, match="path: "):
        HANDLER({"method": "GET", "path": path}, Context())
    with pytest.raises(InvalidReferenceError):
        Calendly(None).call("GET", path)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["/users/me", "/scheduled_events/a-b_c.d~e", "/new.thing/v2/...x"])
def test_a_plain_path_stays_as_it_is(path: str) -> None:
    assert plain_path(path) == path


@pytest.mark.parametrize(
    ("input", "told"),
    [
        ({"method": "POST", "path": "/notes"}, "allow_write: must be true: POST"),
        ({"method": "PUT", "path": "/notes", "confirm": True}, "allow_write: must be true: PUT"),
        ({"method": "DELETE", "path": "/contacts/AAAA", "allow_write": True}, "confirm: must be true"),
        ({"method": "DELETE", "path": "/contacts/AAAA", "confirm": True}, "allow_write: must be true"),
        ({"method": "POST", "path": "/data_compliance/deletion/x", "allow_write": True}, "confirm: must be true"),
        ({"method": "POST", "path": "/Data_Compliance/deletion/x", "allow_write": True}, "confirm: must be true"),
        ({"method": "GET", "path": "/notes", "body": {"a": 1}}, "body: can be given with a method that writes"),
        ({"method": "get", "path": "/notes"}, "method: must be"),
        ({"method": "HEAD", "path": "/notes"}, "method: must be"),
        ({"method": "GET", "path": "/notes", "query": {"a": {"b": 1}}}, "query.a"),
        ({"method": "POST", "path": "/notes", "body": [1], "allow_write": True}, "body: must be a JSON object"),
    ],
)
def test_what_is_not_allowed_is_told(input: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        HANDLER(input, Context())
    assert told in caught.value.message
