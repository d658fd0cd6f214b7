"""Event types of users and of teams, their hosts, and the schedules that users keep."""

from __future__ import annotations

from typing import Any

from sandbox.dataset.people import FOREIGN
from sandbox.dataset.store import Dataset
from sandbox.ids import Ids
from sandbox.rows.base import SEEDED, Row
from sandbox.rows.event_types import event_type_row, host_row, question_row, schedule_row, weekly_rules


def seed_event_types(data: Dataset, ids: Ids, event_types: int) -> None:
    """So many for each user; after all of them, those of teams and the peculiar ones."""
    numbered = [*enumerate(data.users), (FOREIGN, data.foreign_users[0])]
    for owner, user in numbered:
        for number in range(event_types):
            row = _personal(ids.uri("event_types", f"{owner}/{number}"), user, number)
            _add(data, ids, row, [user])
        _schedules(data, ids, owner, user["uri"])
    _of_teams(data, ids)


def _add(data: Dataset, ids: Ids, row: Row, hosts: list[Row]) -> None:
    data.add("event_types", row)
    identity = row["uri"].rsplit("/", 1)[1]
    for position, host in enumerate(hosts):
        uri = ids.uri("event_type_memberships", f"{identity}/{position}")
        data.add_host(host_row(uri, row, host))


def _personal(uri: str, user: Row, number: int) -> Row:
    duration = (30, 15, 60)[number % 3]
    return event_type_row(
        uri,
        f"{duration} Minute Meeting" + ("" if number < 3 else f" {number}"),
        duration,
        profile={"type": "User", "name": user["name"], "owner": user["uri"]},
        page=user["scheduling_url"],
        active=number % 3 != 2,
        before_buffer=(0, 15)[number % 2],
        position=number,
        secret=number % 3 == 1,
    )


def _of_teams(data: Dataset, ids: Ids) -> None:
    """One of every sort that a user alone does not have."""
    team, everybody, last = data.teams[0], data.users, data.users[-1]
    profile = {"type": "Team", "name": team["name"], "owner": team["uri"]}
    sorts: list[tuple[str, int, list[Row], dict[str, Any]]] = [
        ("Round Robin", 30, everybody, {"profile": profile, "pooling_type": "round_robin"}),
        (
            "Panel Interview",
            60,
            everybody[-2:],
            {"profile": profile, "pooling_type": "collective", "locations": [{"kind": "google_conference"}]},
        ),
        (
            "Webinar",
            60,
            [last],
            {"profile": profile, "kind": "group", "locations": [{"kind": "webex_conference"}]},
        ),
        (
            "Paid Consultation",
            30,
            [last],
            {
                "profile": profile,
                "is_paid": True,
                "custom_questions": [
                    question_row("Company", "string", required=True),
                    question_row("Size", "single_select", position=1, answer_choices=["1", "2-10", "11+"]),
                ],
                "locations": [
                    {"kind": "physical", "location": "12 Main Street", "additional_info": "Third floor"},
                    {"kind": "outbound_call"},
                    {"kind": "ask_invitee"},
                ],
            },
        ),
        ("Without a profile", 30, [last], {"profile": None}),
        (
            "Once Only",
            45,
            [last],
            {"profile": None, "type": "AdhocEventType", "start_time_increment": None, "slug": None},
        ),
        ("Retired", 30, [last], {"profile": profile, "active": False, "deleted_at": SEEDED}),
    ]
    for number, (name, duration, hosts, more) in enumerate(sorts):
        row = event_type_row(
            ids.uri("event_types", f"team/{number}"),
            name,
            duration,
            profile=more.pop("profile"),
            page=team["scheduling_url"],
            position=number,
            **more,
        )
        _add(data, ids, row, hosts)
        if row["kind"] == "group":
            data.behind.seats[row["uri"]] = 10


def _schedules(data: Dataset, ids: Ids, owner: int, user: str) -> None:
    hours = {"Working Hours": ("09:00", "17:00"), "Evenings": ("18:00", "20:00")}
    for number, (name, (start, end)) in enumerate(hours.items()):
        row = schedule_row(
            ids.uri("user_availability_schedules", f"{owner}/{number}"),
            name,
            user,
            weekly_rules(start, end),
            default=number == 0,
            timezone="Europe/Berlin",
        )
        data.add("user_availability_schedules", row)
