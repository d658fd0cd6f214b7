"""The wire as published clients met it: spellings, headers, connections."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
import requests

from tests.conftest import APP, REDIRECT, Sandbox
from tests.integration.sandbox_calls import caller


def test_a_body_may_be_a_form_or_the_query(sandbox: Sandbox) -> None:
    call, data = caller(sandbox), sandbox.world.data
    whose = {"scope": "user", "organization": data.organization, "user": data.users[0]["uri"]}
    form = [*whose.items(), ("url", "https://example.com/form"), ("events[]", "invitee.created")]
    made = call("POST", "/webhook_subscriptions", 201, data=[*form, ("events[]", "invitee.canceled")])["resource"]
    assert made["events"] == ["invitee.created", "invitee.canceled"]
    link = {"max_event_count": "1", "owner": data.event_types[0]["uri"] + "/", "owner_type": "EventType"}
    assert call("POST", "/scheduling_links", 201, params=link)["resource"]["owner"] == data.event_types[0]["uri"]
    assert call("POST", "/scheduling_links", 201, json=link)["resource"]["booking_url"]
    sandbox.checked.violations.clear()  # the contract knows JSON alone


@pytest.mark.parametrize("active", ["true", "True", "1"])
def test_spellings_of_filters_mean_the_same(sandbox: Sandbox, active: str) -> None:
    call, me = caller(sandbox), sandbox.world.data.users[0]["uri"]
    first = call("GET", "/event_types/", params={"user": me, "active": "true", "count": "1.0"})
    sandbox.checked.violations.clear()
    calendlys = me.replace(sandbox.url, "https://api.calendly.com") + "/"
    spelled = {"user": calendlys, "active": active, "count": 1, "page_token": first["pagination"]["next_page_token"]}
    second = call("GET", "/event_types", params=spelled)["collection"]
    assert second[0]["uri"] != first["collection"][0]["uri"]
    sandbox.checked.violations.clear()


def test_a_page_token_is_bound_to_what_its_filters_mean(sandbox: Sandbox) -> None:
    call, organization = caller(sandbox), sandbox.world.data.organization
    asked = {"organization": organization, "count": 2, "min_start_time": "2026-01-01T00:00:00Z"}
    token = call("GET", "/scheduled_events", params=asked)["pagination"]["next_page_token"]
    same = {**asked, "page_token": token, "min_start_time": "2026-01-01T01:00:00.000+01:00", "sort": "start_time:asc"}
    call("GET", "/scheduled_events", params=same)
    other = {**same, "min_start_time": "2026-01-01T01:00:00Z"}
    assert call.details("GET", "/scheduled_events", params=other) == [("page_token", "invalid")]


@pytest.mark.parametrize("name", ["user", "organization", "status", "count", "sort", "min_start_time", "invitee_email"])
def test_an_empty_parameter_is_refused(sandbox: Sandbox, name: str) -> None:
    call, organization = caller(sandbox), sandbox.world.data.organization
    asked = {"organization": organization, name: ""}
    assert [each[0] for each in call.details("GET", "/scheduled_events", params=asked)] == [name]


def test_headers_are_on_every_answer(sandbox: Sandbox) -> None:
    call = caller(sandbox)
    good, bad = call.answer("GET", "/users/me"), call.answer("GET", "/groups")
    for answer in (good, bad):
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["x-ratelimit-limit"] == "500"
        assert answer.headers["x-ratelimit-reset"] == "60"
        assert answer.headers["x-ratelimit-tier"]
        assert answer.headers["x-ratelimit-key"]
        assert answer.headers["x-request-id"]
        assert answer.headers["cache-control"]
    assert good.headers["x-request-id"] != bad.headers["x-request-id"]
    again = call.answer("GET", "/users/me", headers={"If-None-Match": good.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert requests.get(f"{sandbox.url}/users/me", timeout=9).headers["access-control-allow-origin"] == "*"


def test_a_preflight_is_answered_without_a_token(sandbox: Sandbox) -> None:
    asked = {"Origin": "https://example.com", "Access-Control-Request-Method": "PATCH"}
    asked["Access-Control-Request-Headers"] = "authorization,content-type"
    answer = requests.options(f"{sandbox.url}/contacts/x", headers=asked, timeout=9)
    assert answer.status_code == 204
    assert "PATCH" in answer.headers["access-control-allow-methods"]
    assert answer.headers["access-control-allow-headers"] == "authorization,content-type"


def test_a_method_that_a_path_does_not_have(sandbox: Sandbox) -> None:
    call = caller(sandbox)
    answer = call.answer("PUT", "/users/me")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert answer.json()["title"]
    for method, path in (("DELETE", "/event_types/x"), ("POST", "/event_type_memberships"), ("GET", "/nowhere")):
        assert call(method, path, 404)["title"] == "Resource Not Found"
    sandbox.checked.violations.clear()  # none of them is in the contract


def test_a_connection_stays_open(sandbox: Sandbox) -> None:
    headers = {"Authorization": f"Bearer {sandbox.token()}"}
    connection = http.client.HTTPConnection(sandbox.url.removeprefix("http://"), timeout=9)
    used = set()
    for number in range(6):
        # Every other request carries a body that nobody reads.
        body = json.dumps({"never": "read"}) if number % 2 else None
        token = {} if number % 3 == 2 else headers
        connection.request("GET" if body is None else "PUT", "/users/me", body, {**token})
        answer = connection.getresponse()
        assert answer.version == 11
        assert json.loads(answer.read())
        assert connection.sock is not None
        used.add(connection.sock.getsockname())
    connection.close()
    assert len(used) == 1
    sandbox.checked.violations.clear()  # no operation has that method


def test_a_request_that_is_cut_off_within_its_body_is_none(sandbox: Sandbox) -> None:
    address = urlsplit(sandbox.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as connection:
        head = f"POST /scheduling_links HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: 100\r\n\r\n"
        connection.sendall(head.encode() + b"{")
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(1000) == b""
    assert sandbox.world.requests == {}


def test_an_access_token_has_three_parts(sandbox: Sandbox) -> None:
    token = sandbox.token()
    assert token.startswith("eyJ")
    assert len(token.split(".")) == 3
    assert all(token.split("."))


def test_the_scope_from_before_there_were_scopes_allows_everything(sandbox: Sandbox) -> None:
    call = caller(sandbox, scopes=["default"])
    call("GET", "/users/me")
    call("GET", "/contacts")
    query = {"client_id": APP.client_id, "redirect_uri": REDIRECT, "response_type": "code", "scope": "default"}
    assert requests.get(f"{sandbox.url}/oauth/authorize", params=query, timeout=9).ok


def test_a_stray_access_token_does_not_hinder_an_exchange(sandbox: Sandbox) -> None:
    query = {"client_id": APP.client_id, "redirect_uri": REDIRECT, "response_type": "code", "scope": "users:read"}
    consent = f"{sandbox.url}/oauth/authorize?{urlencode(query)}"
    back = requests.post(consent, data={"decision": "allow"}, allow_redirects=False, timeout=9).headers["Location"]
    form = {"grant_type": "authorization_code", "code": back.rsplit("=", 1)[1], "redirect_uri": REDIRECT}
    form |= {"client_id": APP.client_id, "client_secret": str(APP.client_secret)}
    headers = {"Authorization": "Bearer stray"}
    answer = requests.post(f"{sandbox.url}/oauth/token", data=form, headers=headers, timeout=9)
    assert answer.json()["token_type"] == "Bearer"


def test_keys_are_in_calendlys_order(sandbox: Sandbox) -> None:
    call, data = caller(sandbox), sandbox.world.data
    rows: list[dict[str, Any]] = [
        call("GET", "/users/me")["resource"],
        call("GET", data.scheduled_events[0]["uri"])["resource"],
        call("GET", "/organization_memberships")["collection"][0]["user"],
    ]
    for row in rows:
        assert list(row) == sorted(row)


def test_nulls_and_empty_texts_are_where_they_were_seen(sandbox: Sandbox) -> None:
    data = sandbox.world.data
    assert {event["meeting_notes_html"] for event in data.scheduled_events} == {None}
    canceled = [event for event in data.scheduled_events if event["status"] == "canceled"]
    assert {event["cancellation"]["reason"] for event in canceled} == {"Something came up", "", None}
    locations = {event["location"]["type"]: event["location"] for event in data.scheduled_events}
    assert len(locations) == 10
    assert locations["inbound_call"]["additional_info"] == ""
    assert locations["zoom"]["data"]["settings"]["global_dial_in_numbers"]
    assert locations["microsoft_teams_conference"]["data"]["audioConferencing"]
    assert {row["profile"] and row["profile"]["type"] for row in data.event_types} == {"User", "Team", None}
    people = [invitee for rows in data.invitees.values() for invitee in rows]
    assert any(invitee["payment"] for invitee in people)
    assert any(invitee["no_show"] for invitee in people)
    assert any(invitee["tracking"]["utm_source"] for invitee in people)
    assert any(invitee["routing_form_submission"] for invitee in people)
    assert any(event["event_guests"] for event in data.scheduled_events)
