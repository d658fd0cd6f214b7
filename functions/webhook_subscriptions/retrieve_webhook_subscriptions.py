"""Retrieve the webhook subscriptions of a user, a group or an organization: ``GET /webhook_subscriptions``."""

from typing import Literal

from actions.inputs import PagedInput, ScopedInput
from actions.runtime import Answer, Connected, action


class RetrieveWebhookSubscriptions(PagedInput, ScopedInput):
    """Whose subscriptions."""

    sort: Literal["created_at:asc", "created_at:desc"] | None = None


@action(scope="webhooks:read")
def handler(input: RetrieveWebhookSubscriptions, connected: Connected) -> Answer:
    return connected.pages(
        input,
        lambda count, page_token: connected.calendly.webhook_subscriptions.list(
            **connected.whose(input), sort=input.sort, count=count, page_token=page_token
        ),
    )
