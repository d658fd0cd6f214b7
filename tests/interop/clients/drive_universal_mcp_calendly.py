"""Everything that universal-mcp-calendly offers."""

from harness import TOKEN, booking, days, event_of, last, operation, redirect, uri, uuid

redirect()
from universal_mcp_calendly.app import CalendlyApp  # noqa: E402


class Integration:
    """Where the client takes its token from."""

    name = "calendly"

    def get_credentials(self):
        return {"access_token": TOKEN, "headers": {"Authorization": f"Bearer {TOKEN}"}}

    async def get_credentials_async(self):
        return self.get_credentials()


app = CalendlyApp(integration=Integration())
me, organization, event_type = uri("users"), uri("organizations"), uri("event_types")
invitee = booking()
event = last(event_of(invitee))
own = last(organization)
week = {"start_time": days(1), "end_time": days(6)}
of_user = {"organization": organization, "user": me, "scope": "user"}
location = {"kind": "physical", "location": "Main Street"}
dates = {"type": "date_range", "start_date": days(1)[:10], "end_date": days(9)[:10]}


EMPTY = "reads JSON from a 204, which has no body"


def run(tool, /, *args, known="", **how):
    return operation(tool, lambda: getattr(app, tool)(*args, **how), known=known)


run("list_event_invitees", event, status="active", sort="created_at:asc", count="20")
run("get_event", event)
run("get_event_invitee", event, last(invitee))
run("list_events", user=me, organization=organization, status="active", count="5")
run("get_event_type", last(event_type))
run("list_user_sevent_types", user=me, active="true")
run("get_user", last(me))
run("get_current_user")
run("list_organization_invitations", own)
invited = run("invite_user_to_organization", own, email="new@example.com")
run(
    "get_organization_invitation",
    own,
    last(invited["resource"]["uri"]) if invited else uuid("organization_invitations"),
)
run("revoke_user_sorganization_invitation", own, uuid("organization_invitations"), known=EMPTY)
run("list_organization_memberships", organization=organization)
run("get_organization_membership", uuid("organization_memberships"))
run("remove_user_from_organization", uuid("organization_memberships", 3), known=EMPTY)
hook = run("create_webhook_subscription", events=["invitee.created"], url="https://example.com/u", **of_user)
run("list_webhook_subscriptions", **of_user)
target = last(hook["resource"]["uri"]) if hook else uuid("webhook_subscriptions")
run("get_webhook_subscription", target)
run("delete_webhook_subscription", target, known=EMPTY)
run("create_single_use_scheduling_link", max_event_count=1, owner=event_type, owner_type="EventType")
run("list_activity_log_entries", organization=organization)
run("create_share", event_type=event_type, name="For you", duration=30)
run("list_user_busy_times", user=me, **week)
run("get_user_availability_schedule", uuid("user_availability_schedules"))
run("list_user_availability_schedules", user=me)
run("list_event_type_hosts", event_type=event_type)
run("create_one_off_event_type", name="Once", host=me, duration=30, location=location, date_setting=dates)
run("get_sample_webhook_data", event="invitee.created", **of_user)
run("list_event_type_available_times", event_type=event_type, **week)
run("get_group", uuid("groups"))
run("list_groups", organization=organization)
run("get_group_relationship", uuid("group_relationships"))
run("list_group_relationships", organization=organization)
run("get_routing_form", uuid("routing_forms"))
run("list_routing_forms", organization=organization)
run("get_routing_form_submission", uuid("routing_form_submissions"))
run("list_routing_form_submissions", form=uri("routing_forms"))
missed = run("create_invitee_no_show", invitee=invitee)
absence = last(missed["resource"]["uri"]) if missed else uuid("invitee_no_shows")
run("get_invitee_no_show", absence)
run("delete_invitee_no_show", absence, known=EMPTY)
run("delete_invitee_data", emails=["gone@example.com"])
run("delete_scheduled_event_data", start_time=days(-400), end_time=days(-390))
