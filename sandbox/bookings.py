"""How events are booked, canceled and rescheduled, and who is told."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sandbox.announcements import announce
from sandbox.rows.base import Row, now
from sandbox.rows.events import cancellation_row, event_row, invitee_payload, invitee_row
from sandbox.rows.locations import SEEDED_LOCATIONS
from sandbox.world import World


def book(
    world: World,
    event_type: Row,
    start: datetime,
    *,
    hosts: Sequence[Row] = (),
    old: Row | None = None,
    location: Row | None = None,
    name: str | None = None,
    email: str | None = None,
    **more: Any,
) -> Row:
    """Somebody books; returns the invitee. With ``old``, they reschedule that booking. ``invitee.created`` goes out."""
    data = world.data
    number, created = len(data.scheduled_events), now()
    event = event_row(
        f"{world.origin}/scheduled_events/{uuid.uuid4()}",
        event_type,
        hosts or data.hosts(event_type)[:1],
        start=start,
        created=created,
        location=location or SEEDED_LOCATIONS[number % len(SEEDED_LOCATIONS)],
    )
    invitee = invitee_row(
        f"{event['uri']}/invitees/{uuid.uuid4()}",
        event,
        name=name or f"Invitee {event['uri'][-4:]}",
        email=email or f"invitee-{event['uri'][-12:]}@example.com",
        created=created,
        **more,
    )
    if old is not None:
        invitee["old_invitee"] = old["uri"]
    data.add_event(event, [invitee])
    if old is None:
        tell(world, "invitee.created", invitee)
    return invitee


def cancel(world: World, invitee: Row, *, by: str | None = None) -> None:
    """The invitee cancels, and with the last one the event is canceled. ``invitee.canceled`` goes out."""
    _cancel(world, invitee, by)
    tell(world, "invitee.canceled", invitee)


def reschedule(world: World, invitee: Row, start: datetime) -> Row:
    """The invitee moves their booking; returns the new invitee. Both halves go out, the canceled one first."""
    event = world.data.known(invitee["event"])
    event_type = world.data.known(event["event_type"])
    new = book(world, event_type, start, old=invitee, name=invitee["name"], email=invitee["email"])
    invitee.update(rescheduled=True, new_invitee=new["uri"])
    _cancel(world, invitee, None)
    tell(world, "invitee.canceled", invitee)
    tell(world, "invitee.created", new)
    return new


def tell(world: World, name: str, invitee: Row) -> None:
    """Deliver an invitee's event to whoever subscribed to it."""
    event = world.data.known(invitee["event"])
    announce(world, name, invitee_payload(event, invitee), [m["user"] for m in event["event_memberships"]])


def _cancel(world: World, invitee: Row, by: str | None) -> None:
    moment = now()
    cancellation = cancellation_row(by or invitee["name"], "host" if by else "invitee", moment)
    invitee.update(status="canceled", updated_at=moment, cancellation=cancellation)
    event = world.data.known(invitee["event"])
    counter = event["invitees_counter"]
    counter["active"] = max(0, counter["active"] - 1)
    if counter["active"] == 0:
        event.update(status="canceled", updated_at=moment, cancellation=cancellation)
