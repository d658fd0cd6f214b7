"""``/_sandbox``: look inside, start over, and make it misbehave."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from flask import Blueprint, jsonify, request

from sandbox import params
from sandbox.dataset import DEFAULT_SIZE
from sandbox.faults import Fault
from sandbox.world import SCOPES, App, Limits

blueprint = Blueprint("sandbox", __name__, url_prefix="/_sandbox")


class ControlError(Exception):
    """A control call that says something the sandbox does not know."""


def _document(known: set[str]) -> dict[str, Any]:
    document = request.get_json(silent=True) if request.data else {}
    if not isinstance(document, dict):
        raise ControlError("The body must be a JSON object.")
    unknown = sorted(set(document) - known)
    if unknown:
        raise ControlError(f"Unknown: {', '.join(unknown)}. Known: {', '.join(sorted(known))}.")
    return document


@blueprint.errorhandler(ControlError)
def _refuse(error: ControlError) -> Any:
    return jsonify({"error": str(error)}), 400


@blueprint.get("/state")
def state() -> Any:
    world = params.world()
    with world.lock:
        return jsonify(
            {
                "requests": dict(world.requests),
                "token_exchanges": world.token_exchanges,
                "refresh_tokens_reused": world.refresh_tokens_reused,
                "webhook_deliveries": 0,
                "grants": len([grant for grant in world.grants() if not grant.revoked]),
                "scheduling_links": len(world.data.scheduling_links),
                "pending_faults": sum(fault.times for fault in world.faults),
                "seeded": world.data.uris(),
            }
        )


@blueprint.post("/reset")
def reset() -> Any:
    size = _document(set(DEFAULT_SIZE))
    if not all(isinstance(value, int) and value >= 0 for value in size.values()):
        raise ControlError("Sizes must be whole numbers.")
    if 0 in (size.get("users"), size.get("event_types")):
        raise ControlError("There must be a user, and an event type.")
    params.world().reset(**size)
    return jsonify({"seeded": {kind: len(uris) for kind, uris in params.world().data.uris().items()}})


_FAULT_TYPES: dict[str, Any] = {
    "method": str,
    "path": str,
    "times": int,
    "status": int | None,
    "delay": int | float,
    "drop": bool,
    "after": bool,
    "headers": dict | None,
}


@blueprint.post("/faults")
def add_fault() -> Any:
    fault = Fault(**_document({field.name for field in fields(Fault)}))
    for name, kind in _FAULT_TYPES.items():
        if not isinstance(getattr(fault, name), kind):
            raise ControlError(f"{name} is of the wrong type.")
    if fault.status is not None and not 100 <= fault.status <= 599:
        raise ControlError("status must be an HTTP status.")
    params.world().faults.append(fault)
    return jsonify({"pending_faults": sum(fault.times for fault in params.world().faults)})


@blueprint.delete("/faults")
def clear_faults() -> Any:
    params.world().faults.clear()
    return jsonify({"pending_faults": 0})


@blueprint.post("/expire_access_tokens")
def expire_access_tokens() -> Any:
    """Two hours pass, for OAuth tokens; personal ones do not expire."""
    world = params.world()
    with world.lock:
        expiring = [token for token in world.access_tokens.values() if token.grant.client_id is not None]
        for token in expiring:
            token.expires_at = 0
        return jsonify({"expired": len(expiring)})


@blueprint.post("/expire_page_tokens")
def expire_page_tokens() -> Any:
    """Page tokens go stale, as Calendly's do after a while."""
    world = params.world()
    with world.lock:
        expired = len(world.page_tokens)
        world.page_tokens.clear()
        return jsonify({"expired": expired})


@blueprint.post("/revoke")
def revoke() -> Any:
    """A user withdraws what they granted. ``account`` is their URI, UUID, e-mail or slug.

    Anything else means everybody: the sandbox cannot know the names that an operator gives to accounts.
    """
    world = params.world()
    account = _document({"account"}).get("account")
    with world.lock:
        chosen = [
            user["uri"]
            for user in world.data.users
            if account in (user["uri"], user["uri"].rsplit("/", 1)[1], user["email"], user["slug"])
        ]
        grants = [grant for grant in world.grants() if not chosen or grant.user in chosen]
        for grant in grants:
            world.revoke(grant)
        return jsonify({"revoked": len(grants)})


@blueprint.post("/limits")
def limits() -> Any:
    wanted = _document({field.name for field in fields(Limits)})
    if not all(isinstance(value, int) for value in wanted.values()):
        raise ControlError("Limits must be whole numbers.")
    world = params.world()
    with world.lock:
        for name, value in wanted.items():
            setattr(world.limits, name, value)
        world.windows.clear()
        return jsonify(vars(world.limits))


@blueprint.post("/apps")
def register_app() -> Any:
    """Register an OAuth application, as on developer.calendly.com. Without a secret it is a native one."""
    wanted = _document({"client_id", "client_secret", "redirect_uris"})
    if not isinstance(wanted.get("client_id"), str):
        raise ControlError("client_id is missing.")
    app = App(wanted["client_id"], wanted.get("client_secret"), tuple(wanted.get("redirect_uris", ())))
    params.world().apps[app.client_id] = app
    return jsonify({"client_id": app.client_id, "redirect_uris": app.redirect_uris})


@blueprint.post("/personal_access_tokens")
def make_personal_access_token() -> Any:
    """A token as a user makes it in Calendly's settings; for the first user, with all scopes, if nothing is said."""
    wanted = _document({"user", "scopes"})
    world = params.world()
    with world.lock:
        user = wanted.get("user") or world.data.users[0]["uri"]
        if user not in [person["uri"] for person in (*world.data.users, *world.data.foreign_users)]:
            raise ControlError("There is no such user.")
        return jsonify({"token": world.issue_personal_access_token(user, wanted.get("scopes") or sorted(SCOPES))})
