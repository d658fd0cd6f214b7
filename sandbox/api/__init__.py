"""The API's operations, a module per resource."""

from __future__ import annotations

from flask import Blueprint

from sandbox.api import (
    availability,
    event_types,
    groups,
    invitees,
    organizations,
    scheduled_events,
    scheduling_links,
    users,
    webhook_subscriptions,
)

blueprints: tuple[Blueprint, ...] = (
    users.blueprint,
    event_types.blueprint,
    scheduled_events.blueprint,
    scheduling_links.blueprint,
    groups.blueprint,
    availability.blueprint,
    organizations.blueprint,
    invitees.blueprint,
    webhook_subscriptions.blueprint,
)
