"""Local hours in UTC, exact on the days on which clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Span = tuple[datetime, datetime]


def spans(day: date, opens: str, closes: str, zone: ZoneInfo) -> list[Span]:
    """When a local clock shows ``hh:mm`` from one to another on a day; ``24:00`` is the end of the day.

    An hour that does not come is no part of it; one that comes twice is part of it twice.
    """
    first, last = _naive(day, opens), _naive(day, closes)
    found: list[Span] = []
    for since, until, offset in _periods(day, zone):
        begin = max(since, first - offset)
        end = min(until, last - offset)
        if begin < end and found and found[-1][1] == begin:
            found[-1] = (found[-1][0], end)
        elif begin < end:
            found.append((begin, end))
    return [(begin.replace(tzinfo=UTC), end.replace(tzinfo=UTC)) for begin, end in found]


def _naive(day: date, clock: str) -> datetime:
    hour, minute = (int(part) for part in clock.split(":")[:2])
    return datetime.combine(day, time()) + timedelta(hours=hour, minutes=minute)


def _periods(day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime, timedelta]]:
    """The times in UTC around a day between which the offset of the zone stays the same."""
    start = datetime.combine(day, time()) - timedelta(hours=24)
    end = start + timedelta(hours=72)
    before, after = _offset(start, zone), _offset(end, zone)
    if before == after:
        return [(start, end, before)]
    early, late = start, end
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) / 2
        early, late = (middle, late) if _offset(middle, zone) == before else (early, middle)
    change = late.replace(microsecond=0)
    return [(start, change, before), (change, end, after)]


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.replace(tzinfo=UTC).astimezone(zone).utcoffset() or timedelta(0)
