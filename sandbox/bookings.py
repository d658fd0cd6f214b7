"""How events are booked, canceled and rescheduled, and who is told."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sandbox.announcements import announce
from sandbox.journal import log
from sandbox.rows.base import Row, now
from sandbox.rows.events import cancellation_row, event_row, guest_row, invitee_payload, invitee_row
from sandbox.rows.locations import SEEDED_LOCATIONS
from sandbox.world import World


def book(
    world: World,
    event_type: Row,
    start: datetime,
    *,
    hosts: Sequence[Row] = (),
    event: Row | None = None,
    old: Row | None = None,
    location: Row | None = None,
    guests: Sequence[str] = (),
    name: str | None = None,
    email: str | None = None,
    **more: Any,
) -> Row:
    """Somebody books; returns the invitee. ``invitee.created`` goes out.

    Args:
        hosts: the users who host it; all of a collective event type, the first of any other if none are given.
        event: the event for several that they join; a new one if none is given.
        old: the booking that this one replaces. The caller tells of both then.
        more: further fields of the invitee.
    """
    created = now()
    if event is None:
        everybody = world.data.hosts(event_type)
        hosts = hosts or (everybody if event_type["pooling_type"] == "collective" else everybody[:1])
        event = _open(world, event_type, start, hosts=hosts, location=location)
    else:
        counter = event["invitees_counter"]
        counter.update(total=counter["total"] + 1, active=counter["active"] + 1)
    event["event_guests"] += [guest_row(guest, created) for guest in guests]
    invitee = invitee_row(
        f"{event['uri']}/invitees/{uuid.uuid4()}",
        event,
        name=name or f"Invitee {event['uri'][-4:]}",
        email=email or f"invitee-{event['uri'][-12:]}@example.com",
        created=created,
        **more,
    )
    world.data.add_invitee(event, invitee)
    if old is None:
        tell(world, "invitee.created", invitee)
    else:
        invitee["old_invitee"] = old["uri"]
    return invitee


def _open(world: World, event_type: Row, start: datetime, *, hosts: Sequence[Row], location: Row | None) -> Row:
    number = len(world.data.scheduled_events)
    seats = world.data.behind.seats.get(event_type["uri"], 1)
    event = event_row(
        f"{world.origin}/scheduled_events/{uuid.uuid4()}",
        event_type,
        hosts,
        start=start,
        created=now(),
        location=location or SEEDED_LOCATIONS[number % len(SEEDED_LOCATIONS)],
        invitees_counter={"total": 1, "active": 1, "limit": seats},
    )
    world.data.add_event(event, [])
    return event


def cancel(world: World, invitee: Row, *, reason: str | None = "Something came up") -> None:
    """The invitee cancels, and with the last one the event is canceled. ``invitee.canceled`` goes out."""
    _cancel(world, invitee, cancellation_row(invitee["name"], "invitee", now(), reason=reason))
    tell(world, "invitee.canceled", invitee)


def cancel_event(world: World, event: Row, user: Row, reason: str | None) -> Row:
    """A user cancels a whole event; returns the cancellation. ``invitee.canceled`` goes out for every invitee."""
    cancellation = cancellation_row(user["name"], "host", now(), reason=reason)
    active = [invitee for invitee in world.data.invitees[event["uri"]] if invitee["status"] == "active"]
    event.update(status="canceled", updated_at=now(), cancellation=cancellation)
    for invitee in active:
        _cancel(world, invitee, cancellation)
    for invitee in active:
        tell(world, "invitee.canceled", invitee)
    log(world, user, "Event.Canceled", event=event["uri"])
    return cancellation


def reschedule(world: World, invitee: Row, start: datetime) -> Row:
    """The invitee moves their booking; returns the new invitee. Both halves go out, the canceled one first."""
    event = world.data.known(invitee["event"])
    event_type = world.data.known(event["event_type"])
    hosts = [world.data.known(membership["user"]) for membership in event["event_memberships"]]
    new = book(world, event_type, start, hosts=hosts, old=invitee, name=invitee["name"], email=invitee["email"])
    invitee.update(rescheduled=True, new_invitee=new["uri"])
    _cancel(world, invitee, cancellation_row(invitee["name"], "invitee", now()))
    tell(world, "invitee.canceled", invitee)
    tell(world, "invitee.created", new)
    return new


def tell(world: World, name: str, invitee: Row) -> None:
    """Deliver an invitee's event to whoever subscribed to it."""
    event = world.data.known(invitee["event"])
    announce(world, name, invitee_payload(event, invitee), [m["user"] for m in event["event_memberships"]])


def _cancel(world: World, invitee: Row, cancellation: Row) -> None:
    invitee.update(status="canceled", updated_at=cancellation["created_at"], cancellation=cancellation)
    event = world.data.known(invitee["event"])
    counter = event["invitees_counter"]
    counter["active"] = max(0, counter["active"] - 1)
    if counter["active"] == 0:
        event.update(status="canceled", updated_at=cancellation["created_at"], cancellation=cancellation)
