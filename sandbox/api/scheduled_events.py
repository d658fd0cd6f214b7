"""``/scheduled_events``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.bookings import cancel_event
from sandbox.bounds import at_least, at_most
from sandbox.errors import ApiError, denied
from sandbox.operations import Caller, find, operation, resource
from sandbox.pagination import by, paginate
from sandbox.rows.base import Row, now
from sandbox.rows.locations import push

blueprint = Blueprint("scheduled_events", __name__)


def hosts(event: Row) -> list[str]:
    return [membership["user"] for membership in event["event_memberships"]]


def visible(caller: Caller, uuid: str, *, to: str = "view") -> Row:
    """An event of the caller's, or of their organization if they are an admin."""
    event = find("scheduled_events", uuid)
    if not may_see(caller, event):
        raise denied(f"You are not allowed to {to} this event")
    push(event)
    return event


def may_see(caller: Caller, event: Row) -> bool:
    of_organization = params.world().data.belongs(event, caller.organization)
    return caller.uri in hosts(event) or (caller.is_admin and of_organization)


@operation(blueprint, "GET", "/scheduled_events/{uuid}", scope="scheduled_events:read")
def retrieve(caller: Caller, uuid: str) -> Response:
    return resource(visible(caller, uuid))


@operation(blueprint, "GET", "/scheduled_events", scope="scheduled_events:read")
def list_events(caller: Caller) -> dict[str, Any]:
    user = params.uri("user", "users")
    organization = params.uri("organization", "organizations")
    group = params.uri("group", "groups")
    if not (user or organization or group):
        raise ApiError(
            400,
            details=[
                {"parameter": name, "message": "user, organization or group is required"}
                for name in ("user", "organization", "group")
            ],
        )
    status = params.text("status", choices=("active", "canceled"))
    invitee_email = params.text("invitee_email")
    earliest, latest = params.moment("min_start_time"), params.moment("max_start_time")
    order = params.sort(("start_time",), "start_time:asc")
    allowed = _allowed_hosts(caller, user, organization, group)
    rows = [
        event
        for event in params.world().data.scheduled_events
        if allowed & set(hosts(event))
        and (status is None or event["status"] == status)
        and (earliest is None or at_least(event["start_time"], earliest))
        and (latest is None or at_most(event["start_time"], latest))
        and (invitee_email is None or invitee_email in _emails(event))
    ]
    page = paginate(by(rows, order))
    for event in page["collection"]:
        push(params.world().data.known(event["uri"]))
    return page


@operation(blueprint, "POST", "/scheduled_events/{uuid}/cancellation", scope="scheduled_events:write")
def cancel(caller: Caller, uuid: str) -> Response:
    event = visible(caller, uuid, to="cancel")
    reason = params.body().text("reason", longest=10_000)
    if event["status"] == "canceled":
        raise denied("Event is already canceled")
    if event["start_time"] < now():
        raise denied("Event in the past")
    return resource(cancel_event(params.world(), event, caller.user, reason), status=201)


def _emails(event: Row) -> list[str]:
    return [invitee["email"] for invitee in params.world().data.invitees[event["uri"]]]


def _allowed_hosts(caller: Caller, user: str | None, organization: str | None, group: str | None) -> set[str]:
    """Whose events are asked for, once it is clear that the caller may see them."""
    data = params.world().data
    if organization:
        if organization != caller.organization:
            raise ApiError(403)
        if not caller.is_admin and user != caller.uri and not (group and caller.administers(group)):
            raise denied("You do not have permission")
    if group:
        if not organization:
            raise denied(
                "Please also specify organization when requesting events for a group within your organization."
            )
        if data.get(group) is None:
            raise ApiError(404)
        members = data.group_members(group)
        return members & {user} if user else members
    if user:
        if user != caller.uri:
            if not organization:
                raise denied(
                    "Please also specify organization when requesting events for a user within your organization."
                )
            caller.must_share_organization(user)
        return {user}
    people = (*data.users, *data.foreign_users)
    return {person["uri"] for person in people if person["current_organization"] == organization}
