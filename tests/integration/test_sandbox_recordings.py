"""Shapes that were seen on Calendly's wire or are in its published examples, against the sandbox's own answers.

The values are made up; the names, their types and the texts are what counts.
"""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import pytest
import requests

from tests.conftest import APP, REDIRECT, Sandbox
from tests.integration.sandbox_calls import Caller, caller, in_days

URI = "uri"
TIME = "time"
_URI = re.compile(r"https?://\S+/\S+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

USER = {
    "uri": URI,
    "name": "John Doe",
    "slug": "acmesales",
    "email": "user@example.com",
    "scheduling_url": URI,
    "timezone": "America/New_York",
    "avatar_url": None,
    "created_at": TIME,
    "updated_at": TIME,
    "current_organization": URI,
}
QUESTION = {
    "name": "Company Name",
    "type": "string",
    "position": 0,
    "enabled": True,
    "required": True,
    "answer_choices": [],
    "include_other": False,
}
EVENT_TYPE = {
    "uri": URI,
    "name": "15 Minute Meeting",
    "active": True,
    "booking_method": "instant",
    "slug": "acmesales",
    "scheduling_url": URI,
    "duration": 30,
    "kind": "solo",
    "pooling_type": None,
    "type": "StandardEventType",
    "color": "#fff200",
    "created_at": TIME,
    "updated_at": TIME,
    "internal_note": None,
    "description_plain": None,
    "description_html": None,
    "profile": {"type": "User", "name": "Tamara Jones", "owner": URI},
    "secret": True,
    "deleted_at": None,
    "admin_managed": False,
    "custom_questions": [QUESTION],
}
EVENT = {
    "uri": URI,
    "name": "15 Minute Meeting",
    "status": "active",
    "start_time": TIME,
    "end_time": TIME,
    "event_type": URI,
    "location": {"type": "physical"},
    "invitees_counter": {"total": 0, "active": 0, "limit": 0},
    "created_at": TIME,
    "updated_at": TIME,
    "event_memberships": [{"user": URI}],
    "event_guests": [],
    "meeting_notes_html": None,
    "calendar_event": {"kind": "google", "external_id": "8suu9k3hj00mni03ss12ba0ce0"},
}
SCHEDULE = {
    "uri": URI,
    "default": True,
    "name": "Working Hours",
    "user": URI,
    "timezone": "America/New_York",
    "rules": [{"type": "wday", "intervals": [], "wday": "sunday"}],
}
LINK = {"booking_url": URI, "owner": URI, "owner_type": "EventType"}
BUSY = {"type": "calendly", "start_time": TIME, "end_time": TIME}
PAGES = {"count", "next_page", "previous_page", "next_page_token", "previous_page_token"}


def differences(seen: Any, answered: Any, path: str = "") -> list[str]:
    """What an answer does not have as it was seen. It may have more: Calendly added fields since."""
    if seen in (URI, TIME):
        pattern = _URI if seen == URI else _TIME
        return (
            [] if isinstance(answered, str) and pattern.fullmatch(answered) else [f"{path}: {answered!r} is no {seen}"]
        )
    if isinstance(seen, dict) and isinstance(answered, dict):
        missing = [f"{path}.{name} is missing" for name in seen.keys() - answered.keys()]
        return missing + [
            line
            for name in seen.keys() & answered.keys()
            for line in differences(seen[name], answered[name], f"{path}.{name}")
        ]
    if isinstance(seen, list) and isinstance(answered, list):
        return [line for each in answered for line in differences(seen[0], each, f"{path}[]")] if seen else []
    alike = seen is None or isinstance(answered, type(seen))
    return [] if alike else [f"{path}: {answered!r} is of another type than {seen!r}"]


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/users/me", USER),
        ("/users/{users}", USER),
        ("/event_types/{event_types}", EVENT_TYPE),
        ("/scheduled_events/{scheduled_events}", EVENT),
        ("/user_availability_schedules/{user_availability_schedules}", SCHEDULE),
    ],
)
def test_a_resource_has_the_shape_that_was_seen(sandbox: Sandbox, path: str, seen: Any) -> None:
    first = {kind: uris[0].rsplit("/", 1)[1] for kind, uris in sandbox.world.data.uris().items() if uris}
    answered = caller(sandbox)("GET", path.format(**first))
    assert list(answered) == ["resource"]
    assert differences(seen, answered["resource"]) == []


@pytest.mark.parametrize(
    ("path", "seen", "paged"),
    [
        ("/event_types?user={user}&count=2", EVENT_TYPE, True),
        ("/scheduled_events?user={user}&count=2", EVENT, True),
        ("/user_availability_schedules?user={user}", SCHEDULE, False),
        ("/user_busy_times?user={user}&start_time={start}&end_time={end}", BUSY, False),
    ],
)
def test_a_collection_has_the_shape_that_was_seen(sandbox: Sandbox, path: str, seen: Any, paged: bool) -> None:
    times = {"start": in_days(0.1)[:19] + "Z", "end": in_days(7)[:19] + "Z"}
    answered = caller(sandbox)("GET", path.format(user=sandbox.world.data.users[0]["uri"], **times))
    assert list(answered) == (["collection", "pagination"] if paged else ["collection"])
    assert answered["collection"]
    assert [line for row in answered["collection"] for line in differences(seen, row)] == []
    if paged:
        pagination = answered["pagination"]
        assert set(pagination) == PAGES
        assert pagination["count"] == len(answered["collection"])
        assert pagination["previous_page"] is None
        assert "count=2" in pagination["next_page"]
        assert f"page_token={pagination['next_page_token']}" in pagination["next_page"]


def test_busy_times_of_calendly_have_buffers_and_others_do_not(sandbox: Sandbox) -> None:
    sandbox.control("bookings", start_time=in_days(3)[:11] + "10:00:00Z")
    query = {"user": sandbox.world.data.users[0]["uri"], "start_time": in_days(0.1), "end_time": in_days(7)}
    rows = caller(sandbox)("GET", "/user_busy_times", params=query)["collection"]
    more = {"buffered_start_time": TIME, "buffered_end_time": TIME, "event": {"uri": URI}}
    for row in rows:
        if row["type"] == "calendly":
            assert differences({**BUSY, **more}, row) == []
        else:
            assert set(row) == set(BUSY)
    assert {row["type"] for row in rows} == {"calendly", "external"}


def test_a_single_use_link_has_the_shape_that_was_seen(sandbox: Sandbox) -> None:
    body = {"max_event_count": 1, "owner": sandbox.world.data.event_types[0]["uri"], "owner_type": "EventType"}
    answered = caller(sandbox)("POST", "/scheduling_links", 201, json=body)
    assert differences({"resource": LINK}, answered) == []
    assert re.fullmatch(r"https://calendly\.com/d/[a-z0-9-]+/[a-z0-9-]+", answered["resource"]["booking_url"])


INVALID = ("Invalid Argument", "The supplied parameters are invalid.")
DENIED = "Permission Denied"
FOREIGN = (DENIED, "This user is not in your organization")


@pytest.mark.parametrize(
    ("position", "path", "status", "said"),
    [
        (0, "/user_availability_schedules?user={foreign}", 403, FOREIGN),
        (0, "/user_busy_times?user={foreign}&start_time={start}&end_time={end}", 403, FOREIGN),
        (0, "/event_types?user={foreign}", 403, FOREIGN),
        (
            0,
            "/scheduled_events?organization={theirs}",
            403,
            (DENIED, "You do not have permission to access this resource."),
        ),
        (2, "/event_types?organization={ours}", 403, (DENIED, "You do not have permission")),
        (
            0,
            "/scheduled_events?user={other}",
            403,
            (DENIED, "Please also specify organization when requesting events for a user within your organization."),
        ),
        (
            0,
            "/users/nobody",
            404,
            ("Resource Not Found", "The server could not find the requested resource."),
        ),
        (0, "/event_types", 400, INVALID),
    ],
)
def test_a_refusal_has_the_words_that_were_seen(
    sandbox: Sandbox, position: int, path: str, status: int, said: tuple[str, str]
) -> None:
    data = sandbox.world.data
    known = {
        "foreign": data.foreign_users[0]["uri"],
        "other": data.users[1]["uri"],
        "ours": data.organization,
        "theirs": data.foreign_organization,
        "start": in_days(1)[:19] + "Z",
        "end": in_days(2)[:19] + "Z",
    }
    answered = caller(sandbox, position)("GET", path.format(**known), status)
    assert (answered["title"], answered["message"]) == said


def test_an_unknown_token_and_a_missing_scope_have_the_words_that_were_seen(sandbox: Sandbox) -> None:
    answered = Caller(sandbox, "nonsense")("GET", "/users/me", 401)
    assert answered == {"title": "Unauthenticated", "message": "The access token is invalid"}
    refused = caller(sandbox, scopes=["event_types:read"])("GET", "/users/me", 403)
    assert refused == {
        "title": "Insufficient scope",
        "message": "This operation requires the scopes listed in the 'required_scopes' array.",
        "required_scopes": ["users:read"],
    }


def test_a_missing_user_of_schedules_is_called_invalid(sandbox: Sandbox) -> None:
    assert caller(sandbox).details("GET", "/user_availability_schedules") == [("user", "invalid")]


def test_a_subscription_that_is_there_already_is_refused_in_the_words_that_were_seen(sandbox: Sandbox) -> None:
    call, data = caller(sandbox), sandbox.world.data
    hook = {"organization": data.organization, "user": data.users[0]["uri"], "scope": "user"}
    body = {**hook, "url": "https://example.com/twice", "events": ["invitee.created"]}
    call("POST", "/webhook_subscriptions", 201, json=body)
    answered = call("POST", "/webhook_subscriptions", 409, json=body)
    assert (answered["title"], answered["message"]) == ("Already Exists", "Hook with this url already exists")


def test_tokens_have_the_shape_that_was_seen(sandbox: Sandbox) -> None:
    query = {"client_id": APP.client_id, "redirect_uri": REDIRECT, "response_type": "code", "scope": "default"}
    consent = requests.Request("POST", f"{sandbox.url}/oauth/authorize", params=query).prepare().url
    back = requests.post(str(consent), data={"decision": "allow"}, allow_redirects=False, timeout=9)
    form = {
        "grant_type": "authorization_code",
        "redirect_uri": REDIRECT,
        "code": back.headers["Location"].split("=")[1],
    }
    who = (APP.client_id, str(APP.client_secret))
    answered = requests.post(f"{sandbox.url}/oauth/token", data=form, auth=who, timeout=9).json()
    seen = {
        "token_type": "Bearer",
        "access_token": "",
        "refresh_token": "",
        "scope": "default",
        "created_at": 1,
        "expires_in": 7200,
        "owner": URI,
        "organization": URI,
    }
    assert differences(seen, answered) == []
    assert set(answered) == set(seen)
    assert (answered["token_type"], answered["expires_in"]) == ("Bearer", 7200)
    head = answered["access_token"].split(".")[0]
    assert json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))["alg"] == "ES256"
    again = requests.post(f"{sandbox.url}/oauth/token", data=form, auth=who, timeout=9)
    assert again.status_code == 400
    assert again.json()["error"] == "invalid_grant"
    assert again.json()["error_description"].startswith("The provided authorization grant is invalid, expired, revoked")
