"""``/event_types``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.errors import ApiError, denied, invalid
from sandbox.operations import Caller, find, operation, resource
from sandbox.pagination import by, paginate
from sandbox.rows.base import Row

blueprint = Blueprint("event_types", __name__)


@operation(blueprint, "GET", "/event_types/{uuid}", scope="event_types:read")
def retrieve(caller: Caller, uuid: str) -> Response:
    event_type = find("event_types", uuid)
    if _organization(event_type) != caller.organization:
        raise denied("This user is not in your organization")
    return resource(event_type)


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
        caller.must_share_organization(user)
        if user != caller.uri and not caller.is_admin:
            raise ApiError(403)
    rows = [
        row
        for row in params.world().data.event_types
        if (not user or _owner(row) == user)
        and (not organization or _organization(row) == organization)
        and (schedule is None or _primary_schedule(user) == schedule)
        and (active is None or row["active"] is active)
        and (managed is None or row["admin_managed"] is managed)
    ]
    order = params.sort(("name", "position", "created_at", "updated_at"), "name:asc")
    return paginate(by(rows, order))


def _primary_schedule(user: str | None) -> str | None:
    """All event types of a user follow their default schedule."""
    schedules = params.world().data.user_availability_schedules
    return next((row["uri"] for row in schedules if row["user"] == user and row["default"]), None)


def _owner(event_type: Row) -> str | None:
    return event_type["profile"]["owner"] if event_type["profile"] else None


def _organization(event_type: Row) -> str:
    """Every event type has a host, also those of teams and those without a profile."""
    return str(params.world().data.hosts(event_type)[0]["current_organization"])
