"""Subscribe to webhooks, or return the existing identical subscription.

A subscription to this stack's own receiver that is failing or disabled is replaced.
"""

from typing import Annotated

from pydantic import Field

from actions.inputs import CreateInput, HttpsUrl, ScopedInput, WebhookEvent
from actions.receiver import subscribe
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.webhook_subscriptions import WebhookSubscription


class CreateWebhookSubscription(CreateInput, ScopedInput):
    """The scope, the events, and where to deliver them."""

    events: Annotated[list[WebhookEvent], Field(min_length=1, description="Names such as invitee.created.")]
    url: HttpsUrl | None = Field(default=None, description="Where to deliver; defaults to this stack's own receiver.")


def look(input: CreateWebhookSubscription, connected: Connected) -> Document[WebhookSubscription]:
    """Subscribing looks for the subscription before it makes one, so it also serves a repeat."""
    return subscribe(connected, url=input.url, events=input.events, owner=connected.whose(input), dry_run=input.dry_run)


@action(
    "POST /webhook_subscriptions",
    scope="webhooks:write",
    role="an organization admin or owner for an organization, a group admin for a group, oneself for a user",
    repeatable=True,
    aws_role="SubscribeRole",
    look=look,
    example={"events": ["invitee.created", "invitee.canceled"], "url": "https://example.com/calendly"},
)
def handler(input: CreateWebhookSubscription, connected: Connected) -> Document[WebhookSubscription]:
    return look(input, connected)
