"""A reproducible data set: the same numbers give the same resources, day by day."""

from __future__ import annotations

import random
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from sandbox.bookings import Row, cancellation_row, event_row, invitee_row, stamp

__all__ = ["DEFAULT_SIZE", "Dataset", "Row", "make", "stamp"]

_NAMES = ["Ada Lovelace", "Grace Hopper", "Alan Kay", "Barbara Liskov", "Ken Iverson", "Radia Perlman", "Tony Hoare"]
_CREATED = "2024-03-01T08:00:00.000000Z"
DEFAULT_SIZE = {"users": 5, "events": 60, "event_types": 3, "groups": 2, "seed": 1}


@dataclass
class Dataset:
    """Everything the sandbox knows, by kind. Every row is a resource as the API answers it.

    ``invitees`` are by the URI of their event.
    """

    organization: str = ""
    foreign_organization: str = ""
    users: list[Row] = field(default_factory=list)
    foreign_users: list[Row] = field(default_factory=list)
    organization_memberships: list[Row] = field(default_factory=list)
    event_types: list[Row] = field(default_factory=list)
    scheduled_events: list[Row] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    group_relationships: list[Row] = field(default_factory=list)
    user_availability_schedules: list[Row] = field(default_factory=list)
    scheduling_links: list[Row] = field(default_factory=list)
    webhook_subscriptions: list[Row] = field(default_factory=list)
    invitees: dict[str, list[Row]] = field(default_factory=dict)
    index: dict[str, Row] = field(default_factory=dict)

    def find(self, path: str) -> Row | None:
        """The resource of a path such as ``users/<uuid>``."""
        return self.index.get(path)

    def add_event(self, event: Row, invitees: list[Row]) -> None:
        """An event and who is invited to it."""
        self.scheduled_events.append(event)
        self.invitees[event["uri"]] = invitees
        for row in (event, *invitees):
            self.index[row["uri"].split("/", 3)[3]] = row

    def role(self, user: str) -> str:
        """A user's role in their organization."""
        return next((m["role"] for m in self.organization_memberships if m["user"]["uri"] == user), "owner")

    def uris(self) -> dict[str, list[str]]:
        """The URIs in the data set, by kind."""
        kinds = (
            "users",
            "foreign_users",
            "organization_memberships",
            "event_types",
            "scheduled_events",
            "groups",
            "group_relationships",
            "user_availability_schedules",
            "webhook_subscriptions",
        )
        found = {kind: [row["uri"] for row in getattr(self, kind)] for kind in kinds}
        invitees = [row["uri"] for rows in self.invitees.values() for row in rows]
        return {"organizations": [self.organization], **found, "invitees": invitees}


class _Maker:
    def __init__(self, origin: str, seed: int) -> None:
        self._origin = origin
        self.random = random.Random(seed)  # noqa: S311 - a data set, not a secret

    def uri(self, *kinds: str) -> str:
        path = "/".join(
            part if part else str(uuid.UUID(int=self.random.getrandbits(128), version=4)) for part in (*kinds, "")
        )
        return f"{self._origin}/{path}"


def make(origin: str, *, users: int, events: int, event_types: int, groups: int, seed: int) -> Dataset:
    """A data set of the given size, its resources' URIs below ``origin``.

    Users: the first owns the organization, the second is an admin, the others are users. Events are spread around
    today, three to a start time, some of them canceled.
    """
    maker = _Maker(origin, seed)
    data = Dataset(organization=maker.uri("organizations"), foreign_organization=maker.uri("organizations"))
    data.users = [_user(maker, number, data.organization) for number in range(users)]
    data.foreign_users = [_user(maker, 900, data.foreign_organization)]
    roles = ["owner", "admin"] + ["user"] * users
    for user, role in zip(data.users, roles, strict=False):
        data.organization_memberships.append(_membership(maker, user, role, data.organization))
    for user in [*data.users, *data.foreign_users]:
        data.event_types += [_event_type(maker, user, number) for number in range(event_types)]
        data.user_availability_schedules += _schedules(maker, user["uri"])
    _groups(maker, data, groups)
    _events(maker, data, events)
    _webhook_subscriptions(_Maker(origin, seed + 1), data)
    for kind in vars(data).values():
        for row in kind if isinstance(kind, list) else ():
            data.index[row["uri"].removeprefix(origin + "/")] = row
    return data


def _user(maker: _Maker, number: int, organization: str) -> Row:
    name = _NAMES[number % len(_NAMES)] + ("" if number < len(_NAMES) else f" {number}")
    slug = name.lower().replace(" ", "-")
    return {
        "uri": maker.uri("users"),
        "name": name,
        "slug": slug,
        "email": f"{slug}@example.com",
        "scheduling_url": f"https://calendly.com/{slug}",
        "timezone": "Europe/Berlin" if number % 2 else "America/New_York",
        "time_notation": "24h" if number % 2 else "12h",
        "avatar_url": None,
        "created_at": _CREATED,
        "updated_at": _CREATED,
        "current_organization": organization,
        "resource_type": "User",
        "locale": "en",
    }


def _membership(maker: _Maker, user: Row, role: str, organization: str) -> Row:
    shown = ("uri", "name", "slug", "email", "scheduling_url", "timezone", "avatar_url", "locale")
    person = {name: user[name] for name in (*shown, "created_at", "updated_at")}
    return {
        "uri": maker.uri("organization_memberships"),
        "role": role,
        "user": person,
        "organization": organization,
        "created_at": _CREATED,
        "updated_at": _CREATED,
    }


def _event_type(maker: _Maker, user: Row, number: int) -> Row:
    duration = (30, 15, 60)[number % 3]
    name = f"{duration} Minute Meeting" + ("" if number < 3 else f" {number}")
    slug = name.lower().replace(" ", "-")
    return {
        "uri": maker.uri("event_types"),
        "name": name,
        "active": number % 3 != 2,
        "admin_managed": False,
        "after_buffer": 0,
        "before_buffer": (0, 15)[number % 2],
        "booking_method": "instant",
        "color": "#0069ff",
        "created_at": _CREATED,
        "custom_questions": [
            {
                "name": "What should we prepare?",
                "type": "text",
                "position": 0,
                "enabled": True,
                "required": False,
                "answer_choices": [],
                "include_other": False,
            }
        ],
        "deleted_at": None,
        "description_html": None,
        "description_plain": None,
        "duration": duration,
        "duration_options": None,
        "internal_note": None,
        "is_paid": False,
        "kind": "solo",
        "locale": "en",
        "locations": [{"kind": "zoom_conference"}],
        "pooling_type": None,
        "position": number,
        "profile": {"type": "User", "name": user["name"], "owner": user["uri"]},
        "scheduling_url": f"{user['scheduling_url']}/{slug}",
        "secret": number % 3 == 1,
        "slug": slug,
        "start_time_increment": 30,
        "type": "StandardEventType",
        "updated_at": _CREATED,
    }


def _schedules(maker: _Maker, user: str) -> list[Row]:
    days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    hours = {"Working Hours": ("09:00", "17:00"), "Evenings": ("18:00", "20:00")}
    return [
        {
            "uri": maker.uri("user_availability_schedules"),
            "default": name == "Working Hours",
            "name": name,
            "user": user,
            "timezone": "Europe/Berlin",
            "rules": [
                {
                    "type": "wday",
                    "wday": day,
                    "intervals": [] if day in ("sunday", "saturday") else [{"from": start, "to": end}],
                }
                for day in days
            ],
        }
        for name, (start, end) in hours.items()
    ]


def _groups(maker: _Maker, data: Dataset, groups: int) -> None:
    for number in range(groups):
        group = {
            "uri": maker.uri("groups"),
            "name": f"Team {number + 1}",
            "organization": data.organization,
            "created_at": _CREATED,
            "updated_at": _CREATED,
            "member_count": 0,
        }
        data.groups.append(group)
        owners = [
            {**membership, "type": "OrganizationMembership"}
            for position, membership in enumerate(data.organization_memberships)
            if position % groups == number
        ]
        owners.append(_invitation(maker, data.organization, number))
        group["member_count"] = len(owners) - 1
        for position, owner in enumerate(owners):
            data.group_relationships.append(
                {
                    "uri": maker.uri("group_relationships"),
                    "role": "admin" if position == 0 else "member",
                    "owner": owner,
                    "organization": data.organization,
                    "group": group["uri"],
                    "created_at": _CREATED,
                    "updated_at": _CREATED,
                }
            )


def _invitation(maker: _Maker, organization: str, number: int) -> Row:
    return {
        "uri": maker.uri("organizations", organization.rsplit("/", 1)[1], "invitations"),
        "organization": organization,
        "email": f"invited-{number}@example.com",
        "status": "pending",
        "created_at": _CREATED,
        "updated_at": _CREATED,
        "last_sent_at": _CREATED,
        "type": "OrganizationInvitation",
    }


def _events(maker: _Maker, data: Dataset, events: int) -> None:
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    by_user: dict[str, list[Row]] = {}
    for event_type in data.event_types:
        by_user.setdefault(event_type["profile"]["owner"], []).append(event_type)
    for number in range(events):
        host = data.users[number % len(data.users)]
        event_type = by_user[host["uri"]][number % len(by_user[host["uri"]])]
        start = today + timedelta(minutes=30 * (number // 3 - events // 6))
        canceled = number % 10 == 7
        event = event_row(maker.uri("scheduled_events"), number, event_type, host, start=start, created=_CREATED)
        if canceled:
            event.update(status="canceled", cancellation=cancellation_row(host["name"], "host", _CREATED))
        # Most are one to one; some are for several people.
        size = 3 if number % 20 == 5 else 1
        event["invitees_counter"] = {"total": size, "active": 0 if canceled else size, "limit": 2 * size - 1}
        data.add_event(event, [_invitee(event, position) for position in range(size)])


def _invitee(event: Row, position: int) -> Row:
    invitee = invitee_row(event, position, _CREATED)
    return {**invitee, "cancellation": event["cancellation"]} if event["status"] == "canceled" else invitee


def _webhook_subscriptions(maker: _Maker, data: Dataset) -> None:
    """Three of the owner's that nobody answered for a day."""
    for number in range(3):
        data.webhook_subscriptions.append(
            {
                "uri": maker.uri("webhook_subscriptions"),
                "callback_url": f"https://example.com/forgotten/{number}",
                "created_at": _CREATED,
                "updated_at": _CREATED,
                "retry_started_at": _CREATED,
                "state": "disabled",
                "events": ["invitee.created", "invitee.canceled"],
                "scope": "user",
                "organization": data.organization,
                "user": data.users[0]["uri"],
                "group": None,
                "creator": data.users[0]["uri"],
            }
        )
