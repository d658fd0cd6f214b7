"""One's own users, event types and bookings, from a seed file, in place of those that are made up."""

from __future__ import annotations

from dataclasses import dataclass, field

from sandbox.dataset.store import Dataset
from sandbox.ids import Ids
from sandbox.rows.base import SEEDED, Row, stamp
from sandbox.rows.event_types import event_type_row, question_row
from sandbox.rows.events import cancellation_row, event_row, invitee_row
from sandbox.rows.locations import SEEDED_LOCATIONS, TYPES
from sandbox.rows.people import user_row


class SeedError(Exception):
    """A seed file that cannot be used; ``problems`` are sentences, each with the file and the line."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True)
class Entry:
    """One entry of a list in the file: its values, and the lines that they are on."""

    file: str
    path: str
    lines: dict[str, int]
    values: Row

    def wrong(self, name: str, what: str) -> SeedError:
        """What is wrong with a field, with its line."""
        line = self.lines.get(name, self.lines[""])
        return SeedError([f"{self.file}:{line}: {self.path}.{name}: {what}"])


@dataclass
class Own:
    """What a seed file says. A section that it does not have is None, and made up."""

    organization: str | None = None
    users: list[Entry] | None = None
    event_types: list[Entry] | None = None
    bookings: list[Entry] | None = None
    size: dict[str, int] = field(default_factory=dict)


def own_users(ids: Ids, entries: list[Entry], organization: str) -> list[tuple[Row, str]]:
    """Users with their roles. Without a role, the first one is the owner."""
    found: list[tuple[Row, str]] = []
    for number, entry in enumerate(entries):
        said = entry.values
        row = user_row(
            ids.uri("users", number),
            said["name"],
            organization,
            timezone=said.get("timezone", "Europe/Berlin"),
            time_notation="24h",
            email=said.get("email", ""),
            slug=said.get("slug", ""),
        )
        for name in ("email", "slug"):
            if any(row[name] == other[name] for other, _ in found):
                raise entry.wrong(name, f"{row[name]!r} is another user's already. Give this one a different {name}.")
        found.append((row, said.get("role", "user" if number else "owner")))
    if not any(role == "owner" for _, role in found):
        raise entries[0].wrong("role", "nobody is the owner. Give one user the role owner.")
    return found


def own_event_types(data: Dataset, ids: Ids, entries: list[Entry]) -> list[tuple[Row, Row]]:
    """Event types with their hosts; the first user's if no owner is given."""
    found: list[tuple[Row, Row]] = []
    for number, entry in enumerate(entries):
        said = entry.values
        owner = _owner(data, entry)
        more: Row = {name: said[name] for name in ("active", "secret", "before_buffer", "after_buffer") if name in said}
        if "description" in said:
            more |= {"description_plain": said["description"], "description_html": f"<p>{said['description']}</p>"}
        if "questions" in said:
            asked = said["questions"]
            more["custom_questions"] = [question_row(text, position=place) for place, text in enumerate(asked)]
        if "location" in said:
            more["locations"] = [{"kind": said["location"]}]
        if said.get("seats", 1) > 1:
            more["kind"] = "group"
        row = event_type_row(
            ids.uri("event_types", f"own/{number}"),
            said["name"],
            said["duration"],
            profile={"type": "User", "name": owner["name"], "owner": owner["uri"]},
            page=owner["scheduling_url"],
            position=number,
            **more,
        )
        if "slug" in said:
            row |= {"slug": said["slug"], "scheduling_url": f"{owner['scheduling_url']}/{said['slug']}"}
        if any(row["scheduling_url"] == other["scheduling_url"] for other, _ in found):
            raise entry.wrong("slug", f"{row['slug']!r} is there already. Give this event type a different slug.")
        if "seats" in said:
            data.behind.seats[row["uri"]] = said["seats"]
        found.append((row, owner))
    return found


def _owner(data: Dataset, entry: Entry) -> Row:
    wanted = entry.values.get("owner")
    for user in data.users:
        if wanted in (None, user["email"], user["slug"]):
            return user
    known = ", ".join(user["slug"] for user in data.users)
    raise entry.wrong("owner", f"{wanted!r} is no user. Known: {known}.")


def seed_bookings(data: Dataset, ids: Ids, entries: list[Entry]) -> None:
    """Events with their invitees, in the order of their start times. Those of several invitees are joined."""
    for number, entry in sorted(enumerate(entries), key=lambda each: each[1].values["start_time"]):
        _book(data, ids, entry, number)


def _book(data: Dataset, ids: Ids, entry: Entry, number: int) -> None:
    said = entry.values
    event_type = _event_type(data, entry)
    canceled = said.get("status") == "canceled"
    event = _joined(data, event_type, stamp(said["start_time"]), canceled=canceled)
    seats = data.behind.seats.get(event_type["uri"], 1)
    if event is None:
        event = event_row(
            ids.uri("scheduled_events", f"own/{number}"),
            event_type,
            data.hosts(event_type),
            start=said["start_time"],
            created=SEEDED,
            location=_location(event_type, number),
            invitees_counter={"total": 0, "active": 0, "limit": seats},
        )
        data.add_event(event, [])
    counter = event["invitees_counter"]
    if counter["active"] >= seats and not canceled:
        raise entry.wrong("start_time", f"the event has {seats} seat(s), all of them taken.")
    counter.update(total=counter["total"] + 1, active=counter["active"] + (not canceled))
    more: Row = {"timezone": said["timezone"]} if "timezone" in said else {}
    if canceled:
        more["cancellation"] = cancellation_row(said["name"], "invitee", SEEDED, reason=said.get("reason"))
        event.update(status="canceled", cancellation=more["cancellation"])
    uri = ids.uri("invitees", f"own/{number}", below=event["uri"])
    invitee = invitee_row(uri, event, name=said["name"], email=said["email"], created=SEEDED, **more)
    answers = [each["name"] for each in event_type["custom_questions"][:1]]
    invitee["questions_and_answers"] = [
        {"question": question, "answer": "Nothing", "position": 0} for question in answers
    ]
    data.add_invitee(event, invitee)


def _event_type(data: Dataset, entry: Entry) -> Row:
    wanted = entry.values["event_type"]
    for name in ("slug", "name"):
        for row in data.event_types:
            if row[name] == wanted and row["deleted_at"] is None:
                return row
    known = ", ".join(dict.fromkeys(row["slug"] for row in data.event_types if row["slug"]))
    raise entry.wrong("event_type", f"{wanted!r} is no event type. Known: {known}.")


def _joined(data: Dataset, event_type: Row, start: str, *, canceled: bool) -> Row | None:
    """The event at that time; a canceled booking has one to itself."""
    if canceled:
        return None
    for event in data.scheduled_events:
        if (event["event_type"], event["start_time"], event["status"]) == (event_type["uri"], start, "active"):
            return event
    return None


def _location(event_type: Row, number: int) -> Row:
    kinds = [TYPES.get(each["kind"], each["kind"]) for each in event_type["locations"] or ()]
    fitting = [row for row in SEEDED_LOCATIONS if row["type"] in kinds]
    return fitting[0] if fitting else SEEDED_LOCATIONS[number % len(SEEDED_LOCATIONS)]
