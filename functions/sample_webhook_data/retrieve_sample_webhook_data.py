"""Retrieve what Calendly would deliver for an event: ``GET /sample_webhook_data``."""

from actions.inputs import ScopedInput, WebhookEvent
from actions.runtime import Answer, Connected, action


class RetrieveSampleWebhookData(ScopedInput):
    """``event``: a webhook's name, such as ``invitee.created``."""

    event: WebhookEvent


@action(scope="webhooks:read")
def handler(input: RetrieveSampleWebhookData, connected: Connected) -> Answer:
    sample = connected.calendly.webhook_subscriptions.sample(event=input.event, **connected.whose(input))
    return Answer(sample)
