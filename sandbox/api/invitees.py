"""``/scheduled_events/{uuid}/invitees``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.api.scheduled_events import hosts
from sandbox.errors import denied
from sandbox.operations import Caller, find, operation, resource
from sandbox.pagination import by, paginate
from sandbox.rows.base import Row

blueprint = Blueprint("invitees", __name__)


@operation(blueprint, "GET", "/scheduled_events/{uuid}/invitees", scope="scheduled_events:read")
def list_invitees(caller: Caller, uuid: str) -> dict[str, Any]:
    event = _event(caller, uuid)
    status, email = params.text("status", choices=("active", "canceled")), params.text("email")
    rows = [
        row
        for row in params.world().data.invitees[event["uri"]]
        if (status is None or row["status"] == status) and (email is None or row["email"] == email)
    ]
    return paginate(by(rows, params.sort(("created_at",), "created_at:asc")))


@operation(blueprint, "GET", "/scheduled_events/{event_uuid}/invitees/{invitee_uuid}", scope="scheduled_events:read")
def retrieve(caller: Caller, event_uuid: str, invitee_uuid: str) -> Response:
    _event(caller, event_uuid)
    return resource(find(f"scheduled_events/{event_uuid}/invitees", invitee_uuid))


def _event(caller: Caller, uuid: str) -> Row:
    event = find("scheduled_events", uuid)
    if caller.uri not in hosts(event) and not caller.is_admin:
        raise denied("You are not allowed to view this event")
    return event
