"""Free slots: when event types can be booked, merged, in a part of the day of a time zone, exact when clocks change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, field_validator

from actions.connected import Connected
from actions.inputs import Input, Refers, Timestamp, WholeNumber, after_start
from actions.parts import Timezone
from calendly.api import each_page
from calendly.bounds import moment_of
from calendly.documents import to_timestamp
from calendly.errors import InvalidRequestError

MOST_REQUESTS = 60
"""Requests that one call makes: some of Calendly's limit is left to others."""

PIECE = timedelta(days=30)
"""Calendly answers for 31 days at most; a bound may be asked for with a second more."""

AHEAD = timedelta(seconds=10)
"""Calendly refuses a start that is past."""

_PART = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-(([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)

Row = dict[str, Any]


def _joined(value: Any) -> Any:
    return ",".join(value) if isinstance(value, list) and all(isinstance(each, str) for each in value) else value


def _references(what: str, kind: str, *, me: bool = False) -> Any:
    """Several references, as a list or separated by commas."""
    each = Refers(what, kind, me=me)

    def check(value: str) -> str:
        return ",".join(dict.fromkeys(each.check(part.strip()) for part in value.split(",")))

    return Annotated[
        str,
        BeforeValidator(_joined),
        AfterValidator(check),
        Field(
            description=f"{what} by UUID or URI{', or me' if me else ''}; several separated by commas, or as a list."
        ),
    ]


def _part(value: str) -> str:
    if not _PART.fullmatch(value) or value[:5] == value[6:]:
        raise ValueError("must be two times of day such as 09:00-12:00")
    return value


EventTypeRefs = _references("An event type", "event_types")
UserRefs = _references("A user", "users", me=True)


class WindowInput(Input):
    """When to look for free slots."""

    start_time: Timestamp = Field(description="The start of the window. What is past of it is left out.")
    end_time: Timestamp = Field(description="The end of the window; a slot starts before it.")
    timezone: Timezone | None = Field(
        default=None, description="IANA name, such as Europe/Berlin: the zone of part_of_day and local_start_time."
    )
    part_of_day: Annotated[str, AfterValidator(_part)] | None = Field(
        default=None,
        description="When on a day a slot starts, by the clock of timezone: 09:00-12:00 has 09:00 in and 12:00 out.",
    )
    minimum_notice: Annotated[WholeNumber, Field(ge=0, le=527_040)] = Field(
        default=0, description="Minutes from now before which no slot starts."
    )

    _ends_after_the_start = field_validator("end_time")(after_start)

    @field_validator("part_of_day")
    @classmethod
    def _of_which_clock(cls, part: str | None, info: ValidationInfo) -> str | None:
        if part and "timezone" in info.data and info.data["timezone"] is None:
            raise ValueError("needs timezone beside it")
        return part


class Clock(NamedTuple):
    """A zone's clock, and the part of its day that is wanted: minutes of the day, the last one out.

    A part that ends before it begins goes over midnight.
    """

    zone: tzinfo
    first: int = 0
    last: int = 24 * 60

    @classmethod
    def of(cls, zone: str | None, part: str | None) -> Clock:
        """
        Raises:
            InvalidRequestError: this machine does not know the zone.
        """
        if part is None:
            return cls(_zone(zone))
        first, _, last = part.partition("-")
        return cls(_zone(zone), _minutes(first), _minutes(last))

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def shows(self, moment: datetime) -> bool:
        """Whether the clock is in the part of the day at a moment."""
        local = self.local(moment)
        minute = local.hour * 60 + local.minute
        if self.first < self.last:
            return self.first <= minute < self.last
        return minute >= self.first or minute < self.last


def free_slots(connected: Connected, event_types: list[str], wanted: WindowInput) -> Iterator[tuple[datetime, Row]]:
    """The free slots of event types in a window, by start time: each row as Calendly sent it, with its event type.

    Asks for a piece of the window at a time, when the slots before it are used up.

    Raises:
        InvalidRequestError: the window takes more than ``MOST_REQUESTS``, or the zone is not known.
    """
    clock = Clock.of(wanted.timezone, wanted.part_of_day)
    now = datetime.now(UTC)
    begins = max(datetime.fromisoformat(wanted.start_time), now + AHEAD, now + timedelta(minutes=wanted.minimum_notice))
    ends = datetime.fromisoformat(wanted.end_time)
    needed = max(0, -((begins - ends) // PIECE)) * len(event_types)
    if needed > MOST_REQUESTS:
        raise InvalidRequestError.for_field(
            "end_time",
            f"is too far for {len(event_types)} event types: it takes {needed} requests, and a call makes at most "
            f"{MOST_REQUESTS}. Ask for a shorter window, or for fewer event types",
        )
    while begins < ends:
        last = min(begins + PIECE, ends)
        rows = [row for each in event_types for row in _piece(connected, each, begins, last)]
        for moment, row in sorted(rows, key=lambda each: each[0]):
            if clock.shows(moment):
                yield moment, {**row, "local_start_time": clock.local(moment).isoformat()}
        begins = last


def event_types_of(connected: Connected, users: list[str]) -> list[str]:
    """The URIs of the active event types of users.

    Raises:
        InvalidRequestError: there are more than one call asks for.
    """
    found: dict[str, None] = {}
    for user in users[: MOST_REQUESTS + 1]:
        for page in each_page(
            lambda page_token, user=user: connected.calendly.event_types.list(  # type: ignore[misc]
                user=connected.user(user), active=True, count=100, page_token=page_token
            )
        ):
            found |= dict.fromkeys(str(row["uri"]) for row in page.rows if not row.get("deleted_at"))
            if len(found) > MOST_REQUESTS:
                raise InvalidRequestError.for_field(
                    "users", f"have more than {MOST_REQUESTS} active event types: name those that you want"
                )
    return list(found)


def _piece(connected: Connected, event_type: str, begins: datetime, ends: datetime) -> Iterator[tuple[datetime, Row]]:
    """Start in, end out, however Calendly reads the bounds."""
    uri = connected.calendly.api.uri(event_type, "event_types")
    # By now the start may be past.
    asks_from = max(begins - timedelta(seconds=1), datetime.now(UTC) + timedelta(seconds=5))
    if asks_from >= ends:
        return
    page = connected.calendly.event_type_available_times.list(
        event_type=uri, start_time=to_timestamp(asks_from), end_time=to_timestamp(ends + timedelta(seconds=1))
    )
    for row in page.rows:
        moment = moment_of(row.get("start_time"))
        if moment is not None and begins <= moment < ends and row.get("status", "available") == "available":
            yield moment, {**row, "event_type": uri}


def _zone(name: str | None) -> tzinfo:
    if name is None:
        return UTC
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise InvalidRequestError.for_field(
            "timezone",
            "is not known where this runs, which has no database of time zones; leave it and part_of_day out",
        ) from None


def _minutes(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)
