"""Subscribe to webhooks, or return the existing identical subscription."""

from typing import Annotated

from pydantic import Field

from actions.inputs import CreateInput, HttpsUrl, ScopedInput, WebhookEvent
from actions.receiver import receiver_url, signing_key
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.webhook_subscriptions import WebhookSubscription


class CreateWebhookSubscription(CreateInput, ScopedInput):
    """The scope, the events, and where to deliver them."""

    events: Annotated[list[WebhookEvent], Field(min_length=1, description="Names such as invitee.created.")]
    url: HttpsUrl | None = Field(default=None, description="Where to deliver; defaults to this stack's own receiver.")


def subscribe(input: CreateWebhookSubscription, connected: Connected) -> Document[WebhookSubscription]:
    """It looks for the subscription before it makes one, so that it serves a repeat as well."""
    return connected.calendly.webhook_subscriptions.create(
        url=input.url or receiver_url(connected),
        events=input.events,
        **connected.whose(input),
        signing_key=signing_key(connected, input.url),
    )


@action(
    "POST /webhook_subscriptions",
    scope="webhooks:write",
    role="an organization admin or owner for an organization, a group admin for a group, oneself for a user",
    repeatable=True,
    aws_role="SubscribeRole",
    look=subscribe,
    example={"events": ["invitee.created", "invitee.canceled"], "url": "https://example.com/calendly"},
)
def handler(input: CreateWebhookSubscription, connected: Connected) -> Document[WebhookSubscription]:
    return subscribe(input, connected)
