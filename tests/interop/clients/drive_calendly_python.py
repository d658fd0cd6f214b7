"""Everything that calendly-python offers."""

from harness import REDIRECT, TOKEN, booking, code, control, event_of, last, operation, redirect, uri

redirect()
from calendly.client import Client  # noqa: E402

client = Client()
operation("set_token", lambda: client.set_token(TOKEN))
organization, me, event = uri("organizations"), uri("users"), last(event_of(booking()))
operation("get_current_user", client.get_current_user)
operation("get_scheduled_event", lambda: client.get_scheduled_event(event))
events = ["invitee.created", "invitee.canceled"]
operation("create_webhook", lambda: client.create_webhook("https://example.com/a", events, organization, me, "user"))
hooks = operation("list_webhooks", lambda: client.list_webhooks("user", organization, me))
operation("list_webhooks of an organization", lambda: client.list_webhooks("organization", organization))
operation("delete_webhook", lambda: client.delete_webhook(hooks[0]["uuid"]))

control("apps", client_id="python", client_secret="secret", redirect_uris=[REDIRECT])
oauth = Client(client_id="python", client_secret="secret", redirect_uri=REDIRECT)
tokens = operation("get_access_token", lambda: oauth.get_access_token(code("python")))
operation(
    "refresh_access_token",
    lambda: oauth.refresh_access_token(tokens["refresh_token"]),
    known="sends `grant_type=authorization_code` with a refresh token",
)
