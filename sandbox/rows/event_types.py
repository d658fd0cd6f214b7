"""Event types, and the schedules that they follow."""

from __future__ import annotations

from typing import Any

from sandbox.rows.base import SEEDED, Row

DAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")


def question_row(name: str, kind: str = "text", *, required: bool = False, position: int = 0, **more: Any) -> Row:
    return {
        "name": name,
        "type": kind,
        "position": position,
        "enabled": True,
        "required": required,
        "answer_choices": [],
        "include_other": False,
        **more,
    }


def event_type_row(
    uri: str, name: str, duration: int, *, profile: Row | None, page: str, created: str = SEEDED, **more: Any
) -> Row:
    """An active one-on-one; ``more`` changes its fields. ``page`` is the scheduling page that it hangs below."""
    slug = name.lower().replace(" ", "-")
    return {
        "uri": uri,
        "name": name,
        "active": True,
        "admin_managed": False,
        "after_buffer": 0,
        "before_buffer": 0,
        "booking_method": "instant",
        "color": "#0069ff",
        "created_at": created,
        "custom_questions": [question_row("What should we prepare?")],
        "deleted_at": None,
        "description_html": None,
        "description_plain": None,
        "duration": duration,
        "duration_options": None,
        "internal_note": None,
        "is_paid": False,
        "kind": "solo",
        "locale": "en",
        "locations": [{"kind": "zoom_conference"}],
        "pooling_type": None,
        "position": 0,
        "profile": profile,
        "scheduling_url": f"{page}/{slug}",
        "secret": False,
        "slug": slug,
        "start_time_increment": 30,
        "type": "StandardEventType",
        "updated_at": created,
        **more,
    }


def host_row(uri: str, event_type: Row, member: Row, *, created: str = SEEDED) -> Row:
    """One host of an event type. The API answers the whole event type in it."""
    return {"uri": uri, "event_type": event_type, "member": member, "created_at": created, "updated_at": created}


def weekly_rules(start: str, end: str) -> list[Row]:
    """The same hours from Monday to Friday, none at the weekend."""
    return [
        {
            "type": "wday",
            "wday": day,
            "intervals": [] if day in ("sunday", "saturday") else [{"from": start, "to": end}],
        }
        for day in DAYS
    ]


def schedule_row(uri: str, name: str, user: str, rules: list[Row], *, default: bool, timezone: str) -> Row:
    return {"uri": uri, "default": default, "name": name, "user": user, "timezone": timezone, "rules": rules}
