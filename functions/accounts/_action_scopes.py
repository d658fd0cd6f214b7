"""The Calendly scope of each action; written by `make generate` from the actions' own files."""

READING = (
    "activity_log:read",
    "availability:read",
    "contacts:read",
    "event_types:read",
    "groups:read",
    "locations:read",
    "meeting_recaps:read",
    "organizations:read",
    "outgoing_communications:read",
    "routing_forms:read",
    "scheduled_events:read",
    "users:read",
    "webhooks:read",
)

WRITING = (
    "availability:write",
    "contacts:write",
    "data_compliance:write",
    "event_types:write",
    "meeting_recaps:write",
    "organizations:write",
    "scheduled_events:write",
    "scheduling_links:write",
    "shares:write",
    "webhooks:write",
)
