"""The Calendly scope of each action; written by `make generate` from the actions' own files."""

READING = (
    "activity_log:read",
    "availability:read",
    "event_types:read",
    "groups:read",
    "organizations:read",
    "outgoing_communications:read",
    "routing_forms:read",
    "scheduled_events:read",
    "users:read",
    "webhooks:read",
)

WRITING = (
    "data_compliance:write",
    "organizations:write",
    "scheduling_links:write",
    "webhooks:write",
)
