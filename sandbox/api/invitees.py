"""Invitees: ``/scheduled_events/{uuid}/invitees`` and ``/invitee_no_shows``. ``POST /invitees`` is in ``booking``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.api.scheduled_events import may_see, visible
from sandbox.bookings import mark_no_show, unmark_no_show
from sandbox.errors import ApiError
from sandbox.operations import Caller, find, known, operation, resource
from sandbox.pagination import by, paginate
from sandbox.rows.base import Row

blueprint = Blueprint("invitees", __name__)


@operation(blueprint, "GET", "/scheduled_events/{uuid}/invitees", scope="scheduled_events:read")
def list_invitees(caller: Caller, uuid: str) -> dict[str, Any]:
    event = visible(caller, uuid)
    status, email = params.text("status", choices=("active", "canceled")), params.query().email("email")
    rows = [
        row
        for row in params.world().data.invitees[event["uri"]]
        if (status is None or row["status"] == status) and (email is None or row["email"] == email)
    ]
    return paginate(by(rows, params.sort(("created_at",), "created_at:asc")))


@operation(blueprint, "GET", "/scheduled_events/{event_uuid}/invitees/{invitee_uuid}", scope="scheduled_events:read")
def retrieve(caller: Caller, event_uuid: str, invitee_uuid: str) -> Response:
    visible(caller, event_uuid)
    return resource(find(f"scheduled_events/{event_uuid}/invitees", invitee_uuid))


@operation(blueprint, "POST", "/invitee_no_shows", scope="scheduled_events:write")
def mark(caller: Caller) -> Response:
    body = params.body()
    invitee = _visible(caller, known(body.uri("invitee", "scheduled_events/*/invitees", required=True)))
    if invitee["no_show"]:
        raise body.fail("invitee", "is already marked as no show")
    if invitee["status"] == "canceled":
        raise body.fail("invitee", "is canceled")
    return resource(mark_no_show(params.world(), invitee), status=201)


@operation(blueprint, "GET", "/invitee_no_shows/{uuid}", scope="scheduled_events:read")
def retrieve_mark(caller: Caller, uuid: str) -> Response:
    row = find("invitee_no_shows", uuid)
    _visible(caller, known(row["invitee"]))
    return resource(row)


@operation(blueprint, "DELETE", "/invitee_no_shows/{uuid}", scope="scheduled_events:write")
def unmark(caller: Caller, uuid: str) -> Response:
    row = find("invitee_no_shows", uuid)
    invitee = _visible(caller, known(row["invitee"]))
    unmark_no_show(params.world(), invitee, row)
    return Response(status=204)


def _visible(caller: Caller, invitee: Row) -> Row:
    if not may_see(caller, known(invitee["event"])):
        raise ApiError(403)
    return invitee
