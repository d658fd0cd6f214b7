"""The Calendly scope of each action; written by `make generate` from the actions' own files."""

READING = (
    "availability:read",
    "event_types:read",
    "groups:read",
    "locations:read",
    "organizations:read",
    "scheduled_events:read",
    "users:read",
    "webhooks:read",
)

WRITING = (
    "availability:write",
    "event_types:write",
    "scheduled_events:write",
    "scheduling_links:write",
    "shares:write",
    "webhooks:write",
)
