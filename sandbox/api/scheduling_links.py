"""``/scheduling_links``."""

from __future__ import annotations

import secrets

from flask import Blueprint, Response

from sandbox import params
from sandbox.errors import ApiError, invalid
from sandbox.operations import Caller, operation, resource

blueprint = Blueprint("scheduling_links", __name__)


@operation(blueprint, "POST", "/scheduling_links", scope="scheduling_links:write")
def create(caller: Caller) -> Response:
    body = params.body()
    if body.get("max_event_count") != 1 or isinstance(body["max_event_count"], bool):
        raise invalid("max_event_count", "must be 1")
    if body.get("owner_type") != "EventType":
        raise invalid("owner_type", "must be EventType")
    owner = params.reference("owner", body.get("owner"), "event_types")
    world = params.world()
    event_type = world.data.find(owner.removeprefix(world.origin + "/"))
    if event_type is None:
        raise ApiError(404)
    hosts = [caller.must_share_organization(host["uri"]) for host in world.data.hosts(event_type)]
    if caller.user not in hosts and not caller.is_admin:
        raise ApiError(403)
    link = {
        "booking_url": f"https://calendly.com/d/{secrets.token_hex(4)}/{event_type['slug']}",
        "owner": owner,
        "owner_type": "EventType",
    }
    world.data.scheduling_links.append(link)
    return resource(link, status=201)
