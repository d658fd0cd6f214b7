"""Retrieve a webhook subscription: ``GET /webhook_subscriptions/{uuid}``."""

from actions.inputs import Input, WebhookSubscriptionRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.webhook_subscriptions import WebhookSubscription


class RetrieveWebhookSubscription(Input):
    """``webhook_subscription``: which one."""

    webhook_subscription: WebhookSubscriptionRef


@action(scope="webhooks:read")
def handler(input: RetrieveWebhookSubscription, connected: Connected) -> Document[WebhookSubscription]:
    return connected.calendly.webhook_subscriptions.retrieve(input.webhook_subscription)
