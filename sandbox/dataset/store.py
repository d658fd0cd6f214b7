"""Where the rows are kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.rows.base import Row


@dataclass
class Dataset:
    """Everything the sandbox knows, by kind. Every row is a resource as the API answers it.

    ``invitees`` are by the URI of their event.
    """

    organization: str = ""
    foreign_organization: str = ""
    organizations: list[Row] = field(default_factory=list)
    users: list[Row] = field(default_factory=list)
    foreign_users: list[Row] = field(default_factory=list)
    organization_memberships: list[Row] = field(default_factory=list)
    foreign_memberships: list[Row] = field(default_factory=list)
    organization_invitations: list[Row] = field(default_factory=list)
    teams: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    group_relationships: list[Row] = field(default_factory=list)
    event_types: list[Row] = field(default_factory=list)
    event_type_memberships: list[Row] = field(default_factory=list)
    user_availability_schedules: list[Row] = field(default_factory=list)
    scheduled_events: list[Row] = field(default_factory=list)
    invitee_no_shows: list[Row] = field(default_factory=list)
    scheduling_links: list[Row] = field(default_factory=list)
    webhook_subscriptions: list[Row] = field(default_factory=list)
    invitees: dict[str, list[Row]] = field(default_factory=dict)
    index: dict[str, Row] = field(default_factory=dict)

    def find(self, path: str) -> Row | None:
        """The resource of a path such as ``users/<uuid>``."""
        return self.index.get(path)

    def get(self, uri: str) -> Row | None:
        """The resource of a URI."""
        return self.index.get(_path(uri))

    def known(self, uri: str) -> Row:
        """A resource that another one refers to."""
        return self.index[_path(uri)]

    def add(self, kind: str, *rows: Row) -> None:
        """New resources at the end of their kind."""
        getattr(self, kind).extend(rows)
        for row in rows:
            self.index[_path(row["uri"])] = row

    def remove(self, kind: str, row: Row) -> None:
        getattr(self, kind).remove(row)
        del self.index[_path(row["uri"])]

    def add_event(self, event: Row, invitees: list[Row]) -> None:
        """An event and who is invited to it."""
        self.add("scheduled_events", event)
        self.invitees[event["uri"]] = invitees
        for row in invitees:
            self.index[_path(row["uri"])] = row

    def role(self, user: str) -> str | None:
        """A user's role in their organization; None for somebody who was removed from it."""
        memberships = (*self.organization_memberships, *self.foreign_memberships)
        return next((row["role"] for row in memberships if row["user"]["uri"] == user), None)

    def group_members(self, group: str) -> set[str]:
        """The URIs of the users in a group, its admins among them."""
        owners = (row["owner"] for row in self.group_relationships if row["group"] == group)
        return {owner["user"]["uri"] for owner in owners if isinstance(owner.get("user"), dict)}

    def hosts(self, event_type: Row) -> list[Row]:
        """The users who host an event type, its first host first."""
        uri = event_type["uri"]
        return [row["member"] for row in self.event_type_memberships if row["event_type"]["uri"] == uri]

    def uris(self) -> dict[str, list[str]]:
        """The URIs in the data set, by kind."""
        lists = {kind: rows for kind, rows in vars(self).items() if isinstance(rows, list)}
        found = {kind: [row["uri"] for row in rows if "uri" in row] for kind, rows in lists.items()}
        del found["scheduling_links"]  # these have no URI
        return {**found, "invitees": [row["uri"] for rows in self.invitees.values() for row in rows]}


def _path(uri: str) -> str:
    return uri.split("/", 3)[3]
