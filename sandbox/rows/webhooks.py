"""Webhook subscriptions, and the envelope of what is delivered to them."""

from __future__ import annotations

from sandbox.rows.base import SEEDED, Row, in_order, now


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


def delivery_document(name: str, payload: Row, creator: str) -> Row:
    """``{"event", "created_at", "created_by", "payload"}``."""
    return {"event": name, "created_at": now(), "created_by": creator, "payload": in_order(payload)}
