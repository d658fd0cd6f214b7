"""``/user_availability_schedules`` and ``/user_busy_times``: neither is paged."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.api.scheduled_events import hosts
from sandbox.errors import invalid
from sandbox.operations import Caller, find, operation, resource
from sandbox.rows.base import Row, stamp

blueprint = Blueprint("availability", __name__)


@operation(blueprint, "GET", "/user_availability_schedules/{uuid}", scope="availability:read")
def retrieve(caller: Caller, uuid: str) -> Response:
    schedule = find("user_availability_schedules", uuid)
    caller.must_share_organization(schedule["user"])
    return resource(schedule)


@operation(blueprint, "GET", "/user_availability_schedules", scope="availability:read")
def list_schedules(caller: Caller) -> dict[str, Any]:
    user = str(params.uri("user", "users", required=True))
    caller.must_share_organization(user)
    return {"collection": [row for row in params.world().data.user_availability_schedules if row["user"] == user]}


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
    rows = [*_booked(user, start, end), *_lunches(start, end)]
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


def _lunches(start: datetime, end: datetime) -> list[Row]:
    """Everybody's own calendar says lunch at noon UTC."""
    rows = []
    noon = start.replace(hour=12, minute=0, second=0, microsecond=0)
    while noon < end:
        row = {"type": "external", "start_time": stamp(noon), "end_time": stamp(noon + timedelta(hours=1))}
        if _overlaps(row, start, end):
            rows.append(row)
        noon += timedelta(days=1)
    return rows


def _overlaps(row: Row, start: datetime, end: datetime) -> bool:
    return bool(row["start_time"] < stamp(end) and row["end_time"] > stamp(start))
