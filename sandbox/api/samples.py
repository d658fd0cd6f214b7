"""``/sample_webhook_data``: what a delivery of an event looks like, made from what there is."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox import params
from sandbox.api.meeting_recaps import recap_payload
from sandbox.api.webhook_subscriptions import check_event, owner_of
from sandbox.contacts import shown
from sandbox.errors import ApiError
from sandbox.operations import Caller, operation
from sandbox.rows.base import Row, in_order, now
from sandbox.rows.events import cancellation_row, invitee_payload
from sandbox.rows.webhooks import delivery_document

blueprint = Blueprint("samples", __name__)


@operation(blueprint, "GET", "/sample_webhook_data", scope="webhooks:read")
def sample(caller: Caller) -> Response:
    name = str(params.text("event", required=True))
    scope, _ = owner_of(caller, params.query())
    check_event(caller, name, scope)
    family, _, verb = name.partition(".")
    payload = _SAMPLES[family](caller, verb)
    sampled = {"created_at": payload.get("created_at") or caller.user["created_at"]}
    return jsonify({**delivery_document(name, payload, caller.uri, now()), **sampled})


def _invitee(_: Caller, verb: str) -> Row:
    data = params.world().data
    event = dict(_first([event for event in data.scheduled_events if event["status"] == "active"]))
    invitee = dict(data.invitees[event["uri"]][0])
    if verb == "canceled":
        cancellation = cancellation_row(invitee["name"], "invitee", invitee["created_at"])
        for row in (event, invitee):
            row.update(status="canceled", cancellation=cancellation)
    return in_order(invitee_payload(event, invitee))


def _no_show(caller: Caller, verb: str) -> Row:
    payload = _invitee(caller, verb)
    mark = {"uri": f"{params.world().origin}/invitee_no_shows/sample", "created_at": now()}
    return {**payload, "no_show": mark if verb == "created" else None}


def _event_type(_: Caller, verb: str) -> Row:
    row = {name: value for name, value in params.world().data.event_types[0].items() if name != "description_html"}
    return {**row, "deleted_at": now()} if verb == "deleted" else row


def _contact(caller: Caller, verb: str) -> Row:
    world = params.world()
    row = shown(world, _first(world.data.contacts))
    contact = {"uri": row["uri"], "deleted_at": now()} if verb == "deleted" else row
    return {"user_uuid": caller.uri.rsplit("/", 1)[1], "contact": contact}


def _recap(_: Caller, verb: str) -> Row:
    return recap_payload(verb, _first(params.world().data.meeting_recaps))


def _submission(_: Caller, __: str) -> Row:
    return in_order(_first(params.world().data.routing_form_submissions))


def _first(rows: list[Row]) -> Row:
    """The data set may be too small to have any."""
    if not rows:
        raise ApiError(404)
    return rows[0]


_SAMPLES: dict[str, Any] = {
    "invitee": _invitee,
    "invitee_no_show": _no_show,
    "event_type": _event_type,
    "contact": _contact,
    "meeting_recap": _recap,
    "routing_form_submission": _submission,
}
