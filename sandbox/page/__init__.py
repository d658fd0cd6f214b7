"""The page at ``/``: what is in the sandbox and what happens to it, for people."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import unquote, urlsplit

from flask import Blueprint, Flask, Response, g, render_template, request

from sandbox import params
from sandbox.faults import Fault
from sandbox.rows.base import Row
from sandbox.world import World

blueprint = Blueprint("page", __name__, template_folder=".")

ROWS = 12
REQUESTS = 40
_LONGEST = 160


@dataclass(frozen=True)
class Asked:
    """One request: when, by whom, what it was answered, and whether a fault struck it."""

    at: str
    who: str
    method: str
    path: str
    status: int
    milliseconds: int
    fault: bool


def is_page(path: str) -> bool:
    """Whether a request is for the page, and none of Calendly's."""
    return path == "/"


@blueprint.get("/")
def page() -> str:
    world = params.world()
    with world.lock:
        shown = {"world": world, "rows": ROWS, "moving": "still" not in request.args, **_people(world), **_wire(world)}
        return render_template("page.html", **shown)


def watch(app: Flask) -> None:
    """Keep the last requests. Has to be installed first, so that it sees what the others made of an answer."""

    @app.before_request
    def begin() -> None:
        g.began = time.perf_counter()
        request.environ.setdefault("sandbox.faults", [])

    @app.after_request
    def note(response: Response) -> Response:
        if not is_page(request.path):
            took = round((time.perf_counter() - g.began) * 1000)
            struck = bool(request.environ["sandbox.faults"])
            who = _who(params.world())
            request.environ["sandbox.asked"].appendleft(
                Asked(_clock(), who, request.method, _shown(), response.status_code, took, struck)
            )
        return response


def _people(world: World) -> dict[str, Any]:
    data = world.data
    booked = Counter(event["event_type"] for event in data.scheduled_events)
    owned = Counter((row["profile"] or {}).get("owner") for row in data.event_types)
    newest = (
        (event, invitee)
        for event in reversed(data.scheduled_events)
        for invitee in reversed(data.invitees[event["uri"]])
    )
    return {
        "organization": data.known(data.organization),
        "users": [(user, data.role(user["uri"]) or "removed", owned[user["uri"]]) for user in islice(data.users, ROWS)],
        "event_types": [
            (row, ", ".join(host["name"] for host in data.hosts(row)[:3]), booked[row["uri"]])
            for row in islice(data.event_types, ROWS)
        ],
        "bookings": list(islice(newest, ROWS)),
        "counts": {
            "users": len(data.users),
            "event types": len(data.event_types),
            "events": len(data.scheduled_events),
            "invitees": sum(map(len, data.invitees.values())),
            "contacts": len(data.contacts),
            "webhook subscriptions": len(data.webhook_subscriptions),
        },
    }


def _wire(world: World) -> dict[str, Any]:
    return {
        "asked": list(request.environ["sandbox.asked"]),
        "faults": [(fault, _effect(fault)) for fault in world.faults],
        "sent": [
            (_clock(each.at), each.event, _without_query(each.url), each.kind, each.attempt, each.outcome)
            for each in islice(reversed(world.deliveries.recent), ROWS)
        ],
        "tokens": sum(not grant.revoked for grant in world.grants()),
    }


def _effect(fault: Fault) -> str:
    found = [f"waits {fault.delay} s"] if fault.delay else []
    if fault.drop:
        found.append("cuts the connection")
    elif fault.status is not None:
        found.append(f"answers {fault.status}")
    elif fault.body is not None:
        found.append("answers another body")
    return ", ".join(found or ["changes nothing"]) + (", after the work is done" if fault.after else "")


def _who(world: World) -> str:
    """The name of the user whose token a request has."""
    token = world.access_tokens.get(request.headers.get("Authorization", "").partition(" ")[2])
    user: Row = (token and world.data.get(token.grant.user)) or {}
    return str(user.get("name", ""))


def _shown() -> str:
    """The path with its query; without it where codes and secrets may be in it."""
    if request.path.startswith("/oauth") or not request.query_string:
        return request.path
    query = unquote(request.query_string.decode(errors="replace"))
    text = f"{request.path}?{query.replace(params.world().origin, '')}"
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _without_query(url: str) -> str:
    return urlsplit(url)._replace(query="", fragment="").geturl()


def _clock(moment: float | None = None) -> str:
    return datetime.fromtimestamp(time.time() if moment is None else moment).strftime("%H:%M:%S")
