"""``/user_availability_schedules``, ``/user_busy_times`` and ``/user_meeting_limits``: none of them is paged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from sandbox import params
from sandbox.api.scheduled_events import hosts
from sandbox.bounds import at_least, at_most
from sandbox.errors import ApiError, invalid
from sandbox.operations import Caller, find, new_uri, operation, resource
from sandbox.rows.base import Row, in_order, stamp
from sandbox.rows.event_types import schedule_row
from sandbox.rules import read_rules
from sandbox.slots import lunches

blueprint = Blueprint("availability", __name__)

LIMITS = ("daily_limit", "weekly_limit", "monthly_limit")


@operation(blueprint, "GET", "/user_availability_schedules/{uuid}", scope="availability:read")
def retrieve(caller: Caller, uuid: str) -> Response:
    schedule = find("user_availability_schedules", uuid)
    caller.must_share_organization(schedule["user"])
    return resource(schedule)


@operation(blueprint, "GET", "/user_availability_schedules", scope="availability:read")
def list_schedules(caller: Caller) -> dict[str, Any]:
    user = str(params.uri("user", "users", required=True))
    caller.must_share_organization(user)
    rows = params.world().data.user_availability_schedules
    return {"collection": [in_order(row) for row in rows if row["user"] == user]}


@operation(blueprint, "POST", "/user_availability_schedules", scope="availability:write")
def create(caller: Caller) -> Response:
    body = params.body()
    name, zone = body.need("name"), body.zone("timezone") or caller.user["timezone"]
    rules = read_rules(body, earliest=datetime.now(ZoneInfo(zone)).date(), whole_week=True)
    uri = new_uri("user_availability_schedules")
    row = schedule_row(uri, name, caller.uri, rules, default=False, timezone=zone)
    params.world().data.add("user_availability_schedules", row)
    return resource(row, status=201)


@operation(blueprint, "PATCH", "/user_availability_schedules/{uuid}", scope="availability:write")
def update(caller: Caller, uuid: str) -> Response:
    row = find("user_availability_schedules", uuid)
    caller.must_share_organization(row["user"])
    if row["user"] != caller.uri:
        raise ApiError(403)
    body = params.body()
    zone, default = body.zone("timezone") or row["timezone"], body.boolean("default")
    changes: Row = {"timezone": zone}
    if body.says("name"):
        changes["name"] = body.need("name")
    if body.says("rules"):
        yesterday = datetime.now(ZoneInfo(zone)).date() - timedelta(days=1)
        changes["rules"] = read_rules(body, earliest=yesterday, whole_week=True)
    if default is False:
        raise body.fail("default", "must be true")
    if default:
        for other in params.world().data.user_availability_schedules:
            if other["user"] == row["user"]:
                other["default"] = other is row
    row.update(changes)
    return resource(row)


@operation(blueprint, "GET", "/user_meeting_limits", scope="availability:read")
def list_limits(caller: Caller) -> dict[str, Any]:
    return {"collection": [_limits(_myself(caller))]}


@operation(blueprint, "PATCH", "/user_meeting_limits", scope="availability:write")
def update_limits(caller: Caller) -> Response:
    user = _myself(caller)
    body = params.body(nulls=True)
    sent = {name: body.integer(name, 1, 9999) for name in LIMITS if body.says(name)}
    if not sent:
        raise ApiError(400)
    params.world().data.behind.limits.setdefault(user, {}).update(sent)
    return resource(_limits(user))


def _myself(caller: Caller) -> str:
    user = str(params.uri("user", "users", required=True))
    if user != caller.uri:
        raise ApiError(403)
    return user


def _limits(user: str) -> Row:
    kept = params.world().data.behind.limits.get(user, {})
    return {"user": user, **{name: kept.get(name) for name in LIMITS}}


@operation(blueprint, "GET", "/user_busy_times", scope="availability:read")
def list_busy_times(caller: Caller) -> dict[str, Any]:
    user = str(params.uri("user", "users", required=True))
    start, end = params.required_moment("start_time"), params.required_moment("end_time")
    if start < datetime.now(UTC):
        raise invalid("start_time", "start_time must be in the future")
    if end <= start:
        raise invalid("start_time", "start_time must be before end_time")
    if end - start > timedelta(days=7):
        raise invalid("end_time", "date range can be no greater than 1 week (7 days)")
    caller.must_share_organization(user)
    day = timedelta(days=1)
    external = [
        {"type": "external", "start_time": stamp(first), "end_time": stamp(last)}
        for first, last in lunches(start - day, end + day)
    ]
    rows = [*_booked(user, start, end), *(row for row in external if _overlaps(row, start, end))]
    return {"collection": sorted(rows, key=lambda row: row["start_time"])}


def _booked(user: str, start: datetime, end: datetime) -> list[Row]:
    rows = []
    for event in params.world().data.scheduled_events:
        if user in hosts(event) and event["status"] == "active" and _overlaps(event, start, end):
            membership = next(m for m in event["event_memberships"] if m["user"] == user)
            rows.append(
                {
                    "type": "calendly",
                    "start_time": event["start_time"],
                    "end_time": event["end_time"],
                    "buffered_start_time": membership["buffered_start_time"],
                    "buffered_end_time": membership["buffered_end_time"],
                    "event": {"uri": event["uri"]},
                }
            )
    return rows


def _overlaps(row: Row, start: datetime, end: datetime) -> bool:
    return at_most(row["start_time"], end) and at_least(row["end_time"], start)
