"""When an event type can be booked: its hosts' hours, less what they already have, exact when clocks change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sandbox.clocks import spans
from sandbox.rows.base import Row, stamp
from sandbox.rows.event_types import DAYS
from sandbox.world import World

MINIMUM_NOTICE = timedelta(hours=4)
"""Calendly's default."""


@dataclass(frozen=True)
class Slot:
    """A start time, who would host it, the event to join if it is one for several, and the seats that are left."""

    start: datetime
    hosts: tuple[Row, ...]
    event: Row | None
    remaining: int


def slots(world: World, event_type: Row, start: datetime, end: datetime) -> list[Slot]:
    """The slots that start from ``start`` until before ``end``, in order."""
    earliest = max(start, datetime.now(UTC) + MINIMUM_NOTICE)
    if not event_type["active"] or event_type["deleted_at"]:
        return []
    calendars = [_Calendar(world, event_type, host, start, end) for host in world.data.hosts(event_type)]
    wanted = _Dates(world, event_type)
    free: dict[datetime, list[_Calendar]] = {}
    for calendar in calendars:
        for moment in calendar.starts(earliest, end):
            if wanted.include(moment):
                free.setdefault(moment, []).append(calendar)
    together = event_type["pooling_type"] != "round_robin"
    found = []
    for moment in sorted(free):
        hosts = free[moment]
        if together and len(hosts) < len(calendars):
            continue
        chosen = hosts if together else [min(hosts, key=lambda each: each.booked)]
        event = hosts[0].joined(moment)
        seats = world.data.behind.seats.get(event_type["uri"], 1)
        remaining = seats - (event["invitees_counter"]["active"] if event else 0)
        if remaining > 0:
            found.append(Slot(moment, tuple(each.host for each in chosen), event, remaining))
    return found


class _Calendar:
    """One host's hours for an event type, and what they have in them."""

    def __init__(self, world: World, event_type: Row, host: Row, start: datetime, end: datetime) -> None:
        self.host = host
        self._type = event_type
        self._rules = rules_of(world, event_type, host["uri"])
        self._zone = ZoneInfo(self._rules["timezone"] if self._rules else "UTC")
        mine = [
            event
            for event in world.data.scheduled_events
            if event["status"] == "active" and any(m["user"] == host["uri"] for m in event["event_memberships"])
        ]
        self.booked = len(mine)
        near = (stamp(start - timedelta(days=2)), stamp(end + timedelta(days=2)))
        self._events = [event for event in mine if near[0] <= event["start_time"] <= near[1]]
        self._seated = event_type["uri"] in world.data.behind.seats
        busy = [self._span(event) for event in self._events if not (self._seated and self._is_own(event))]
        self._busy = sorted([*busy, *lunches(start - timedelta(days=1), end + timedelta(days=1))])
        self._full = _Limits(world, host["uri"], mine, self._zone)

    def starts(self, earliest: datetime, end: datetime) -> Iterator[datetime]:
        step = timedelta(minutes=self._type["start_time_increment"] or 30)
        length = timedelta(minutes=self._type["duration"])
        for opens, closes in self._hours(earliest, end):
            moment = opens
            while moment + length <= closes:
                if earliest <= moment < end and self._is_free(moment, length) and not self._full.on(moment):
                    yield moment
                moment += step

    def joined(self, moment: datetime) -> Row | None:
        """The event for several that starts then, which another one may join."""
        at = stamp(moment)
        return next((each for each in self._events if self._is_own(each) and each["start_time"] == at), None)

    def _is_own(self, event: Row) -> bool:
        return bool(event["event_type"] == self._type["uri"])

    def _hours(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        day, last = start.astimezone(self._zone).date(), end.astimezone(self._zone).date()
        while day <= last:
            for interval in intervals_on(self._rules["rules"] if self._rules else (), day):
                yield from spans(day, interval["from"], interval["to"], self._zone)
            day += timedelta(days=1)

    def _is_free(self, moment: datetime, length: timedelta) -> bool:
        begins = moment - timedelta(minutes=self._type["before_buffer"])
        ends = moment + length + timedelta(minutes=self._type["after_buffer"])
        if any(first < ends and last > begins for first, last in self._busy):
            return False
        # One for several overlaps with no other one of its kind, but may be joined.
        own = (event for event in self._events if self._seated and self._is_own(event))
        at, first, last = stamp(moment), stamp(begins), stamp(ends)
        return all(row["start_time"] == at or row["start_time"] >= last or row["end_time"] <= first for row in own)

    def _span(self, event: Row) -> tuple[datetime, datetime]:
        mine = next(m for m in event["event_memberships"] if m["user"] == self.host["uri"])
        return datetime.fromisoformat(mine["buffered_start_time"]), datetime.fromisoformat(mine["buffered_end_time"])


class _Limits:
    """A user's meeting limits, and how far each day, week and month has come to them."""

    def __init__(self, world: World, user: str, events: Iterable[Row], zone: ZoneInfo) -> None:
        limits = world.data.behind.limits.get(user, {})
        self._limits = [limits.get(name) for name in ("daily_limit", "weekly_limit", "monthly_limit")]
        self._zone = zone
        self._counts: Counter[tuple[object, ...]] = Counter()
        if any(self._limits):
            for event in events:
                self._counts.update(self._periods(datetime.fromisoformat(event["start_time"])))

    def on(self, moment: datetime) -> bool:
        if not any(self._limits):
            return False
        periods = zip(self._limits, self._periods(moment), strict=True)
        return any(limit is not None and self._counts[period] >= limit for limit, period in periods)

    def _periods(self, moment: datetime) -> list[tuple[object, ...]]:
        day = moment.astimezone(self._zone).date()
        return [("day", day), ("week", *day.isocalendar()[:2]), ("month", day.year, day.month)]


class _Dates:
    """When a one-off event type can be booked; all others always can."""

    def __init__(self, world: World, event_type: Row) -> None:
        self._setting = world.data.behind.dates.get(event_type["uri"])

    def include(self, moment: datetime) -> bool:
        setting = self._setting
        if setting is None:
            return True
        if setting["type"] == "spots":
            return any(datetime.fromisoformat(spot["start_time"]) == moment for spot in setting["spots"])
        day = moment.astimezone(ZoneInfo(setting["timezone"])).date()
        first, last = date.fromisoformat(setting["start_date"]), date.fromisoformat(setting["end_date"])
        return first <= day <= last and not (setting["only_weekdays"] and day.weekday() >= 5)


def rules_of(world: World, event_type: Row, user: str) -> Row | None:
    """``{"timezone", "rules", ...}`` of an event type for a host: its own, or the host's default schedule."""
    data = world.data
    return data.behind.rules.get((event_type["uri"], user)) or data.schedule(user)


def intervals_on(rules: Iterable[Row], day: date) -> list[Row]:
    """The hours of a day: those of its date, or else those of its weekday."""
    rules = list(rules)
    of_date = [rule for rule in rules if rule["type"] == "date" and rule["date"] == day.isoformat()]
    weekday = DAYS[day.isoweekday() % 7]
    chosen = of_date or [rule for rule in rules if rule["type"] == "wday" and rule["wday"] == weekday]
    return [interval for rule in chosen for interval in rule["intervals"]]


def lunches(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Everybody's own calendar says lunch at noon UTC."""
    noon = start.astimezone(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    days = range((end - start).days + 2)
    found = [(noon + timedelta(days=day), noon + timedelta(days=day, hours=1)) for day in days]
    return [(first, last) for first, last in found if first < end and last > start]
