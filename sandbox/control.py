"""``/_sandbox``: look inside, start over, and make it misbehave."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from flask import Blueprint, jsonify

from sandbox import bookings, params
from sandbox.bounds import KINDS
from sandbox.control_body import ControlError, refuse_with_words
from sandbox.control_body import document as _document
from sandbox.dataset.make import DEFAULT_SIZE
from sandbox.dataset.own import SeedError
from sandbox.deliveries import Habits
from sandbox.faults import Fault
from sandbox.rows.events import TRACKING
from sandbox.seed_schema import REPLACES
from sandbox.world import SCOPES, App, Limits, World

blueprint = Blueprint("sandbox", __name__, url_prefix="/_sandbox")
refuse_with_words(blueprint)


@blueprint.get("/state")
def state() -> Any:
    world = params.world()
    with world.lock:
        return jsonify(
            {
                "requests": dict(world.requests),
                "token_exchanges": world.token_exchanges,
                "refresh_tokens_reused": world.refresh_tokens_reused,
                "webhook_deliveries": world.deliveries.attempts,
                "webhook_outcomes": dict(world.deliveries.outcomes),
                "webhooks_pending": world.deliveries.pending,
                "grants": len([grant for grant in world.grants() if not grant.revoked]),
                "scheduling_links": len(world.data.scheduling_links),
                "pending_faults": sum(fault.times for fault in world.faults),
                "seeded": world.data.uris(),
            }
        )


@blueprint.post("/reset")
def reset() -> Any:
    size = _document(set(DEFAULT_SIZE))
    if not all(type(value) is int and value >= 0 for value in size.values()):
        raise ControlError("Sizes must be whole numbers.")
    if 0 in (size.get(name) for name in ("users", "event_types", "invitees")):
        raise ControlError("There must be a user, an event type, and an invitee of a group event.")
    own = params.world().own
    kept = [name for section, name in REPLACES.items() if name in size and getattr(own, section) is not None]
    if kept:
        raise ControlError(f"The seed file names these: {', '.join(kept)}. Leave them out, or edit the file.")
    try:
        params.world().reset(**size)
    except SeedError as error:
        raise ControlError(f"The seed file does not fit these sizes. {error}") from None
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


@blueprint.post("/bounds")
def set_bounds() -> Any:
    """How the bounds of ranges are read from now on."""
    kind = _document({"bounds"}).get("bounds", "inclusive")
    if kind not in KINDS:
        raise ControlError(f"bounds must be one of {', '.join(KINDS)}.")
    params.world().bounds = kind
    return jsonify({"bounds": kind})


@blueprint.post("/expire_access_tokens")
def expire_access_tokens() -> Any:
    """Two hours pass, for OAuth tokens; personal ones do not expire."""
    _document(())
    world = params.world()
    with world.lock:
        expiring = [token for token in world.access_tokens.values() if token.grant.client_id is not None]
        for token in expiring:
            token.expires_at = 0
        return jsonify({"expired": len(expiring)})


@blueprint.post("/expire_page_tokens")
def expire_page_tokens() -> Any:
    """Page tokens go stale, as Calendly's do after a while."""
    _document(())
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


@blueprint.post("/move")
def move() -> Any:
    """A user moves to another organization; with a ``role`` there, ``user`` if none is said. Grants stay."""
    wanted = _document({"user", "role"})
    world = params.world()
    with world.lock:
        for user in world.data.users:
            if wanted.get("user") in (user["uri"], user["email"], user["slug"]):
                user["current_organization"] = world.data.foreign_organization
                for membership in world.data.organization_memberships:
                    if membership["user"]["uri"] == user["uri"]:
                        membership["organization"] = world.data.foreign_organization
                        membership["role"] = wanted.get("role", "user")
                return jsonify({"organization": user["current_organization"]})
    raise ControlError("There is no such user.")


@blueprint.post("/limits")
def limits() -> Any:
    wanted = _document({field.name for field in fields(Limits)})
    if not all(type(value) is int and value >= 0 for value in wanted.values()):
        raise ControlError("Limits must be whole numbers.")
    world = params.world()
    with world.lock:
        for name, value in wanted.items():
            setattr(world.limits, name, value)
        world.windows.clear()
        return jsonify(vars(world.limits))


@blueprint.post("/webhooks")
def webhooks() -> Any:
    """How deliveries misbehave from now on."""
    wanted = _document({field.name for field in fields(Habits)})
    if not all(isinstance(value, (int, float)) and value >= 0 for value in wanted.values()):
        raise ControlError("Habits must be numbers.")
    habits = params.world().deliveries.habits
    for name, value in wanted.items():
        setattr(habits, name, value)
    return jsonify(vars(habits))


@blueprint.post("/signing_key")
def change_signing_key() -> Any:
    """An application's webhook signing key is changed: the first one's if no ``client_id`` is said."""
    wanted = _document({"client_id", "key"})
    world = params.world()
    with world.lock:
        client_id = wanted.get("client_id", next(iter(world.apps), None))
        if client_id not in world.apps:
            raise ControlError("There is no such application.")
        if not isinstance(wanted.get("key"), str) or not wanted["key"]:
            raise ControlError("key must be a text.")
        world.change_signing_key(client_id, wanted["key"])
        return jsonify({"client_id": client_id})


@blueprint.post("/no_show")
def toggle_no_show() -> Any:
    """A host marks an invitee as a no-show, or takes the mark away: the newest booking's if no ``invitee`` is said."""
    world = params.world()
    with world.lock:
        invitee = _invitee(world, _document({"invitee"}))
        return jsonify({"invitee": invitee["uri"], "no_show": bookings.toggle_no_show(world, invitee)})


@blueprint.post("/bookings")
def make_bookings() -> Any:
    """People book: so many of them, an event type (the first user's first if none is said), from a time on.

    With ``booking_url``, somebody follows a single-use link, which works once. What its query says is kept as tracking.
    """
    wanted = _document({"count", "event_type", "booking_url", "start_time", "name", "email"})
    world = params.world()
    count = wanted.get("count", 1)
    if type(count) is not int or count < 1:
        raise ControlError("count must be a whole number.")
    with world.lock:
        uri = wanted.get("event_type") or world.data.event_types[0]["uri"]
        tracking: dict[str, str] = {}
        if "booking_url" in wanted:
            uri, tracking = _follow(world, str(wanted["booking_url"]))
        event_type = world.data.find(str(uri).removeprefix(world.origin + "/"))
        if event_type is None or "duration" not in event_type:
            raise ControlError("There is no such event type.")
        start = _moment(wanted.get("start_time"))
        person: dict[str, Any] = {name: str(wanted[name]) for name in ("name", "email") if name in wanted}
        person |= {"tracking": dict.fromkeys(TRACKING) | tracking} if tracking else {}
        made = [
            bookings.book(world, event_type, start + timedelta(minutes=30 * number), **person)
            for number in range(count)
        ]
        return jsonify({"invitees": [invitee["uri"] for invitee in made]})


@blueprint.post("/reschedule")
def reschedule_booking() -> Any:
    """Somebody moves their booking: the newest one if no ``invitee`` is said."""
    wanted = _document({"invitee", "start_time"})
    world = params.world()
    with world.lock:
        new = bookings.reschedule(world, _invitee(world, wanted), _moment(wanted.get("start_time")))
        return jsonify({"invitee": new["uri"]})


@blueprint.post("/cancel")
def cancel_booking() -> Any:
    """Somebody cancels: the newest booking if no ``invitee`` is said."""
    world = params.world()
    with world.lock:
        invitee = _invitee(world, _document({"invitee"}))
        bookings.cancel(world, invitee)
        return jsonify({"invitee": invitee["uri"]})


def _follow(world: World, address: str) -> tuple[str, dict[str, str]]:
    """The event type of a single-use link, which is used up, and what its query says of where it was found."""
    url, _, query = address.partition("?")
    links = world.data.scheduling_links
    found = next((link for link in links if link["booking_url"] == url), None)
    if found is None or url in world.data.behind.used_links:
        raise ControlError("There is no such link, or it was used.")
    world.data.behind.used_links.add(url)
    return str(found["owner"]), {name: value for name, value in parse_qsl(query) if name in TRACKING}


def _invitee(world: World, wanted: dict[str, Any]) -> dict[str, Any]:
    newest = (row for rows in reversed(world.data.invitees.values()) for row in reversed(rows))
    active = next((row["uri"] for row in newest if row["status"] == "active"), "")
    found = world.data.find(str(wanted.get("invitee", active)).removeprefix(world.origin + "/"))
    if found is None or found.get("status") != "active" or "event" not in found:
        raise ControlError("There is no such active invitee.")
    return found


def _moment(text: Any) -> datetime:
    """A time, or the next half hour but one of a week from now."""
    if text is None:
        now = datetime.now(UTC) + timedelta(days=7)
        return now.replace(minute=30, second=0, microsecond=0) + timedelta(hours=1)
    try:
        return datetime.fromisoformat(str(text))
    except ValueError:
        raise ControlError("start_time must be a time in ISO 8601.") from None


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
