"""When users can be booked: ``/user_availability_schedules`` and ``/user_busy_times``. Calendly pages neither."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from calendly import bounds
from calendly.api import Api
from calendly.documents import Document, Page, Resource
from calendly.transport import Operation

WEEK = timedelta(days=7)
"""The longest range Calendly takes."""


class Interval(Resource):
    """Hours of a day, ``hh:mm`` on a 24-hour clock."""

    start: str = Field(default="", alias="from")
    end: str = Field(default="", alias="to")


class AvailabilityRule(Resource):
    """The hours of a weekday (``type`` wday) or of one date; no intervals means not available."""

    type: str = ""
    intervals: list[Interval] = []
    wday: str | None = None
    date: str | None = None


class AvailabilitySchedule(Resource):
    """A user's hours, in the schedule's own timezone."""

    uri: str = ""
    default: bool = False
    name: str = ""
    user: str = ""
    timezone: str = ""
    rules: list[AvailabilityRule] = []


class BusyEvent(Resource):
    """The scheduled event behind a busy time."""

    uri: str = ""


class BusyTime(Resource):
    """A stretch of time in which a user cannot be booked; only ``calendly`` ones have buffers and an event."""

    type: str = ""
    start_time: str = ""
    end_time: str = ""
    buffered_start_time: str | None = None
    buffered_end_time: str | None = None
    event: BusyEvent | None = None


class UserAvailabilitySchedules:
    """Operations on availability schedules."""

    RETRIEVE = Operation("GET", "/user_availability_schedules/{uuid}")
    LIST = Operation("GET", "/user_availability_schedules")

    def __init__(self, api: Api) -> None:
        self._api = api

    def retrieve(self, user_availability_schedule: str) -> Document[AvailabilitySchedule]:
        """A schedule by UUID or URI. Scope ``availability:read``."""
        path = self._api.path(user_availability_schedule, "user_availability_schedules")
        return self._api.retrieve(self.RETRIEVE, path, AvailabilitySchedule)

    def list(self, *, user: str) -> Page[AvailabilitySchedule]:
        """A user's schedules. Scope ``availability:read``."""
        params = {"user": self._api.uri(user, "users")}
        return self._api.whole_list(self.LIST, "/user_availability_schedules", params, AvailabilitySchedule)


class UserBusyTimes:
    """Operations on busy times."""

    LIST = Operation("GET", "/user_busy_times")

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self, *, user: str, start_time: str, end_time: str) -> Page[BusyTime]:
        """A user's busy times in at most seven days that are not past, ascending. Scope ``availability:read``."""
        params = {"user": self._api.uri(user, "users"), "start_time": start_time, "end_time": end_time}
        return self._api.whole_list(self.LIST, "/user_busy_times", params, BusyTime)

    def week(self, *, user: str, start_time: str, end_time: str, page_token: str | None = None) -> Page[BusyTime]:
        """One week of a longer range, as if Calendly paged it; ``bounds.piece`` says what is in it."""
        return bounds.piece(
            lambda start, end: self.list(user=user, start_time=start, end_time=end),
            longest=WEEK,
            start_time=start_time,
            end_time=end_time,
            page_token=page_token,
        )
