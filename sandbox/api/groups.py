"""``/groups`` and ``/group_relationships``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.operations import Caller, find, operation, resource
from sandbox.pagination import by, paginate

blueprint = Blueprint("groups", __name__)

BY_NAME = [("name", False)]
BY_AGE = [("created_at", False)]


@operation(blueprint, "GET", "/groups/{uuid}", scope="groups:read")
def retrieve(caller: Caller, uuid: str) -> Response:
    group = find("groups", uuid)
    caller.must_administer(group["organization"])
    return resource(group)


@operation(blueprint, "GET", "/groups", scope="groups:read")
def list_groups(caller: Caller) -> dict[str, Any]:
    organization = params.uri("organization", "organizations", required=True)
    caller.must_administer(str(organization))
    rows = [row for row in params.world().data.groups if row["organization"] == organization]
    return paginate(by(rows, BY_NAME))


@operation(blueprint, "GET", "/group_relationships/{uuid}", scope="groups:read")
def retrieve_relationship(caller: Caller, uuid: str) -> Response:
    relationship = find("group_relationships", uuid)
    caller.must_administer(relationship["organization"])
    return resource(relationship)


@operation(blueprint, "GET", "/group_relationships", scope="groups:read")
def list_relationships(caller: Caller) -> dict[str, Any]:
    organization, group = params.uri("organization", "organizations"), params.uri("group", "groups")
    owner = params.uri("owner", "organization_memberships", "organizations/*/invitations")
    caller.must_administer(organization or caller.organization)
    rows = [
        row
        for row in params.world().data.group_relationships
        if row["organization"] == (organization or caller.organization)
        and (owner is None or row["owner"]["uri"] == owner)
        and (group is None or row["group"] == group)
    ]
    return paginate(by(rows, BY_AGE))
