"""Events and their invitees."""

from __future__ import annotations

import copy
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sandbox.rows.base import Row, stamp

TRACKING = ("utm_campaign", "utm_source", "utm_medium", "utm_content", "utm_term", "salesforce_uuid")


def event_row(
    uri: str, event_type: Row, hosts: Sequence[Row], *, start: datetime, created: str, location: Row, **more: Any
) -> Row:
    """An active event with one invitee, who is not in it: Calendly has invitees apart."""
    end = start + timedelta(minutes=event_type["duration"])
    return {
        "uri": uri,
        "name": event_type["name"],
        "meeting_notes_plain": None,
        "meeting_notes_html": None,
        "status": "active",
        "start_time": stamp(start),
        "end_time": stamp(end),
        "event_type": event_type["uri"],
        "location": location,
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
            for host in hosts
        ],
        "event_guests": [],
        "calendar_event": {"kind": "google", "external_id": f"event{uuid.UUID(uri.rsplit('/', 1)[1]).hex[:12]}"},
        **more,
    }


def invitee_row(uri: str, event: Row, *, name: str, email: str, created: str, **more: Any) -> Row:
    """Somebody who booked; ``more`` changes the fields."""
    identity = uri.rsplit("/", 1)[1]
    return {
        "uri": uri,
        "email": email,
        # One full name is asked for, unless the event type says otherwise.
        "first_name": None,
        "last_name": None,
        "name": name,
        "status": event["status"],
        "questions_and_answers": [
            {"question": "What should we prepare?", "answer": "Nothing — thanks!", "position": 0}
        ],
        "timezone": "Europe/Berlin",
        "event": event["uri"],
        "created_at": created,
        "updated_at": created,
        "tracking": dict.fromkeys(TRACKING),
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
        **more,
    }


def cancellation_row(canceled_by: str, kind: str, created: str, *, reason: str | None = "Something came up") -> Row:
    return {"canceled_by": canceled_by, "reason": reason, "canceler_type": kind, "created_at": created}


def guest_row(email: str, created: str) -> Row:
    return {"email": email, "created_at": created, "updated_at": created}


def invitee_payload(event: Row, invitee: Row) -> Row:
    """What is delivered of an invitee: themselves, and their event without what is the host's own."""
    hosts = [
        {name: value for name, value in membership.items() if not name.startswith("buffered_")}
        for membership in event["event_memberships"]
    ]
    scheduled = {name: value for name, value in event.items() if name != "calendar_event"}
    return copy.deepcopy({**invitee, "scheduled_event": {**scheduled, "event_memberships": hosts}})
