"""Delete a webhook subscription."""

from actions.inputs import WebhookSubscriptionRef, WriteInput
from actions.runtime import Answer, Connected, action


class DeleteWebhookSubscription(WriteInput):
    """The webhook subscription."""

    webhook_subscription: WebhookSubscriptionRef


@action(
    "DELETE /webhook_subscriptions/{webhook_subscription}",
    scope="webhooks:write",
    role="an organization admin or owner for an organization, a group admin for a group, oneself for a user",
    destroys=True,
    repeatable=True,
    example={"webhook_subscription": "607ebc34-36bd-52eb-a7e1-131aad042644"},
)
def handler(input: DeleteWebhookSubscription, connected: Connected) -> Answer:
    uri = connected.calendly.webhook_subscriptions.delete(input.webhook_subscription)
    return Answer({"webhook_subscription": uri, "deleted": True})
