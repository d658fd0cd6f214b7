"""The API's operations, a module per resource."""

from __future__ import annotations

from flask import Blueprint

from sandbox.api import (
    availability,
    event_types,
    groups,
    organizations,
    scheduled_events,
    scheduling_links,
    users,
)

blueprints: tuple[Blueprint, ...] = (
    users.blueprint,
    event_types.blueprint,
    scheduled_events.blueprint,
    scheduling_links.blueprint,
    groups.blueprint,
    availability.blueprint,
    organizations.blueprint,
)
