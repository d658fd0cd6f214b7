"""``/scheduled_events``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.errors import ApiError, denied
from sandbox.operations import Caller, find, operation, resource
from sandbox.pagination import by, paginate
from sandbox.rows.base import Row, stamp

blueprint = Blueprint("scheduled_events", __name__)


def hosts(event: Row) -> list[str]:
    return [membership["user"] for membership in event["event_memberships"]]


@operation(blueprint, "GET", "/scheduled_events/{uuid}", scope="scheduled_events:read")
def retrieve(caller: Caller, uuid: str) -> Response:
    event = find("scheduled_events", uuid)
    if caller.uri not in hosts(event) and not caller.is_admin:
        raise denied("You are not allowed to view this event")
    return resource(event)


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
        and (earliest is None or event["start_time"] >= stamp(earliest))
        and (latest is None or event["start_time"] <= stamp(latest))
        and (invitee_email is None or invitee_email in _emails(event))
    ]
    return paginate(by(rows, order))


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
        if data.find(group.removeprefix(params.world().origin + "/")) is None:
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
    return {member["uri"] for member in data.users}
