"""Events and their invitees: how they look, how they are booked, canceled and rescheduled, and who is told."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.world import World

Row = dict[str, Any]

_NAMESPACE = uuid.UUID("c0ffee00-0000-4000-8000-000000000000")
_LOCATIONS: list[Row] = [
    {"type": "physical", "location": "12 Main Street", "additional_info": "Third floor"},
    {"type": "zoom", "status": "pushed", "join_url": "https://zoom.example/j/1", "data": {"id": 1, "password": "x"}},
    {"type": "google_conference", "status": "pushed", "join_url": "https://meet.example/abc"},
    {"type": "outbound_call", "location": "+1 555 0100"},
    {"type": "custom", "location": "We will tell you"},
]


def stamp(moment: datetime) -> str:
    """A time as Calendly writes it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def event_row(uri: str, number: int, event_type: Row, host: Row, *, start: datetime, created: str) -> Row:
    """An active event with one invitee, who is not in it: Calendly has invitees apart."""
    end = start + timedelta(minutes=event_type["duration"])
    return {
        "uri": uri,
        "name": event_type["name"],
        "meeting_notes_plain": None,
        "meeting_notes_html": "",
        "status": "active",
        "start_time": stamp(start),
        "end_time": stamp(end),
        "event_type": event_type["uri"],
        "location": _LOCATIONS[number % len(_LOCATIONS)],
        "invitees_counter": {"total": 1, "active": 1, "limit": 1},
        "created_at": created,
        "updated_at": created,
        "event_memberships": [
            {
                "user": host["uri"],
                "user_email": host["email"],
                "user_name": host["name"],
                "buffered_start_time": stamp(start - timedelta(minutes=event_type["before_buffer"])),
                "buffered_end_time": stamp(end + timedelta(minutes=event_type["after_buffer"])),
            }
        ],
        "event_guests": [],
        "calendar_event": {"kind": "google", "external_id": f"event{number}"},
    }


def invitee_row(event: Row, position: int, created: str, *, name: str | None = None, email: str | None = None) -> Row:
    """The invitee at a position of an event; the same event and position give the same one."""
    identity = str(uuid.uuid5(_NAMESPACE, f"{event['uri'].rsplit('/', 1)[1]}/{position}"))
    name = name or f"Invitee {event['uri'][-4:]}"
    first, _, last = name.partition(" ")
    suffix = "" if position == 0 else f"-{position}"
    return {
        "uri": f"{event['uri']}/invitees/{identity}",
        "email": email or f"invitee-{event['uri'][-12:]}{suffix}@example.com",
        "first_name": first,
        "last_name": last or None,
        "name": name,
        "status": event["status"],
        "questions_and_answers": [
            {"question": "What should we prepare?", "answer": "Nothing — thanks!", "position": 0}
        ],
        "timezone": "Europe/Berlin",
        "event": event["uri"],
        "created_at": created,
        "updated_at": created,
        "tracking": dict.fromkeys(
            ("utm_campaign", "utm_source", "utm_medium", "utm_content", "utm_term", "salesforce_uuid")
        ),
        "text_reminder_number": None,
        "rescheduled": False,
        "old_invitee": None,
        "new_invitee": None,
        "cancel_url": f"https://calendly.com/cancellations/{identity}",
        "reschedule_url": f"https://calendly.com/reschedulings/{identity}",
        "routing_form_submission": None,
        "payment": None,
        "no_show": None,
        "reconfirmation": None,
        "scheduling_method": None,
        "invitee_scheduled_by": None,
    }


def cancellation_row(canceled_by: str, kind: str, created: str) -> Row:
    return {"canceled_by": canceled_by, "reason": "Something came up", "canceler_type": kind, "created_at": created}


def book(world: World, event_type: Row, start: datetime, *, old: Row | None = None, **person: Any) -> Row:
    """Somebody books; returns the invitee. With ``old``, they reschedule that booking. ``invitee.created`` goes out."""
    data, now = world.data, stamp(datetime.now(UTC))
    number = len(data.scheduled_events)
    host = data.index[event_type["profile"]["owner"].removeprefix(world.origin + "/")]
    event = event_row(
        f"{world.origin}/scheduled_events/{uuid.uuid4()}", number, event_type, host, start=start, created=now
    )
    invitee = invitee_row(event, 0, now, **person)
    if old is not None:
        invitee["old_invitee"] = old["uri"]
    data.add_event(event, [invitee])
    if old is None:
        announce(world, "invitee.created", invitee)
    return invitee


def cancel(world: World, invitee: Row, *, by: str | None = None) -> None:
    """The invitee cancels, and with the last one the event is canceled. ``invitee.canceled`` goes out."""
    _cancel(world, invitee, by)
    announce(world, "invitee.canceled", invitee)


def reschedule(world: World, invitee: Row, start: datetime) -> Row:
    """The invitee moves their booking; returns the new invitee. Both halves go out, the canceled one first."""
    event = world.data.index[invitee["event"].removeprefix(world.origin + "/")]
    event_type = world.data.index[event["event_type"].removeprefix(world.origin + "/")]
    new = book(world, event_type, start, old=invitee, name=invitee["name"], email=invitee["email"])
    invitee.update(rescheduled=True, new_invitee=new["uri"])
    _cancel(world, invitee, None)
    announce(world, "invitee.canceled", invitee)
    announce(world, "invitee.created", new)
    return new


def announce(world: World, name: str, invitee: Row) -> None:
    """Deliver an invitee's event to whoever subscribed to it."""
    event = world.data.index[invitee["event"].removeprefix(world.origin + "/")]
    world.deliveries.announce(
        world, name, invitee_payload(event, invitee), [m["user"] for m in event["event_memberships"]]
    )


def invitee_payload(event: Row, invitee: Row) -> Row:
    """What is delivered of an invitee: themselves, and their event without its twin in the host's calendar."""
    return {**invitee, "scheduled_event": {name: value for name, value in event.items() if name != "calendar_event"}}


def _cancel(world: World, invitee: Row, by: str | None) -> None:
    now = stamp(datetime.now(UTC))
    cancellation = cancellation_row(by or invitee["name"], "host" if by else "invitee", now)
    invitee.update(status="canceled", updated_at=now, cancellation=cancellation)
    event = world.data.index[invitee["event"].removeprefix(world.origin + "/")]
    counter = event["invitees_counter"]
    counter["active"] = max(0, counter["active"] - 1)
    if counter["active"] == 0:
        event.update(status="canceled", updated_at=now, cancellation=cancellation)
