"""``/webhook_subscriptions``."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.errors import ApiError, denied, invalid
from sandbox.fields import Fields
from sandbox.operations import Caller, find, operation, require, resource
from sandbox.pagination import by, paginate
from sandbox.plans import must_be_paid
from sandbox.rows.base import Row, now
from sandbox.rows.webhooks import subscription_row

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
    scope, owner = owner_of(caller, body)
    url, events = body.text("url"), body.any("events")
    if url is None or not url.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise body.fail("url", "must be a valid https URL")
    if not isinstance(events, list) or not events:
        raise body.fail("events", "must be filled")
    for name in events:
        check_event(caller, name, scope)
    signing_key = body.any("signing_key")
    if not isinstance(signing_key, (str, type(None))):
        raise body.fail("signing_key", "must be a string")
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
    # An application's deliveries are signed with its own key, whatever is asked for.
    key = app.webhook_signing_key if app else signing_key
    if key:
        world.signing_keys[row["uri"]] = key
    world.data.add("webhook_subscriptions", row)
    return resource(row, status=201)


@operation(blueprint, "GET", "/webhook_subscriptions", scope="webhooks:read")
def list_subscriptions(caller: Caller) -> dict[str, Any]:
    _, owner = owner_of(caller, params.query())
    rows = [row for row in params.world().data.webhook_subscriptions if _is_of(row, owner)]
    return paginate(by(rows, params.sort(("created_at",), "created_at:asc")))


@operation(blueprint, "GET", "/webhook_subscriptions/{webhook_uuid}", scope="webhooks:read")
def retrieve(caller: Caller, webhook_uuid: str) -> Response:
    return resource(_found(caller, webhook_uuid))


@operation(blueprint, "DELETE", "/webhook_subscriptions/{webhook_uuid}", scope="webhooks:write")
def delete(caller: Caller, webhook_uuid: str) -> Response:
    row = _found(caller, webhook_uuid)
    params.world().end_subscription(row)
    return Response(status=204)


def owner_of(caller: Caller, fields: Fields) -> tuple[str, Row]:
    """The scope, and whose it is, once it is clear that the caller may ask for it."""
    scope = fields.any("scope")
    if scope not in _ANYBODY:
        raise fields.fail("scope", f"must be one of: {', '.join(_ANYBODY)}")
    owner: Row = {"scope": scope, "organization": _reference(fields, "organization"), "user": None, "group": None}
    if owner["organization"] != caller.organization:
        raise ApiError(403)
    if scope != "organization":
        owner[scope] = _reference(fields, scope)
    if scope == "user" and owner["user"] != caller.uri and not caller.is_admin:
        raise ApiError(403)
    allowed = caller.is_admin or scope == "user" or (scope == "group" and caller.administers(owner["group"]))
    if not allowed:
        raise denied("You do not have permission")
    return scope, owner


def _reference(fields: Fields, name: str) -> str:
    if fields.any(name) in (None, ""):
        raise fields.fail(name, "must be filled")
    return fields.reference(name, fields.any(name), f"{name}s")


def check_event(caller: Caller, name: Any, scope: str) -> None:
    """Refuse what is no event, does not go with the scope, or is beyond the caller's scopes or plan."""
    family, _, verb = name.partition(".") if isinstance(name, str) else ("", "", "")
    verbs, scopes, needed = _FAMILIES.get(family, ((), (), ""))
    if verb not in verbs:
        raise invalid("events", f"{name} is not an event")
    if scope not in scopes:
        raise invalid("events", f"{name} goes with the scopes {', '.join(scopes)}")
    require(needed, caller)
    if family in ("routing_form_submission", "meeting_recap"):
        must_be_paid(caller.own_organization)


def _is_of(row: Row, owner: Row) -> bool:
    return all(row[name] == owner[name] for name in ("scope", "organization", "user", "group"))


def _found(caller: Caller, uuid: str) -> Row:
    row = find("webhook_subscriptions", uuid)
    if row["organization"] != caller.organization:
        raise ApiError(404)
    if not (caller.is_admin or row["creator"] == caller.uri or row["user"] == caller.uri):
        raise ApiError(403)
    return row
