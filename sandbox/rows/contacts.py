"""Contacts, what is noted about them, and the lists they are on."""

from __future__ import annotations

from typing import Any

from sandbox.rows.base import SEEDED, Row

DETAILS = ("name", "timezone", "job_title", "company", "country", "state", "city", "linkedin")
DATES = ("first_email_date", "last_email_date", "next_meeting_date", "last_meeting_date", "last_interaction_date")


def contact_row(uri: str, emails: list[Row], phone_numbers: list[Row], *, created: str = SEEDED, **details: Any) -> Row:
    """Without the custom fields, which depend on the definitions there are at the time of reading."""
    return {
        "uri": uri,
        "app_url": f"https://calendly.com/app/contacts/{uri.rsplit('/', 1)[1]}",
        "emails": emails,
        "phone_numbers": phone_numbers,
        **{name: details.get(name) for name in DETAILS},
        "created_at": created,
        "updated_at": created,
        **dict.fromkeys(DATES),
    }


def definition_row(
    uri: str,
    label: str,
    field_type: str,
    *,
    options: list[Row] | None = None,
    currency: str | None = None,
    created: str = SEEDED,
) -> Row:
    row: Row = {
        "uri": uri,
        "label": label,
        "field_type": field_type,
        "options": options,
        "currency": currency,
        "created_at": created,
        "updated_at": created,
    }
    return {name: value for name, value in row.items() if value is not None}


def option_row(uuid: str, label: str) -> Row:
    return {"uuid": uuid, "label": label, "color": None, "is_active": True}


def list_row(uri: str, name: str, kind: str, *, created: str = SEEDED) -> Row:
    """Without the number of its contacts, which is counted at the time of reading."""
    return {"uri": uri, "name": name, "type": kind, "created_at": created, "updated_at": created}


def note_row(
    uri: str, contact: str, title: str | None, body: str | None, remind_at: str | None, *, created: str = SEEDED
) -> Row:
    return {
        "uri": uri,
        "contact": contact,
        "title": title,
        "body": body,
        "remind_at": remind_at,
        "created_at": created,
        "updated_at": created,
    }
