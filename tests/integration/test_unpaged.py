"""Lists that Calendly calls unpaged, should they come in pages after all; and successes that are not Calendly's."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from calendly import Api, Calendly, Deadline, StaticToken, Transport
from calendly.errors import CalendlyUnavailableError, OutcomeUnknownError
from tests.integration.serving import Server

ME = "https://api.calendly.com/users/AAAAAAAAAAAAAAAA"
RANGE = {"user": ME, "start_time": "2030-01-01T00:00:00Z", "end_time": "2030-01-02T00:00:00Z"}


def says(body: Any, status: str = "200 OK", content_type: str = "application/json") -> bytes:
    text = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(text)}\r\n\r\n"
    return head.encode() + text


def page(number: int, following: str | None) -> bytes:
    pagination = {"count": 1, "next_page": None, "next_page_token": following}
    row = {"uri": str(number), "start_time": f"2030-01-01T0{number}:00:00Z", "end_time": f"2030-01-01T0{number}:30:00Z"}
    return says({"collection": [row], "pagination": pagination, "beside": True})


def client(server: Server) -> Calendly:
    return Calendly(Api(Transport(sleep=lambda _: None), StaticToken("t"), deadline=Deadline(10), api=server.url))


LISTS: dict[str, Callable[[Calendly], Any]] = {
    "schedules": lambda calendly: calendly.user_availability_schedules.list(user=ME),
    "busy times": lambda calendly: calendly.user_busy_times.list(**RANGE),
    "a week": lambda calendly: calendly.user_busy_times.week(**RANGE),
}


@pytest.mark.parametrize("name", LISTS)
def test_pages_are_followed(serving: Callable[..., Server], name: str) -> None:
    server = serving(lambda number: page(number, f"token-{number}" if number < 3 else None))
    found = LISTS[name](client(server))
    assert [row["uri"] for row in found.rows] == ["1", "2", "3"]
    assert found.next_page_token is None
    asked = [parse_qs(urlsplit(request.split(b" ")[1].decode()).query) for request in server.requests]
    assert [query.pop("page_token", None) for query in asked] == [None, ["token-1"], ["token-2"]]
    assert asked == [asked[0]] * 3


@pytest.mark.parametrize("name", LISTS)
def test_one_page_is_as_it_came(serving: Callable[..., Server], name: str) -> None:
    server = serving(lambda number: says({"collection": [{"uri": str(number)}]}))
    assert LISTS[name](client(server)).rows == [{"uri": "1"}]


def test_a_token_that_comes_again_is_no_way_on(serving: Callable[..., Server]) -> None:
    server = serving(lambda number: page(1, "the same"))
    with pytest.raises(CalendlyUnavailableError, match="could not be read"):
        LISTS["schedules"](client(server))
    assert len(server.requests) == 2


WRITES: dict[str, Callable[[Calendly], Any]] = {
    "delete": lambda calendly: calendly.webhook_subscriptions.delete("A" * 16),
    "create": lambda calendly: calendly.scheduling_links.create("A" * 16),
}


@pytest.mark.parametrize("body", ["<html>Welcome</html>", "[]", "true", "{"])
@pytest.mark.parametrize("write", WRITES)
def test_a_success_that_is_not_calendlys_says_nothing_of_a_write(
    serving: Callable[..., Server], body: str, write: str
) -> None:
    server = serving(lambda _: says(body, content_type="text/html"))
    with pytest.raises(OutcomeUnknownError):
        WRITES[write](client(server))
    assert len(server.requests) == 1
