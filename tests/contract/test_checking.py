"""What holds exchanges against the contract notices what does not agree with it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from tests.contract.checking import ContractChecked

ME = "https://api.calendly.com/users/AAAAAAAAAAAAAAAA"
ANY = {"status": 403, "json": {"title": "Permission Denied", "message": "No."}}
LINK = {"max_event_count": 1, "owner": ME, "owner_type": "EventType"}


def violations(method: str, path: str, *, authorization: str = "Bearer x", answer: Any = ANY, **sent: Any) -> list[str]:
    """What is said of one exchange."""

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        return Response(json.dumps(answer["json"]), answer["status"], content_type="application/json")(
            environ, start_response
        )

    checked = ContractChecked(app)
    Client(checked).open(path, method=method, headers={"Authorization": authorization}, **sent)
    return checked.violations


@pytest.mark.parametrize(
    ("method", "path", "how"),
    [
        ("GET", "/event_types", {"query_string": {"user": ME, "active": "true", "count": "20"}}),
        ("POST", "/scheduling_links", {"json": LINK}),
    ],
)
def test_what_agrees_is_not_told_of(method: str, path: str, how: dict[str, Any]) -> None:
    assert violations(method, path, **how) == []


@pytest.mark.parametrize(
    ("method", "path", "how", "said"),
    [
        ("GET", "/nothing", {}, "no such operation"),
        ("GET", "/event_types", {"authorization": ""}, "there is no token"),
        ("GET", "/event_types", {"query_string": {"count": "many"}}, 'is not of type "integer"'),
        ("GET", "/event_types", {"query_string": {"active": "yes"}}, 'is not of type "boolean"'),
        ("GET", "/scheduled_events", {"query_string": {"status": "gone"}}, "is not one of"),
        ("GET", "/scheduled_events", {"query_string": {"min_start_time": "today"}}, 'is not a "date-time"'),
        ("GET", "/user_busy_times", {}, "is a required property"),
        ("POST", "/scheduling_links", {"json": {**LINK, "max_event_count": "one"}}, 'is not of type "'),
        ("POST", "/scheduling_links", {"data": "{}", "content_type": "text/plain"}, "the body is text/plain"),
        ("GET", "/users/me", {"answer": {"status": 200, "json": {}}}, "is a required property"),
        ("GET", "/users/me", {"answer": {"status": 418, "json": {}}}, "has no status 418"),
    ],
)
def test_what_does_not_agree_is(method: str, path: str, how: dict[str, Any], said: str) -> None:
    (told,) = violations(method, path, **how)
    assert said in told
