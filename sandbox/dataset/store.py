"""Where the rows are kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.rows.base import Row

_NO_URI = ("scheduling_links", "shares", "outgoing_communications")


@dataclass
class Behind:
    """What stands behind the rows and is in none of them. Everything is by URI.

    Attributes:
        owners: the user whose contact, List, note or recap it is; the organization whose custom field it is.
        hosts: the users who host an event type.
        on_list: the contacts on a List.
        view: the filter of a View: a field of contacts, and its value.
        values: the custom fields of a contact, by the URI of their definition.
        rules: the availability of an event type for one of its hosts, if it is not that of the host's schedule.
        seats: how many invitees an event of a group event type has room for.
        dates: when a one-off event type can be booked.
        limits: the meeting limits of a user.
        teams: the users in a team.
        used_links: booking URLs of single-use links that were used.
        bookings: when a user booked by the API, in seconds.
    """

    owners: dict[str, str] = field(default_factory=dict)
    hosts: dict[str, list[Row]] = field(default_factory=dict)
    on_list: dict[str, list[str]] = field(default_factory=dict)
    view: dict[str, tuple[str, str]] = field(default_factory=dict)
    values: dict[str, Row] = field(default_factory=dict)
    rules: dict[tuple[str, str], Row] = field(default_factory=dict)
    seats: dict[str, int] = field(default_factory=dict)
    dates: dict[str, Row] = field(default_factory=dict)
    limits: dict[str, Row] = field(default_factory=dict)
    teams: dict[str, list[str]] = field(default_factory=dict)
    used_links: set[str] = field(default_factory=set)
    bookings: dict[str, list[float]] = field(default_factory=dict)


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
    shares: list[Row] = field(default_factory=list)
    routing_forms: list[Row] = field(default_factory=list)
    routing_form_submissions: list[Row] = field(default_factory=list)
    meeting_recaps: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    contact_lists: list[Row] = field(default_factory=list)
    notes: list[Row] = field(default_factory=list)
    custom_field_definitions: list[Row] = field(default_factory=list)
    activity_log_entries: list[Row] = field(default_factory=list)
    outgoing_communications: list[Row] = field(default_factory=list)
    invitees: dict[str, list[Row]] = field(default_factory=dict)
    behind: Behind = field(default_factory=Behind)
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
        self.invitees[event["uri"]] = []
        for row in invitees:
            self.add_invitee(event, row)

    def add_invitee(self, event: Row, invitee: Row) -> None:
        self.invitees[event["uri"]].append(invitee)
        self.index[_path(invitee["uri"])] = invitee

    def remove_invitee(self, invitee: Row) -> None:
        """An invitee, and the event with the last one of it."""
        event = self.known(invitee["event"])
        self.invitees[event["uri"]].remove(invitee)
        del self.index[_path(invitee["uri"])]
        if invitee["no_show"]:
            self.remove("invitee_no_shows", self.known(invitee["no_show"]["uri"]))
        if not self.invitees[event["uri"]]:
            self.remove_event(event)

    def remove_event(self, event: Row) -> None:
        """An event, with its invitees."""
        for invitee in self.invitees.pop(event["uri"], []):
            del self.index[_path(invitee["uri"])]
        self.remove("scheduled_events", event)

    def role(self, user: str) -> str | None:
        """A user's role in their organization; None for somebody who was removed from it."""
        memberships = (*self.organization_memberships, *self.foreign_memberships)
        return next((row["role"] for row in memberships if row["user"]["uri"] == user), None)

    def group_members(self, group: str) -> set[str]:
        """The URIs of the users in a group, its admins among them."""
        owners = (row["owner"] for row in self.group_relationships if row["group"] == group)
        return {owner["user"]["uri"] for owner in owners if isinstance(owner.get("user"), dict)}

    def add_host(self, membership: Row) -> None:
        """One more host of an event type."""
        self.add("event_type_memberships", membership)
        self.behind.hosts.setdefault(membership["event_type"]["uri"], []).append(membership["member"])

    def remove_host(self, membership: Row) -> None:
        self.remove("event_type_memberships", membership)
        self.behind.hosts[membership["event_type"]["uri"]].remove(membership["member"])

    def hosts(self, event_type: Row) -> list[Row]:
        """The users who host an event type, its first host first."""
        return self.behind.hosts[event_type["uri"]]

    def belongs(self, event: Row, organization: str) -> bool:
        """Whether a host of an event is in an organization."""
        people = (self.known(membership["user"]) for membership in event["event_memberships"])
        return any(person["current_organization"] == organization for person in people)

    def schedule(self, user: str) -> Row | None:
        """A user's default schedule."""
        rows = self.user_availability_schedules
        return next((row for row in rows if row["user"] == user and row["default"]), None)

    def uris(self) -> dict[str, list[str]]:
        """The URIs in the data set, by kind."""
        lists = {kind: rows for kind, rows in vars(self).items() if isinstance(rows, list) and kind not in _NO_URI}
        found = {kind: [row["uri"] for row in rows] for kind, rows in lists.items()}
        return {**found, "invitees": [row["uri"] for rows in self.invitees.values() for row in rows]}


def _path(uri: str) -> str:
    return uri.split("/", 3)[3]
