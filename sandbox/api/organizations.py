"""``/organizations``, their invitations, ``/organization_memberships`` and ``/teams``."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response

from sandbox import params
from sandbox.errors import ApiError, denied
from sandbox.journal import log
from sandbox.members import remove
from sandbox.operations import Caller, find, new_uri, operation, resource
from sandbox.pagination import by, paginate
from sandbox.rows.base import Row, now
from sandbox.rows.people import invitation_row

blueprint = Blueprint("organizations", __name__)

BY_AGE = [("created_at", False)]
ROLES = ("owner", "admin", "user")


@operation(blueprint, "GET", "/organizations/{uuid}", scope="organizations:read")
def retrieve(caller: Caller, uuid: str) -> Response:
    row = find("organizations", uuid)
    if row["uri"] != caller.organization:
        raise ApiError(403)
    return resource(row)


@operation(blueprint, "GET", "/organization_memberships", scope="organizations:read")
def list_memberships(caller: Caller) -> dict[str, Any]:
    user, organization = params.uri("user", "users"), params.uri("organization", "organizations")
    email, role = params.query().email("email"), params.text("role", choices=ROLES)
    if user != caller.uri:
        caller.must_administer(organization or caller.organization)
    rows = [
        row
        for row in _memberships()
        if row["organization"] == caller.organization
        and (user is None or row["user"]["uri"] == user)
        and (organization is None or row["organization"] == organization)
        and (email is None or row["user"]["email"] == email)
        and (role is None or row["role"] == role)
    ]
    return paginate(by(rows, BY_AGE))


@operation(blueprint, "GET", "/organization_memberships/{uuid}", scope="organizations:read")
def retrieve_membership(caller: Caller, uuid: str) -> Response:
    row = find("organization_memberships", uuid)
    if row["user"]["uri"] != caller.uri:
        caller.must_administer(row["organization"])
    return resource(row)


@operation(blueprint, "DELETE", "/organization_memberships/{uuid}", scope="organizations:write")
def delete_membership(caller: Caller, uuid: str) -> Response:
    row = find("organization_memberships", uuid)
    caller.must_administer(row["organization"])
    if row["role"] == "owner":
        raise denied("You do not have permission")
    remove(params.world(), row, caller.user)
    return Response(status=204)


def _memberships() -> list[Row]:
    data = params.world().data
    return [*data.organization_memberships, *data.foreign_memberships]


@operation(blueprint, "GET", "/organizations/{uuid}/invitations", scope="organizations:read")
def list_invitations(caller: Caller, uuid: str) -> dict[str, Any]:
    organization = _administered(caller, uuid)
    email = params.query().email("email")
    status = params.text("status", choices=("pending", "accepted", "declined"))
    rows = [
        row
        for row in params.world().data.organization_invitations
        if row["organization"] == organization
        and (email is None or row["email"] == email)
        and (status is None or row["status"] == status)
    ]
    return paginate(by(rows, params.sort(("created_at",), "created_at:asc")))


@operation(blueprint, "POST", "/organizations/{uuid}/invitations", scope="organizations:write")
def invite(caller: Caller, uuid: str) -> Response:
    organization = _administered(caller, uuid)
    email = params.body().email("email", required=True) or ""
    data = params.world().data
    pending = [row["email"].lower() for row in data.organization_invitations if row["status"] == "pending"]
    members = [row["user"]["email"].lower() for row in data.organization_memberships]
    if email.lower() in (*pending, *members):
        raise ApiError(400, f"{email} has already been invited", title="Already Invited")
    row = invitation_row(new_uri("invitations", below=organization), organization, email, created=now())
    data.add("organization_invitations", row)
    log(params.world(), caller.user, "User.Invited", email=email)
    return resource(row, status=201)


@operation(blueprint, "GET", "/organizations/{org_uuid}/invitations/{uuid}", scope="organizations:read")
def retrieve_invitation(caller: Caller, org_uuid: str, uuid: str) -> Response:
    _administered(caller, org_uuid)
    return resource(find(f"organizations/{org_uuid}/invitations", uuid))


@operation(blueprint, "DELETE", "/organizations/{org_uuid}/invitations/{uuid}", scope="organizations:write")
def revoke_invitation(caller: Caller, org_uuid: str, uuid: str) -> Response:
    _administered(caller, org_uuid)
    data, row = params.world().data, find(f"organizations/{org_uuid}/invitations", uuid)
    if row["status"] != "pending":
        raise ApiError(403)
    data.remove("organization_invitations", row)
    for relationship in [each for each in data.group_relationships if each["owner"]["uri"] == row["uri"]]:
        data.remove("group_relationships", relationship)
    log(params.world(), caller.user, "User.Invitation_Revoked", email=row["email"])
    return Response(status=204)


def _administered(caller: Caller, uuid: str) -> str:
    organization = find("organizations", uuid)["uri"]
    caller.must_administer(organization)
    return str(organization)


@operation(blueprint, "GET", "/teams", scope="organizations:read")
def list_teams(caller: Caller) -> dict[str, Any]:
    user = params.uri("user", "users")
    if user is not None:
        caller.must_be(user)
    rows = [row for row in params.world().data.teams if _may_see(caller, row) and (user is None or _has(row, user))]
    return paginate(by(rows, [("name", False)]))


@operation(blueprint, "GET", "/teams/{team_uuid}", scope="organizations:read")
def retrieve_team(caller: Caller, team_uuid: str) -> Response:
    row = find("teams", team_uuid)
    if not _may_see(caller, row):
        raise ApiError(403)
    return resource(row)


def _may_see(caller: Caller, team: Row) -> bool:
    return bool(team["organization"] == caller.organization and (caller.is_admin or _has(team, caller.uri)))


def _has(team: Row, user: str) -> bool:
    return user in params.world().data.behind.teams.get(team["uri"], ())
