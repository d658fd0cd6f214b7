"""Bookings to move, and what became of them."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts import aws
from sandbox.bookings import book
from sandbox.rows.locations import location_row
from sandbox.world import World

TOLD, NOT_FINISHED = "Calendly event rescheduled", "Calendly reschedule not finished"

_weeks = itertools.count()


class Booked:
    """One booking in a sandbox, in a week of its own.

    Args:
        world: the sandbox's.
        name: of the event type.
        **more: of the booking.
    """

    def __init__(self, world: World, name: str = "30 Minute Meeting", **more: Any) -> None:
        self.world = world
        self.event_type = next(row for row in world.data.event_types if row["name"] == name)
        monday = datetime(2030, 1, 7, 9, tzinfo=UTC) + timedelta(weeks=next(_weeks))
        self.email = f"eve-{monday:%Y%m%d}@example.com"
        self.start = f"{monday + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
        more = {"location": location_row("zoom_conference", fresh=True), "name": "Eve Adams", **more}
        self.invitee = book(world, self.event_type, monday, email=self.email, **more)
        self.event = world.data.known(self.invitee["event"])

    @property
    def others(self) -> list[dict[str, Any]]:
        """The same person's other invitees."""
        rows = [row for rows in self.world.data.invitees.values() for row in rows if row["email"] == self.email]
        return [row for row in rows if row is not self.invitee]

    @property
    def active(self) -> list[str]:
        """The events of this person that are active."""
        return [row["event"] for row in (self.invitee, *self.others) if row["status"] == "active"]

    def age(self, **ago: float) -> None:
        """So much time passes for the move of it, and whoever was at it is gone."""
        item = self.record()
        if item is None:
            return
        item.pop("lease_until", None)
        for name in ("began", "lost"):
            if name in item:
                moment = datetime.fromisoformat(item[name]["S"]) - timedelta(**ago)
                item[name] = {"S": moment.isoformat()}
        aws.client("dynamodb").put_item(TableName="Table", Item=item)

    def record(self) -> dict[str, Any] | None:
        """What the table says of the move of it."""
        key = {"pk": {"S": "reschedule"}, "sk": {"S": self.event["uri"].rsplit("/", 1)[1]}}
        item: dict[str, Any] | None = aws.client("dynamodb").get_item(TableName="Table", Key=key).get("Item")
        return item
