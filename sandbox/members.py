"""How people come into an organization and leave it."""

from __future__ import annotations

import uuid

from sandbox.journal import log
from sandbox.rows.base import Row, now
from sandbox.rows.people import membership_row, organization_row, user_row
from sandbox.world import World


def accept(world: World, invitation: Row) -> Row:
    """Whoever was invited joins; returns their membership. In groups they take the place of their invitation."""
    data, moment = world.data, now()
    name = invitation["email"].partition("@")[0].replace(".", " ").title()
    user = user_row(
        f"{world.origin}/users/{uuid.uuid4()}",
        name,
        invitation["organization"],
        timezone="UTC",
        time_notation="12h",
        email=invitation["email"],
    )
    data.add("users", user)
    membership = membership_row(f"{world.origin}/organization_memberships/{uuid.uuid4()}", user, "user", created=moment)
    data.add("organization_memberships", membership)
    invitation.update(status="accepted", user=user["uri"], updated_at=moment)
    for relationship in data.group_relationships:
        if relationship["owner"]["uri"] == invitation["uri"]:
            relationship.update(owner={**membership, "type": "OrganizationMembership"}, updated_at=moment)
            data.known(relationship["group"])["member_count"] += 1
    log(world, user, "User.Added", email=user["email"])
    return membership


def remove(world: World, membership: Row, by: Row) -> None:
    """A member leaves: their grants end, their groups lose them, and they have an organization of their own."""
    data, uri = world.data, membership["user"]["uri"]
    user = data.known(uri)
    data.remove("organization_memberships", membership)
    data.users.remove(user)
    for relationship in [row for row in data.group_relationships if row["owner"]["uri"] == membership["uri"]]:
        data.remove("group_relationships", relationship)
        data.known(relationship["group"])["member_count"] -= 1
    for host in [row for row in data.event_type_memberships if row["member"] is user]:
        if len(data.hosts(host["event_type"])) > 1:
            data.remove_host(host)
    for grant in world.grants():
        if grant.user == uri:
            world.revoke(grant)
    own = organization_row(f"{world.origin}/organizations/{uuid.uuid4()}", user["name"], single=True)
    data.add("organizations", own)
    user["current_organization"] = own["uri"]
    log(world, by, "User.Removed", email=user["email"])
