"""Retrieve the webhook subscriptions of a user, a group or an organization."""

from typing import Literal

from actions.inputs import PagedInput, ScopedInput
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.webhook_subscriptions import WebhookSubscription


class RetrieveWebhookSubscriptions(PagedInput, ScopedInput):
    """The scope, and the sort order."""

    sort: Literal["created_at:asc", "created_at:desc"] | None = None


@action(
    "GET /webhook_subscriptions",
    scope="webhooks:read",
    role="an organization admin or owner for an organization, a group admin for a group, oneself for a user",
    example={"scope": "user"},
)
def handler(input: RetrieveWebhookSubscriptions, connected: Connected) -> Page[WebhookSubscription]:
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.webhook_subscriptions.list(
            **connected.whose(input), sort=input.sort, count=count, page_token=page_token
        ),
    )
