"""Retrieve what Calendly would deliver for an event."""

from typing import Annotated

from pydantic import Field

from actions.inputs import ScopedInput, WebhookEvent
from actions.runtime import Answer, Connected, action


class RetrieveSampleWebhookData(ScopedInput):
    """Whose, and of which event."""

    event: Annotated[WebhookEvent, Field(description="A name such as invitee.created.")]


@action(
    "GET /sample_webhook_data",
    scope="webhooks:read",
    role="an organization admin or owner for an organization, a group admin for a group, oneself for a user",
    example={"event": "invitee.created"},
)
def handler(input: RetrieveSampleWebhookData, connected: Connected) -> Answer:
    sample = connected.calendly.webhook_subscriptions.sample(event=input.event, **connected.whose(input))
    return Answer(sample)
