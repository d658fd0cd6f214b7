"""``/event_types`` and ``/one_off_event_types``."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response

from sandbox import params
from sandbox.announcements import announce
from sandbox.errors import ApiError, denied, invalid
from sandbox.fields import Fields
from sandbox.journal import log
from sandbox.operations import Caller, find, new_uri, operation, resource
from sandbox.pagination import by, paginate
from sandbox.rows.base import Row, now
from sandbox.rows.event_types import event_type_row, host_row
from sandbox.rows.locations import KINDS

blueprint = Blueprint("event_types", __name__)

LOCALES = ("de", "en", "es", "fr", "it", "nl", "pt", "uk")
BUFFERS = (0, 5, 10, 15, 30, 45, 60, 90, 120, 150, 180)


@operation(blueprint, "GET", "/event_types/{uuid}", scope="event_types:read")
def retrieve(caller: Caller, uuid: str) -> Response:
    return resource(visible(caller, find("event_types", uuid)))


@operation(blueprint, "GET", "/event_types", scope="event_types:read")
def list_event_types(caller: Caller) -> dict[str, Any]:
    user, organization = params.uri("user", "users"), params.uri("organization", "organizations")
    if not (user or organization):
        raise ApiError(
            400,
            details=[
                {"parameter": "user", "message": "user or organization is required"},
                {"parameter": "organization", "message": "user or organization is required"},
            ],
        )
    schedule = params.uri("user_availability_schedule", "user_availability_schedules")
    if schedule and not user:
        raise invalid("user", "is required with user_availability_schedule")
    active, managed = params.boolean("active"), params.boolean("admin_managed")
    if organization:
        caller.must_administer(organization)
    if user:
        caller.must_be(user)
    data = params.world().data
    primary = (data.schedule(user) or {}).get("uri") if user else None
    rows = [
        row
        for row in data.event_types
        if row["deleted_at"] is None
        and (not user or (row["profile"] or {}).get("owner") == user)
        and (not organization or organization_of(row) == organization)
        and (schedule is None or primary == schedule)
        and (active is None or row["active"] is active)
        and (managed is None or row["admin_managed"] is managed)
    ]
    return paginate(by(rows, params.sort(("name", "position", "created_at", "updated_at"), "name:asc")))


@operation(blueprint, "POST", "/event_types", scope="event_types:write")
def create(caller: Caller) -> Response:
    body = params.body()
    owner = body.uri("owner", "users", required=True) or ""
    name = body.need("name")
    changes = _changes(body)
    caller.must_be(owner)
    data = params.world().data
    host = data.known(owner)
    mine = [row for row in data.event_types if (row["profile"] or {}).get("owner") == owner]
    changes = {"active": False, "duration": 30, "position": len(mine), "custom_questions": [], **changes}
    row = event_type_row(
        new_uri("event_types"),
        name,
        changes.pop("duration"),
        profile={"type": "User", "name": host["name"], "owner": owner},
        page=host["scheduling_url"],
        created=now(),
        **{field: value for field, value in changes.items() if field != "name"},
    )
    _add(row, [host])
    _tell(caller, "created", row)
    return resource(row, status=201)


@operation(blueprint, "PATCH", "/event_types/{uuid}", scope="event_types:write")
def update(caller: Caller, uuid: str) -> Response:
    row = visible(caller, find("event_types", uuid))
    must_host(caller, row)
    if row["kind"] != "solo" or row["pooling_type"] or row["deleted_at"]:
        raise ApiError(403)
    row.update(_changes(params.body(), row["duration"]), updated_at=now())
    _tell(caller, "updated", row)
    return resource(row)


@operation(blueprint, "POST", "/one_off_event_types", scope="event_types:write")
def create_one_off(caller: Caller) -> Response:
    body = params.body()
    name = body.need("name", longest=55)
    host = body.uri("host", "users", required=True) or ""
    others = [body.reference("co_hosts", value, "users") for value in body.items("co_hosts") or ()]
    duration = body.integer("duration", 1, 720, required=True) or 0
    data = params.world().data
    hosts = [caller.must_share_organization(user) for user in dict.fromkeys([host, *others])]
    caller.must_be(host)
    zone = body.zone("timezone") or hosts[0]["timezone"]
    setting = _date_setting(body, zone)
    location = body.object("location")
    row = event_type_row(
        new_uri("event_types"),
        name,
        duration,
        profile={"type": "User", "name": hosts[0]["name"], "owner": host},
        page=f"https://calendly.com/d/{new_uri('')[-4:]}",
        created=now(),
        type="AdhocEventType",
        start_time_increment=None,
        pooling_type="collective" if len(hosts) > 1 else None,
        locations=[_location(location)] if location else None,
        custom_questions=[],
    )
    _add(row, hosts)
    data.behind.dates[row["uri"]] = setting
    _tell(caller, "created", row)
    return resource(row, status=201)


def visible(caller: Caller, event_type: Row) -> Row:
    """An event type of the caller's organization."""
    if organization_of(event_type) != caller.organization:
        raise denied("This user is not in your organization")
    return event_type


def must_host(caller: Caller, event_type: Row) -> None:
    if not caller.is_admin and caller.user not in params.world().data.hosts(event_type):
        raise ApiError(403)


def organization_of(event_type: Row) -> str:
    """Every event type has a host, also those of teams and those without a profile."""
    return str(params.world().data.hosts(event_type)[0]["current_organization"])


def _add(row: Row, hosts: list[Row]) -> None:
    data = params.world().data
    data.add("event_types", row)
    for host in hosts:
        data.add_host(host_row(new_uri("event_type_memberships"), row, host, created=now()))


def _tell(caller: Caller, verb: str, row: Row) -> None:
    world = params.world()
    payload = {name: value for name, value in row.items() if name != "description_html"}
    announce(world, f"event_type.{verb}", payload, [host["uri"] for host in world.data.hosts(row)])
    log(world, caller.user, f"EventType.{verb.capitalize()}", name=row["name"], uri=row["uri"])


def _changes(body: Fields, duration: int | None = None) -> Row:
    """The fields that were sent. What the API does not know, or cannot change, it ignores."""
    row: Row = {
        "name": body.text("name"),
        "active": body.boolean("active"),
        "duration": body.integer("duration", 1, 720),
        "duration_options": body.integers("duration_options", 1, 720, 4),
        "color": body.text("color"),
        "locale": body.text("locale", choices=LOCALES),
        "description_plain": body.text("description"),
        "start_time_increment": body.integer("start_time_increment", 5, 720),
        "before_buffer": _buffer(body, "before_buffer"),
        "after_buffer": _buffer(body, "after_buffer"),
    }
    if row["color"] and not re.fullmatch(r"#[a-f\d]{6}", row["color"]):
        raise body.fail("color", "is in invalid format")
    length = row["duration"] or duration or 30
    if row["duration_options"] and length not in row["duration_options"]:
        raise body.fail("duration", "must be one of duration_options")
    if row["description_plain"] is not None:
        row["description_html"] = f"<p>{row['description_plain']}</p>"
    locations = body.objects("locations")
    if locations is not None:
        row["locations"] = [_location(location) for location in locations]
    return {name: value for name, value in row.items() if value is not None}


def _buffer(body: Fields, name: str) -> int | None:
    value = body.integer(name, 0, 180)
    if value is not None and value not in BUFFERS:
        raise body.fail(name, f"must be one of: {', '.join(map(str, BUFFERS))}")
    return value


def _location(fields: Fields) -> Row:
    kind = fields.text("kind", required=True, choices=KINDS)
    if kind == "inbound_call":
        fields.need("phone_number")
    if kind in ("physical", "custom"):
        fields.need("location")
    sent = {name: fields.text(name) for name in ("location", "additional_info", "phone_number")}
    return {"kind": kind, **{name: value for name, value in sent.items() if value is not None}}


def _date_setting(body: Fields, zone: str) -> Row:
    """When it can be booked: ``{"type": "spots", "spots"}``, or days from one date to another."""
    setting = body.object("date_setting", required=True) or body
    kind = setting.text("type", required=True, choices=("date_range", "days_in_future", "spots"))
    today = datetime.now(ZoneInfo(zone)).date()
    row: Row = {"type": kind, "timezone": zone, "only_weekdays": False}
    if kind == "spots":
        spots = setting.objects("spots", required=True) or []
        times = [(spot.time("start_time"), spot.time("end_time")) for spot in spots]
        if any(first < datetime.now(UTC) or last <= first for first, last in times):
            raise setting.fail("spots", "must be in the future")
        kept = [{"start_time": first.isoformat(), "end_time": last.isoformat()} for first, last in times]
        return {**row, "spots": kept}
    if kind == "days_in_future":
        days = setting.integer("days", 0, 365, required=True) or 0
        weekdays = bool(setting.boolean("only_weekdays"))
        last = today + timedelta(days=days)
        return {**row, "start_date": str(today), "end_date": str(last), "only_weekdays": weekdays}
    start, end = (setting.day(name, required=True) or date.min for name in ("start_date", "end_date"))
    if end < today:
        raise setting.fail("end_date", "must be in the future")
    if not timedelta(0) <= end - start < timedelta(days=365):
        raise setting.fail("end_date", "must be within 365 days of start_date")
    return {**row, "start_date": str(start), "end_date": str(end)}
