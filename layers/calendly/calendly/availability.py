"""When users can be booked: ``/user_availability_schedules`` and ``/user_busy_times``. Calendly does not page them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from pydantic import Field

from calendly import bounds
from calendly.api import Api
from calendly.documents import Document, Page, Resource
from calendly.transport import Operation

WEEK = timedelta(days=7)
"""The longest range Calendly accepts."""


class Interval(Resource):
    """A time range within a day, ``hh:mm`` on a 24-hour clock."""

    start: str = Field(default="", alias="from")
    end: str = Field(default="", alias="to")


class AvailabilityRule(Resource):
    """The hours of a weekday (``type`` wday) or of one date. Without intervals the user is not available."""

    type: str = ""
    intervals: list[Interval] = []
    wday: str | None = None
    date: str | None = None


class AvailabilitySchedule(Resource):
    """A user's hours, in the schedule's time zone."""

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
    """A time range in which a user cannot be booked. Only the type ``calendly`` has buffers and an event."""

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
    CREATE = Operation("POST", "/user_availability_schedules", write=True)
    UPDATE = Operation("PATCH", "/user_availability_schedules/{uuid}", write=True, repeatable=True)

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

    def create(
        self, *, name: str, rules: Sequence[Mapping[str, Any]], timezone: str | None = None
    ) -> Document[AvailabilitySchedule]:
        """Make a schedule of the account's own user. Scope ``availability:write``."""
        document = {"name": name, "timezone": timezone, "rules": rules}
        return self._api.write(self.CREATE, "/user_availability_schedules", document, AvailabilitySchedule)

    def update(
        self,
        user_availability_schedule: str,
        *,
        name: str | None = None,
        timezone: str | None = None,
        rules: Sequence[Mapping[str, Any]] | None = None,
        default: bool | None = None,
    ) -> Document[AvailabilitySchedule]:
        """Change what is given of a schedule, by UUID or URI; ``rules`` replace all. Scope ``availability:write``."""
        path = self._api.path(user_availability_schedule, "user_availability_schedules")
        document = {"name": name, "timezone": timezone, "rules": rules, "default": default}
        return self._api.write(self.UPDATE, path, document, AvailabilitySchedule)


class UserBusyTimes:
    """Operations on busy times."""

    LIST = Operation("GET", "/user_busy_times")

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self, *, user: str, start_time: str, end_time: str) -> Page[BusyTime]:
        """A user's busy times in at most seven days, from now on, in ascending order. Scope ``availability:read``."""
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
