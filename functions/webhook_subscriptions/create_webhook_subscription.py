"""Subscribe to webhooks, or find the identical subscription: ``POST /webhook_subscriptions``."""

from typing import Annotated

from pydantic import Field

from actions.inputs import CreateInput, HttpsUrl, ScopedInput, WebhookEvent
from actions.receiver import receiver_url, signing_key
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.webhook_subscriptions import WebhookSubscription


class CreateWebhookSubscription(CreateInput, ScopedInput):
    """Whose events, and which of them.

    Attributes:
        events: names such as ``invitee.created``.
        url: where to deliver; this stack's own receiver if left out.
    """

    events: Annotated[list[WebhookEvent], Field(min_length=1)]
    url: HttpsUrl | None = None


@action(scope="webhooks:write")
def handler(input: CreateWebhookSubscription, connected: Connected) -> Document[WebhookSubscription]:
    return connected.calendly.webhook_subscriptions.create(
        url=input.url or receiver_url(connected),
        events=input.events,
        **connected.whose(input),
        signing_key=signing_key(connected, input.url),
    )
