"""End a webhook subscription: ``DELETE /webhook_subscriptions/{uuid}``, which Calendly answers with nothing."""

from actions.inputs import Input, WebhookSubscriptionRef
from actions.runtime import Answer, Connected, action


class DeleteWebhookSubscription(Input):
    """``webhook_subscription``: which one."""

    webhook_subscription: WebhookSubscriptionRef


@action(scope="webhooks:write")
def handler(input: DeleteWebhookSubscription, connected: Connected) -> Answer:
    uri = connected.calendly.webhook_subscriptions.delete(input.webhook_subscription)
    return Answer({"webhook_subscription": uri, "deleted": True})
