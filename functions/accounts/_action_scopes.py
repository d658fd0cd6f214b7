"""The Calendly scope of each action; written by `make generate` from the actions' own files."""

READING = (
    "availability:read",
    "event_types:read",
    "groups:read",
    "organizations:read",
    "scheduled_events:read",
    "users:read",
    "webhooks:read",
)

WRITING = (
    "organizations:write",
    "scheduling_links:write",
    "webhooks:write",
)
