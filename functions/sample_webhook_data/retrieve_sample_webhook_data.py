"""Retrieve a sample of what Calendly delivers for a webhook event."""

from typing import Annotated

from pydantic import Field

from actions.inputs import ScopedInput, WebhookEvent
from actions.runtime import Answer, Connected, action


class RetrieveSampleWebhookData(ScopedInput):
    """The scope, and the webhook event."""

    event: Annotated[WebhookEvent, Field(description="The name of the webhook event, such as invitee.created.")]


@action(
    "GET /sample_webhook_data",
    scope="webhooks:read",
    role="an organization admin or owner for an organization, a group admin for a group, oneself for a user",
    example={"event": "invitee.created"},
)
def handler(input: RetrieveSampleWebhookData, connected: Connected) -> Answer:
    sample = connected.calendly.webhook_subscriptions.sample(event=input.event, **connected.whose(input))
    return Answer(sample)
