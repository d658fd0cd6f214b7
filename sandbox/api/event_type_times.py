"""When event types can be booked, and who hosts them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.api.event_types import must_host, visible
from sandbox.bounds import at_least, at_most
from sandbox.errors import ApiError, invalid
from sandbox.operations import Caller, known, operation, resource
from sandbox.pagination import by, paginate
from sandbox.rows.base import Row, stamp
from sandbox.rules import read_rules
from sandbox.slots import rules_of, slots

blueprint = Blueprint("event_type_times", __name__)

LONGEST = timedelta(days=31)


@operation(blueprint, "GET", "/event_type_available_times", scope="availability:read")
def list_available_times(caller: Caller) -> dict[str, Any]:
    event_type = params.uri("event_type", "event_types", required=True)
    start, end = params.required_moment("start_time"), params.required_moment("end_time")
    if start <= datetime.now(UTC):
        raise invalid("start_time", "start_time must be in the future")
    if end <= start:
        raise invalid("start_time", "start_time must be before end_time")
    if end - start > LONGEST:
        raise invalid("end_time", "date range can be no greater than 31 days")
    row = visible(caller, known(event_type))
    return {
        "collection": [
            {
                "invitees_remaining": slot.remaining,
                "scheduling_url": _page(row, slot.start),
                "start_time": stamp(slot.start),
                "status": "available",
            }
            for slot in slots(params.world(), row, start, end + timedelta(seconds=1))
            if at_least(stamp(slot.start), start) and at_most(stamp(slot.start), end)
        ]
    }


def _page(event_type: Row, start: datetime) -> str:
    moment = start.strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{event_type['scheduling_url']}/{moment}?month={moment[:7]}&date={moment[:10]}"


@operation(blueprint, "GET", "/event_type_memberships", scope="event_types:read")
def list_hosts(caller: Caller) -> dict[str, Any]:
    event_type = visible(caller, known(params.uri("event_type", "event_types", required=True)))
    rows = params.world().data.event_type_memberships
    mine = [row for row in rows if row["event_type"]["uri"] == event_type["uri"]]
    return paginate(by(mine, [("created_at", False)]))


@operation(blueprint, "GET", "/event_type_availability_schedules", scope="availability:read")
def list_schedules(caller: Caller) -> dict[str, Any]:
    event_type = visible(caller, known(params.uri("event_type", "event_types", required=True)))
    return paginate([_schedule(event_type, host["uri"]) for host in params.world().data.hosts(event_type)])


@operation(blueprint, "PATCH", "/event_type_availability_schedules", scope="availability:write")
def update_schedule(caller: Caller) -> Response:
    event_type = visible(caller, known(params.query().uri("event_type", "event_types", required=True)))
    must_host(caller, event_type)
    body = params.body()
    body.text("availability_setting", choices=("host",))
    rule = body.object("availability_rule", required=True) or body
    zone, rules = rule.zone("timezone", required=True), read_rules(rule)
    user = rule.uri("user", "users") or caller.uri
    if user not in [host["uri"] for host in params.world().data.hosts(event_type)]:
        raise rule.fail("user", "must be a host of the event type")
    if user != caller.uri and not caller.is_admin:
        raise ApiError(403)
    params.world().data.behind.rules[event_type["uri"], user] = {"timezone": zone, "rules": rules}
    return resource(_schedule(event_type, user))


def _schedule(event_type: Row, user: str) -> Row:
    found = rules_of(params.world(), event_type, user) or {"timezone": "UTC", "rules": []}
    rule = {"timezone": found["timezone"], "name": found.get("name"), "user": user, "rules": found["rules"]}
    if "uri" in found:
        rule["uri"] = found["uri"]
    return {"availability_rule": rule, "availability_setting": "host", "event_type": event_type["uri"]}
