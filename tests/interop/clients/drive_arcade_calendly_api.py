"""Every tool of arcade-calendly-api."""

import json

from harness import TOKEN, booking, days, event_of, last, operation, redirect, slot, uri, uuid

redirect()
from arcade_calendly_api import tools  # noqa: E402


class Context:
    """Who calls a tool."""

    def get_auth_token_or_empty(self):
        return TOKEN


me, organization, event_type = uri("users"), uri("organizations"), uri("event_types")
own, kind, invitee = last(organization), last(event_type), booking()
event = last(event_of(invitee))
rules = [{"type": "wday", "wday": "monday", "intervals": [{"from": "10:00", "to": "16:00"}]}]


def run(name, *args, **how):
    if how.get("request_body"):
        how["request_body"] = json.dumps(how["request_body"])
        args = (tools.ToolMode.EXECUTE, *args)
    found = operation(name, lambda: getattr(tools, name)(Context(), *args, **how))
    return (found or {}).get("response_json", {}).get("resource", {})


run("list_event_invitees", event)
run("list_scheduled_events", user_uri=me)
run("list_event_types", user_uri=me)
run("create_event_type", request_body={"owner": me, "name": "Arcade", "duration": 30})
run("get_calendly_user_info", last(me))
run("get_user_account_info")
run("get_event_invitee_info", event, last(invitee))
person = {"email": "eve@example.com", "name": "Eve Adams", "timezone": "Europe/Berlin"}
run("create_event_invitee", request_body={"event_type": event_type, "start_time": slot(event_type), "invitee": person})
run("get_event_details", event)
run("get_event_type_info", kind)
run("update_event_type", event_type_uuid=kind, request_body={"name": "Changed"})
run("list_organization_invitations", own)
made = run("invite_user_to_organization", own, "arcade@example.com")
invitation = last(made["uri"]) if made else uuid("organization_invitations")
run("get_organization_invitation", invitation, own)
run("revoke_organization_invitation", invitation, own)
run("get_organization_membership_info", uuid("organization_memberships"))
run("get_organization_memberships", filter_by_organization=organization)
run("remove_user_from_organization", uuid("organization_memberships", 3))
hook = run(
    "create_webhook_subscription", "https://example.com/arcade", ["invitee.created"], organization, "organization"
)
run("list_webhook_subscriptions", "organization", organization)
target = last(hook["uri"]) if hook else uuid("webhook_subscriptions")
run("get_webhook_subscription", target)
run("delete_webhook_subscription", target)
run("create_scheduling_link", 1, event_type, "EventType")
missed = run("mark_invitee_no_show", invitee)
absence = last(missed["uri"]) if missed else uuid("invitee_no_shows")
run("get_invitee_no_show_details", absence)
run("undo_invitee_no_show_status", absence)
run("get_group_info", uuid("groups"))
run("list_group_relationships", filter_by_organization=organization)
run("get_group_relationship_by_uuid", uuid("group_relationships"))
run("get_organization_details", own)
run("list_routing_forms", organization)
run("get_routing_form", uuid("routing_forms"))
run("list_routing_form_submissions", uri("routing_forms"))
run("get_routing_form_submission", uuid("routing_form_submissions"))
run("list_available_event_times", days(6), days(1), event_type)
run("list_activity_log_entries", organization)
run("create_custom_share_link", request_body={"event_type": event_type, "name": "For you", "duration": 30})
run("list_user_busy_times", days(1), days(6), me)
run("get_user_availability_schedules", me)
run("get_user_availability_schedule", uuid("user_availability_schedules"))
run("fetch_event_type_hosts", event_type)
once = {"name": "Once", "host": me, "duration": 30, "location": {"kind": "physical", "location": "Main Street"}}
once["date_setting"] = {"type": "date_range", "start_date": days(1)[:10], "end_date": days(9)[:10]}
run("create_one_off_event", request_body=once)
run("get_sample_webhook_data", organization, "invitee.created", "organization")
run("fetch_outgoing_communications", organization)
run("get_group_list", organization)
run("get_user_location_info", me)
run("get_event_availability", event_type)
run(
    "update_event_availability",
    event_type_uri=event_type,
    request_body={"availability_rule": {"timezone": "UTC", "rules": rules}},
)
run("cancel_scheduled_event", last(event_of(booking())))
run("delete_invitee_data", ["gone@example.com"])
run("delete_scheduled_events_data", days(-400), days(-390))
