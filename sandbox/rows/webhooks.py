"""Webhook subscriptions, and the envelope of what is delivered to them."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta

from sandbox.rows.base import SEEDED, Row, in_order, stamp
from sandbox.rows.locations import push


def subscription_row(uri: str, url: str, events: list[str], owner: Row, *, creator: str, created: str = SEEDED) -> Row:
    """``owner`` is ``{"scope", "organization", "user", "group"}``."""
    return {
        "uri": uri,
        "callback_url": url,
        "created_at": created,
        "updated_at": created,
        "retry_started_at": None,
        "state": "active",
        "events": events,
        **owner,
        "creator": creator,
    }


def delivery_document(name: str, payload: Row, creator: str, created: str) -> Row:
    """``{"event", "created_at", "created_by", "payload"}``."""
    return {"event": name, "created_at": created, "created_by": creator, "payload": in_order(payload)}


def rendered_anew(document: Row) -> Row:
    """The same, rendered 1.8 s later: Calendly's times of change have moved, and a conference is ready."""
    again = copy.deepcopy(document)
    payload = again["payload"]
    event = payload.get("scheduled_event") or {}
    for row in (payload, event):
        if row.get("updated_at"):
            row["updated_at"] = stamp(datetime.fromisoformat(row["updated_at"]) + timedelta(seconds=1.8))
    if event:
        push(event)
    return again
