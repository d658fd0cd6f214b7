"""``/scheduling_links`` and ``/shares``: addresses that can be booked once."""

from __future__ import annotations

import secrets
from datetime import date

from flask import Blueprint, Response

from sandbox import params
from sandbox.api.event_types import must_host, visible
from sandbox.errors import ApiError
from sandbox.fields import Fields
from sandbox.operations import Caller, known, operation, resource
from sandbox.rows.base import Row
from sandbox.rows.locations import KINDS
from sandbox.rules import read_rules
from sandbox.slots import rules_of

blueprint = Blueprint("scheduling_links", __name__)

PERIODS = ("available_moving", "moving", "fixed", "unlimited")


@operation(blueprint, "POST", "/scheduling_links", scope="scheduling_links:write")
def create(caller: Caller) -> Response:
    body = params.body()
    body.integer("max_event_count", 1, 1, required=True)
    body.text("owner_type", required=True, choices=("EventType",))
    event_type = visible(caller, known(body.uri("owner", "event_types", required=True)))
    must_host(caller, event_type)
    link = _link(event_type)
    params.world().data.scheduling_links.append(link)
    return resource(link, status=201)


@operation(blueprint, "POST", "/shares", scope="shares:write")
def share(caller: Caller) -> Response:
    body = params.body()
    event_type = visible(caller, known(body.uri("event_type", "event_types", required=True)))
    must_host(caller, event_type)
    if event_type["kind"] != "solo" or event_type["pooling_type"]:
        raise ApiError(403)
    row = {"scheduling_links": [_link(event_type)], "share_override": _override(body, event_type, caller.uri)}
    params.world().data.shares.append(row)
    return resource(row, status=201)


def _link(event_type: Row) -> Row:
    name = event_type["slug"] or event_type["name"].lower().replace(" ", "-")
    return {
        "booking_url": f"https://calendly.com/d/{secrets.token_hex(4)}/{name}",
        "owner": event_type["uri"],
        "owner_type": "EventType",
    }


def _override(body: Fields, event_type: Row, user: str) -> Row:
    """What was said, and of the event type what was not."""
    period = body.text("period_type", choices=PERIODS) or "unlimited"
    days: list[date | None] = [body.day(name, required=period == "fixed") for name in ("start_date", "end_date")]
    moving = period in ("moving", "available_moving")
    rule = body.object("availability_rule")
    own = rules_of(params.world(), event_type, user) or {"timezone": "UTC", "rules": []}
    options = body.integers("duration_options", 1, 720, 4)
    duration = body.integer("duration", 1, 720) or event_type["duration"]
    if options and duration not in options:
        raise body.fail("duration", "must be one of duration_options")
    return {
        "name": body.text("name", longest=55) or event_type["name"],
        "duration": duration,
        "duration_options": options or event_type["duration_options"],
        "period_type": period,
        "start_date": str(days[0]) if days[0] else None,
        "end_date": str(days[1]) if days[1] else None,
        "max_booking_time": body.integer("max_booking_time", 1, 10_000, required=moving),
        "hide_location": bool(body.boolean("hide_location")),
        "location_configurations": _locations(body, event_type),
        "availability_rule": {"rules": read_rules(rule), "timezone": rule.zone("timezone", required=True)}
        if rule
        else {"rules": own["rules"], "timezone": own["timezone"]},
    }


def _locations(body: Fields, event_type: Row) -> list[Row]:
    sent = body.objects("location_configurations")
    if sent is None:
        return [{**row, "position": place} for place, row in enumerate(event_type["locations"] or ())]
    rows = []
    for place, each in enumerate(sent):
        kind = each.text("kind", required=True, choices=KINDS)
        row = {name: each.text(name, longest=255) for name in ("location", "additional_info", "phone_number")}
        if kind == "inbound_call":
            each.need("phone_number")
        position = each.integer("position", 0, 100)
        shown = {name: value for name, value in row.items() if value is not None}
        rows.append({**shown, "position": place if position is None else position, "kind": kind})
    return rows
