"""``/webhook_subscriptions`` and ``/sample_webhook_data``."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox import params
from sandbox.errors import ApiError, denied, invalid
from sandbox.operations import Caller, find, operation, require, resource
from sandbox.pagination import by, paginate
from sandbox.rows.base import Row, now
from sandbox.rows.events import invitee_payload
from sandbox.rows.webhooks import delivery_document, subscription_row

blueprint = Blueprint("webhook_subscriptions", __name__)

_ANYBODY = ("organization", "user", "group")
_FAMILIES: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "invitee": (("created", "canceled"), _ANYBODY, "scheduled_events:read"),
    "invitee_no_show": (("created", "deleted"), _ANYBODY, "scheduled_events:read"),
    "event_type": (("created", "updated", "deleted"), _ANYBODY, "event_types:read"),
    "contact": (("created", "updated", "deleted"), _ANYBODY, "contacts:read"),
    "routing_form_submission": (("created",), ("organization",), "routing_forms:read"),
    "meeting_recap": (("created", "updated", "deleted"), ("user",), "meeting_recaps:read"),
}
"""Of each family: its events, the scopes of subscriptions they go with, and the scope that reading them takes."""


@operation(blueprint, "POST", "/webhook_subscriptions", scope="webhooks:write")
def create(caller: Caller) -> Response:
    body = params.body()
    world = params.world()
    scope, owner = _owner(caller, body.get)
    url, events = body.get("url"), body.get("events")
    if not isinstance(url, str) or not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise invalid("url", "must be a valid https URL")
    if not isinstance(events, list) or not events:
        raise invalid("events", "must be filled")
    for name in events:
        _check_event(caller, name, scope)
    if not isinstance(body.get("signing_key", ""), str):
        raise invalid("signing_key", "must be a string")
    if any(row["callback_url"] == url and _is_of(row, owner) for row in world.data.webhook_subscriptions):
        raise ApiError(409, "Hook with this url already exists")
    row = subscription_row(
        f"{world.origin}/webhook_subscriptions/{uuids.uuid4()}",
        url,
        list(dict.fromkeys(events)),
        owner,
        creator=caller.uri,
        created=now(),
    )
    app = world.apps.get(caller.grant.client_id or "")
    key = body.get("signing_key") or (app.webhook_signing_key if app else None)
    if key:
        world.signing_keys[row["uri"]] = key
    world.data.add("webhook_subscriptions", row)
    return resource(row, status=201)


@operation(blueprint, "GET", "/webhook_subscriptions", scope="webhooks:read")
def list_subscriptions(caller: Caller) -> dict[str, Any]:
    _, owner = _owner(caller, params.text)
    rows = [row for row in params.world().data.webhook_subscriptions if _is_of(row, owner)]
    return paginate(by(rows, params.sort(("created_at",), "created_at:asc")))


@operation(blueprint, "GET", "/webhook_subscriptions/{webhook_uuid}", scope="webhooks:read")
def retrieve(caller: Caller, webhook_uuid: str) -> Response:
    return resource(_found(caller, webhook_uuid))


@operation(blueprint, "DELETE", "/webhook_subscriptions/{webhook_uuid}", scope="webhooks:write")
def delete(caller: Caller, webhook_uuid: str) -> Response:
    row = _found(caller, webhook_uuid)
    world = params.world()
    world.data.remove("webhook_subscriptions", row)
    world.signing_keys.pop(row["uri"], None)
    return Response(status=204)


@operation(blueprint, "GET", "/sample_webhook_data", scope="webhooks:read")
def sample(caller: Caller) -> Response:
    name = str(params.text("event", required=True))
    scope, _ = _owner(caller, params.text)
    _check_event(caller, name, scope)
    data = params.world().data
    event = next((event for event in data.scheduled_events if event["status"] == "active"), None)
    payload: Row = {}
    if name.startswith("invitee") and event is not None:
        payload = invitee_payload(event, data.invitees[event["uri"]][0])
    elif name.startswith("event_type"):
        payload = {key: value for key, value in data.event_types[0].items() if key != "description_html"}
    sampled = {"created_at": payload.get("created_at", caller.user["created_at"])}
    return jsonify({**delivery_document(name, payload, caller.uri), **sampled})


def _owner(caller: Caller, read: Callable[[str], Any]) -> tuple[str, Row]:
    """The scope, and whose it is, once it is clear that the caller may ask for it."""
    scope = read("scope")
    if scope not in _ANYBODY:
        raise invalid("scope", f"must be one of: {', '.join(_ANYBODY)}")
    owner: Row = {"scope": scope, "organization": _reference(read, "organization"), "user": None, "group": None}
    if owner["organization"] != caller.organization:
        raise ApiError(403)
    if scope != "organization":
        owner[scope] = _reference(read, scope)
    if scope == "user" and owner["user"] != caller.uri and not caller.is_admin:
        raise ApiError(403)
    allowed = caller.is_admin or scope == "user" or (scope == "group" and caller.administers(owner["group"]))
    if not allowed:
        raise denied("You do not have permission")
    return scope, owner


def _reference(read: Callable[[str], Any], name: str) -> str:
    value = read(name)
    if value is None:
        raise invalid(name, "must be filled")
    return params.reference(name, value, f"{name}s")


def _check_event(caller: Caller, name: Any, scope: str) -> None:
    family, _, verb = name.partition(".") if isinstance(name, str) else ("", "", "")
    verbs, scopes, needed = _FAMILIES.get(family, ((), (), ""))
    if verb not in verbs:
        raise invalid("events", f"{name} is not an event")
    if scope not in scopes:
        raise invalid("events", f"{name} goes with the scopes {', '.join(scopes)}")
    require(needed, caller)


def _is_of(row: Row, owner: Row) -> bool:
    return all(row[name] == owner[name] for name in ("scope", "organization", "user", "group"))


def _found(caller: Caller, uuid: str) -> Row:
    row = find("webhook_subscriptions", uuid)
    if row["organization"] != caller.organization:
        raise ApiError(404)
    if not (caller.is_admin or row["creator"] == caller.uri or row["user"] == caller.uri):
        raise ApiError(403)
    return row
