"""The page at ``/``, as a browser gets it."""

from __future__ import annotations

import re

import pytest
import requests

from tests.conftest import Sandbox
from tests.integration.sandbox_calls import caller, receiver


@pytest.fixture
def page(sandbox: Sandbox) -> object:
    """The page's text."""
    sandbox.checked.paused = True  # the page is no operation of Calendly's

    def get(path: str = "/") -> str:
        answer = requests.get(f"{sandbox.url}{path}", timeout=9)
        assert answer.headers["Content-Type"].startswith("text/html")
        return answer.text

    return get


def test_it_says_first_what_it_does_not_do_and_shows_the_world(sandbox: Sandbox, page) -> None:  # type: ignore[no-untyped-def]
    text = page()
    data = sandbox.world.data
    assert 0 < text.index("What it does not do") < text.index("<table>")
    for user in data.users:
        assert user["email"] in text
    assert data.event_types[0]["name"] in text
    assert data.scheduled_events[-1]["name"] in text


def test_requests_are_shown_as_they_come(sandbox: Sandbox, page) -> None:  # type: ignore[no-untyped-def]
    assert "None yet" in page()
    call = caller(sandbox)
    call("GET", "/event_types", params={"user": sandbox.world.data.users[0]["uri"], "count": 3})
    call("GET", "/users/nobody", 404)
    requests.get(f"{sandbox.url}/oauth/authorize?client_id=x&state=secret-state", timeout=9)
    text = page()
    rows = re.findall(
        r"<code>(GET /[^<]*)</code>.*?<td class=\"less k\">(.*?)</td>\s*<td class=\"n \w+\">(\d+)<", text, re.S
    )
    assert rows[0][0::2] == ("GET /oauth/authorize", "400")
    assert rows[1] == ("GET /users/nobody", "Ada Lovelace", "404")
    assert rows[2][0].startswith("GET /event_types?user=")
    assert "secret-state" not in text


def test_faults_are_shown_and_do_not_strike_the_page(sandbox: Sandbox, page) -> None:  # type: ignore[no-untyped-def]
    sandbox.fault(path="*", status=503, times=2)
    sandbox.fault(path="/users/{uuid}", drop=True, after=True)
    text = page()
    assert "answers 503" in text
    assert "cuts the connection, after the work is done" in text
    caller(sandbox)("GET", "/users/me", 503)
    assert 'class="warn">fault' in page()
    assert not any(name.endswith(" /") for name in sandbox.sent())


def test_deliveries_are_shown_with_their_answers(sandbox: Sandbox, page) -> None:  # type: ignore[no-untyped-def]
    taken, server = receiver()
    data = sandbox.world.data
    hook = {"organization": data.organization, "scope": "organization", "events": ["invitee.created"]}
    caller(sandbox)("POST", "/webhook_subscriptions", 201, json={**hook, "url": f"{taken.url}/hook?key=hidden"})
    sandbox.control("bookings", name="<b>Eve</b>")
    taken.wait(1)
    while sandbox.state()["webhooks_pending"]:
        pass
    server.shutdown()
    text = page()
    assert re.search(rf"invitee\.created.*?{taken.url}/hook</code>.*?>200<", text, re.S)
    assert "hidden" not in text
    assert "&lt;b&gt;Eve" in text


def test_it_reloads_until_told_not_to_and_needs_no_network(sandbox: Sandbox, page) -> None:  # type: ignore[no-untyped-def]
    assert 'http-equiv="refresh"' in page()
    assert 'http-equiv="refresh"' not in page("/?still")
    assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", page())
