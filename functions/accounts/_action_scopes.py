"""The Calendly scope of each action; written by `make generate` from the actions' own files."""

READING = (
    "activity_log:read",
    "availability:read",
    "contacts:read",
    "event_types:read",
    "groups:read",
    "meeting_recaps:read",
    "organizations:read",
    "outgoing_communications:read",
    "routing_forms:read",
    "scheduled_events:read",
    "users:read",
    "webhooks:read",
)

WRITING = (
    "contacts:write",
    "data_compliance:write",
    "meeting_recaps:write",
    "organizations:write",
    "scheduling_links:write",
    "webhooks:write",
)
