"""All families of operations."""

from __future__ import annotations

from flask import Blueprint

from sandbox.api import (
    availability,
    booking,
    contact_lists,
    contacts,
    custom_fields,
    event_type_times,
    event_types,
    groups,
    invitees,
    locations,
    meeting_recaps,
    notes,
    organizations,
    records,
    routing_forms,
    samples,
    scheduled_events,
    scheduling_links,
    users,
    webhook_subscriptions,
)

blueprints: tuple[Blueprint, ...] = (
    users.blueprint,
    event_types.blueprint,
    event_type_times.blueprint,
    availability.blueprint,
    scheduled_events.blueprint,
    invitees.blueprint,
    booking.blueprint,
    scheduling_links.blueprint,
    organizations.blueprint,
    groups.blueprint,
    locations.blueprint,
    routing_forms.blueprint,
    webhook_subscriptions.blueprint,
    samples.blueprint,
    records.blueprint,
    meeting_recaps.blueprint,
    contacts.blueprint,
    custom_fields.blueprint,
    contact_lists.blueprint,
    notes.blueprint,
)
