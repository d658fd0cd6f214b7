"""What the drivers of Python clients share. It runs in a client's environment, so it needs the standard library alone.

``redirect`` changes the host of every request, and nothing else, in the transport below the client. ``operation`` runs
one operation and prints how it ended, as a line of JSON.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import os
import re
import urllib.parse
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

SANDBOX = os.environ["SANDBOX"]
TOKEN = os.environ["TOKEN"]
REDIRECT = "http://127.0.0.1:9/callback"
STATUSES: list[int] = []
LOOP = asyncio.new_event_loop()


def control(name: str, **document: Any) -> Any:
    body = json.dumps(document).encode() if name != "state" else None
    with urllib.request.urlopen(f"{SANDBOX}/_sandbox/{name}", body, timeout=30) as answer:
        return json.load(answer)


SEEDED: dict[str, list[str]] = control("state")["seeded"]


def uri(kind: str, number: int = 0) -> str:
    return SEEDED[kind][number]


def uuid(kind: str, number: int = 0) -> str:
    return last(uri(kind, number))


def last(text: str) -> str:
    return text.rsplit("/", 1)[1]


def days(number: float) -> str:
    return (datetime.now(timezone.utc) + timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")  # noqa: UP017


def booking() -> str:
    """The URI of an invitee of a new event."""
    return str(control("bookings")["invitees"][0])


def event_of(invitee: str) -> str:
    return invitee.split("/invitees/", maxsplit=1)[0]


def slot(event_type: str) -> str:
    query = urllib.parse.urlencode({"event_type": event_type, "start_time": days(1), "end_time": days(25)})
    headers = {"Authorization": f"Bearer {TOKEN}"}
    request = urllib.request.Request(f"{SANDBOX}/event_type_available_times?{query}", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(json.load(answer)["collection"][0]["start_time"])


def code(client_id: str) -> str:
    """An authorization code of the first user's."""
    query = {"client_id": client_id, "redirect_uri": REDIRECT, "response_type": "code", "scope": "default"}

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    url = f"{SANDBOX}/oauth/authorize?{urllib.parse.urlencode(query)}"
    try:
        urllib.request.build_opener(Stay).open(url, b"decision=allow", timeout=30)
    except urllib.error.HTTPError as answer:
        return str(urllib.parse.parse_qs(urllib.parse.urlsplit(answer.headers["Location"]).query)["code"][0])
    raise AssertionError("no redirect")


def redirect() -> None:
    """Let requests and httpx, whichever there is, go to the sandbox."""
    try:
        import requests.adapters as adapters
    except ImportError:
        pass
    else:
        send = adapters.HTTPAdapter.send

        def sent(self: Any, request: Any, *rest: Any, **how: Any) -> Any:
            request.url = _here(request.url)
            answer = send(self, request, *rest, **how)
            STATUSES.append(answer.status_code)
            return answer

        adapters.HTTPAdapter.send = sent
    try:
        import httpx
    except ImportError:
        return
    handle, handle_async = httpx.HTTPTransport.handle_request, httpx.AsyncHTTPTransport.handle_async_request

    def _move(request: Any) -> None:
        request.url = httpx.URL(_here(str(request.url)))
        request.headers["Host"] = request.url.netloc.decode()

    def handled(self: Any, request: Any) -> Any:
        _move(request)
        answer = handle(self, request)
        STATUSES.append(answer.status_code)
        return answer

    async def handled_async(self: Any, request: Any) -> Any:
        _move(request)
        answer = await handle_async(self, request)
        STATUSES.append(answer.status_code)
        return answer

    httpx.HTTPTransport.handle_request = handled
    httpx.AsyncHTTPTransport.handle_async_request = handled_async


def _here(url: str) -> str:
    return re.sub(r"^https://(api|auth)\.calendly\.com", SANDBOX, url)


def operation(name: str, call: Callable[[], Any], *, known: str = "") -> Any:
    """Run an operation. It works if it raises nothing and was answered with success alone.

    Args:
        known: why it cannot work with Calendly either, if so.
    """
    STATUSES.clear()
    found, why = None, ""
    try:
        found = call()
        if inspect.isawaitable(found):
            found = LOOP.run_until_complete(found)
    except Exception as error:
        why = f"{type(error).__name__}: {error}"
    if not why and not STATUSES:
        why = "it sent no request"
    if not why and max(STATUSES) >= 400:
        why = f"answered {max(STATUSES)}"
    print("INTEROP " + json.dumps({"operation": name, "why": " ".join(why.split())[:300], "known": known}), flush=True)
    return found
