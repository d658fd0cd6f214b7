"""``/organization_memberships``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from sandbox import params
from sandbox.operations import Caller, operation
from sandbox.pagination import by, paginate

blueprint = Blueprint("organizations", __name__)


@operation(blueprint, "GET", "/organization_memberships", scope="organizations:read")
def list_memberships(caller: Caller) -> dict[str, Any]:
    user, organization = params.uri("user", "users"), params.uri("organization", "organizations")
    email, role = params.text("email"), params.text("role", choices=("owner", "admin", "user"))
    if user != caller.uri:
        caller.must_administer(organization or caller.organization)
    rows = [
        row
        for row in params.world().data.organization_memberships
        if (user is None or row["user"]["uri"] == user)
        and (organization is None or row["organization"] == organization)
        and (email is None or row["user"]["email"] == email)
        and (role is None or row["role"] == role)
    ]
    return paginate(by(rows, [("created_at", False)]))
