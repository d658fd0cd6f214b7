"""The activity log: what happened in an organization, and who did it."""

from __future__ import annotations

import uuid
from typing import Any

from sandbox.rows.base import Row, now
from sandbox.rows.records import log_row
from sandbox.world import World


def log(world: World, actor: Row, name: str, /, **details: Any) -> None:
    """Write down ``Namespace.Action``. ``actor`` is a user."""
    organization = actor["current_organization"]
    uri = f"{world.origin}/activity_log_entries/{uuid.uuid4()}"
    row = log_row(uri, name, actor, world.data.role(actor["uri"]) or "user", organization, now(), **details)
    world.data.add("activity_log_entries", row)
