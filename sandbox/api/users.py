"""``/users``."""

from __future__ import annotations

from flask import Blueprint, Response

from sandbox.errors import ApiError
from sandbox.operations import Caller, find, operation, resource

blueprint = Blueprint("users", __name__)


@operation(blueprint, "GET", "/users/me", scope="users:read")
def me(caller: Caller) -> Response:
    return resource(caller.user)


@operation(blueprint, "GET", "/users/{uuid}", scope="users:read")
def retrieve(caller: Caller, uuid: str) -> Response:
    user = find("users", uuid)
    if user["current_organization"] != caller.organization:
        raise ApiError(403)
    return resource(user)
