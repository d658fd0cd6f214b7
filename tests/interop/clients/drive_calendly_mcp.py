"""Everything that the client of calendly-mcp offers."""

from harness import SANDBOX, TOKEN, booking, days, event_of, last, operation, redirect, uri, uuid

redirect()
from calendly_mcp.client.calendly_api import CalendlyClient  # noqa: E402
from calendly_mcp.config import Config  # noqa: E402

client = CalendlyClient(Config(TOKEN, calendly_base_url=SANDBOX))
event = last(event_of(booking()))
operation("get_current_user_uri", client.get_current_user_uri)
operation("list_scheduled_events", lambda: client.list_scheduled_events(min_start_time=days(-9), status="active"))
operation("get_scheduled_event", lambda: client.get_scheduled_event(event))
operation("get_event_invitees", lambda: client.get_event_invitees(event))
operation("list_event_types", client.list_event_types)
operation("get_event_type", lambda: client.get_event_type(uuid("event_types")))
operation("get_user_availability_schedules", client.get_user_availability_schedules)
operation("get_user_busy_times", lambda: client.get_user_busy_times(days(1), days(7)))
operation("create_scheduling_link", lambda: client.create_scheduling_link(uri("event_types")))
operation("search_events_by_invitee", lambda: client.search_events_by_invitee("invitee"))
operation("cancel_event", lambda: client.cancel_event(event, reason="Ill"))
