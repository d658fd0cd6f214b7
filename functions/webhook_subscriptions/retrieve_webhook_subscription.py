"""Retrieve a webhook subscription."""

from actions.inputs import Input, WebhookSubscriptionRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.webhook_subscriptions import WebhookSubscription


class RetrieveWebhookSubscription(Input):
    """The webhook subscription."""

    webhook_subscription: WebhookSubscriptionRef


@action(
    "GET /webhook_subscriptions/{webhook_subscription}",
    scope="webhooks:read",
    role="an organization admin or owner for an organization, a group admin for a group, oneself for a user",
    example={"webhook_subscription": "12566562-cc1f-57b0-9ad1-2ce21176d426"},
)
def handler(input: RetrieveWebhookSubscription, connected: Connected) -> Document[WebhookSubscription]:
    return connected.calendly.webhook_subscriptions.retrieve(input.webhook_subscription)
