"""Organizations, their members, teams, groups and invitations, and the owner's old webhook subscriptions."""

from __future__ import annotations

from sandbox.dataset.own import Entry, own_users
from sandbox.dataset.store import Dataset
from sandbox.ids import Ids
from sandbox.rows import people as rows
from sandbox.rows.base import Row
from sandbox.rows.webhooks import subscription_row

_NAMES = ["Ada Lovelace", "Grace Hopper", "Alan Kay", "Barbara Liskov", "Ken Iverson", "Radia Perlman", "Tony Hoare"]
FOREIGN = 900
"""The number of the user who is in another organization."""


def seed_people(
    data: Dataset, ids: Ids, users: int, groups: int, *, own: list[Entry] | None = None, organization: str | None = None
) -> None:
    """The first user owns the organization, the second is an admin, the others are users; or ``own`` ones."""
    data.add("organizations", rows.organization_row(data.organization, organization or "Analytical Engines"))
    data.add("organizations", rows.organization_row(data.foreign_organization, "Elsewhere", single=True))
    roles = ["owner", "admin"] + ["user"] * users
    people = [(_user(ids, number, data.organization), roles[number]) for number in range(users)]
    if own is not None:
        people = own_users(ids, own, data.organization)
    data.add("users", *(user for user, _ in people))
    data.add("foreign_users", _user(ids, FOREIGN, data.foreign_organization))
    for number, (user, role) in enumerate(people):
        uri = ids.uri("organization_memberships", number)
        data.add("organization_memberships", rows.membership_row(uri, user, role))
    foreign = ids.uri("organization_memberships", FOREIGN)
    data.add("foreign_memberships", rows.membership_row(foreign, data.foreign_users[0], "owner"))
    for number, name in enumerate(("Sales", "Support")):
        team = rows.team_row(ids.uri("teams", number), name, data.organization)
        data.add("teams", team)
        data.behind.teams[team["uri"]] = [user["uri"] for user in (data.users if number == 0 else data.users[-2:])]
    for number in range(groups):
        _group(data, ids, number, groups)
    _subscriptions(data, ids)


def _user(ids: Ids, number: int, organization: str) -> Row:
    name = _NAMES[number % len(_NAMES)] + ("" if number < len(_NAMES) else f" {number}")
    zone, notation = ("Europe/Berlin", "24h") if number % 2 else ("America/New_York", "12h")
    return rows.user_row(ids.uri("users", number), name, organization, timezone=zone, time_notation=notation)


def _group(data: Dataset, ids: Ids, number: int, groups: int) -> None:
    """A group of every so-manieth member, the first of them its admin, and of somebody who is invited."""
    group = rows.group_row(ids.uri("groups", number), f"Team {number + 1}", data.organization)
    data.add("groups", group)
    members = data.organization_memberships[number::groups]
    invitation = rows.invitation_row(
        ids.uri("invitations", number, below=data.organization), data.organization, f"invited-{number}@example.com"
    )
    data.add("organization_invitations", invitation)
    owners = [{**row, "type": "OrganizationMembership"} for row in members]
    owners.append({**invitation, "type": "OrganizationInvitation"})
    group["member_count"] = len(members)
    for position, owner in enumerate(owners):
        uri = ids.uri("group_relationships", f"{number}/{position}")
        role = "admin" if position == 0 else "member"
        data.add("group_relationships", rows.relationship_row(uri, role, owner, group))


def _subscriptions(data: Dataset, ids: Ids) -> None:
    """Three of the owner's that nobody answered for a day."""
    owner = data.users[0]["uri"]
    for number in range(3):
        row = subscription_row(
            ids.uri("webhook_subscriptions", number),
            f"https://example.com/forgotten/{number}",
            ["invitee.created", "invitee.canceled"],
            {"scope": "user", "organization": data.organization, "user": owner, "group": None},
            creator=owner,
        )
        data.add("webhook_subscriptions", {**row, "retry_started_at": row["created_at"], "state": "disabled"})
