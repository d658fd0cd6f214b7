"""Everything that PyCalendly offers."""

from harness import REDIRECT, TOKEN, booking, code, control, event_of, last, operation, redirect, uri, uuid

redirect()
from calendly import CalendlyAPI, CalendlyOauth2  # noqa: E402

api = CalendlyAPI(TOKEN)
me, organization = uri("users"), uri("organizations")
invitee = booking()
event = last(event_of(invitee))

operation("about", api.about)
hook = operation(
    "create_webhook", lambda: api.create_webhook("https://example.com/a", "organization", organization, "k" * 32)
)
operation(
    "create_webhook for a user", lambda: api.create_webhook("https://example.com/b", "user", organization, user=me)
)
operation("list_webhooks", lambda: api.list_webhooks(organization, "organization", sort="created_at:desc"))
operation("list_webhooks of a user", lambda: api.list_webhooks(organization, "user", user=me))
operation("get_webhook", lambda: api.get_webhook(last(hook["resource"]["uri"])))
operation("delete_webhook", lambda: api.delete_webhook(last(hook["resource"]["uri"])))
operation("list_event_types", lambda: api.list_event_types(user_uri=me, sort="name:asc"))
operation("get_event_type", lambda: api.get_event_type(uuid("event_types")))
operation("list_events", lambda: api.list_events(user_uri=me, status="active", sort="start_time:asc"))
operation("get_event_invitee", lambda: api.get_event_invitee(event, last(invitee)))
operation("get_event_details", lambda: api.get_event_details(event))
operation("list_event_invitees", lambda: api.list_event_invitees(event))
operation("get_all_event_types", lambda: api.get_all_event_types(me))
operation("get_all_scheduled_events", lambda: api.get_all_scheduled_events(me))
operation("convert_event_to_original_url", lambda: api.convert_event_to_original_url(event, me))

control("apps", client_id="pycalendly", client_secret="secret", redirect_uris=[REDIRECT])
oauth = CalendlyOauth2("pycalendly", "secret", REDIRECT)
tokens = operation("get_access_token", lambda: oauth.get_access_token(code("pycalendly")))
operation("introspect_access_token", lambda: oauth.introspect_access_token(tokens["access_token"]))
fresh = operation("refresh_access_token", lambda: oauth.refresh_access_token(tokens["refresh_token"]))
operation("revoke_access_token", lambda: oauth.revoke_access_token(fresh["access_token"]))
