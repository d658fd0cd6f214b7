"""Webhook subscriptions: ``/webhook_subscriptions``, and ``GET /sample_webhook_data``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from calendly.api import Api, each_page, query
from calendly.documents import Document, Page, Resource
from calendly.errors import AlreadyExistsError, NotFoundError, OutcomeUnknownError
from calendly.responses import unreadable
from calendly.transport import Operation


class WebhookSubscription(Resource):
    """Where Calendly delivers which events. ``state`` is active, or disabled after a day of failed deliveries."""

    uri: str = ""
    callback_url: str = ""
    created_at: str = ""
    updated_at: str = ""
    retry_started_at: str | None = None
    state: str = ""
    events: list[str] = []
    scope: str = ""
    organization: str = ""
    user: str | None = None
    group: str | None = None
    creator: str | None = None


class WebhookSubscriptions:
    """Operations on webhook subscriptions."""

    # An address is subscribed once: Calendly refuses a second, and the first is looked for.
    CREATE = Operation("POST", "/webhook_subscriptions", write=True, repeatable=True)
    LIST = Operation("GET", "/webhook_subscriptions")
    RETRIEVE = Operation("GET", "/webhook_subscriptions/{webhook_uuid}")
    DELETE = Operation("DELETE", "/webhook_subscriptions/{webhook_uuid}", write=True, repeatable=True)
    SAMPLE = Operation("GET", "/sample_webhook_data")

    def __init__(self, api: Api) -> None:
        self._api = api

    def create(
        self,
        *,
        url: str,
        events: Sequence[str],
        scope: str,
        organization: str,
        user: str | None = None,
        group: str | None = None,
        signing_key: str | None = None,
    ) -> Document[WebhookSubscription]:
        """Subscribe, or return the existing identical subscription. Scope ``webhooks:write``.

        A subscription is identical if it has the same URL, owner and events. One of the same URL that Calendly disabled
        delivers nothing and cannot be enabled again, so it is replaced, whatever its events.

        Args:
            url: where to deliver.
            events: names such as ``invitee.created``.
            scope: ``user``, ``group`` or ``organization``.
            organization, user, group: whose events, as the scope requires.
            signing_key: signs deliveries to subscriptions made with a personal access token; those made with OAuth
                are signed with the application's own.

        Raises:
            AlreadyExistsError: the URL is subscribed to other events.
        """
        owner = {"scope": scope, "organization": organization, "user": user, "group": group}
        found = self.same(url, events, owner)
        if found is not None and found["state"] == "disabled":
            with suppress(NotFoundError):  # another call has just replaced it
                self.delete(found["uri"])
        elif found is not None:
            return Document({"resource": found}, WebhookSubscription)
        document = {"url": url, "events": list(events), **self._owner(owner), "signing_key": signing_key}
        try:
            return self._api.write(self.CREATE, "/webhook_subscriptions", document, WebhookSubscription)
        except (AlreadyExistsError, OutcomeUnknownError):
            # Another call was faster, or it happened although the answer was lost.
            found = self.same(url, events, owner)
            if found is None:
                raise
            return Document({"resource": found}, WebhookSubscription)

    def list(
        self,
        *,
        scope: str,
        organization: str,
        user: str | None = None,
        group: str | None = None,
        sort: str | None = None,
        count: int | None = None,
        page_token: str | None = None,
    ) -> Page[WebhookSubscription]:
        """The subscriptions of an organization, a user or a group. Scope ``webhooks:read``."""
        owner = {"scope": scope, "organization": organization, "user": user, "group": group}
        params = {**self._owner(owner), "sort": sort, "count": count, "page_token": page_token}
        return self._api.list(self.LIST, "/webhook_subscriptions", params, WebhookSubscription)

    def retrieve(self, webhook_subscription: str) -> Document[WebhookSubscription]:
        """A subscription by UUID or URI. Scope ``webhooks:read``."""
        path = self._api.path(webhook_subscription, "webhook_subscriptions")
        return self._api.retrieve(self.RETRIEVE, path, WebhookSubscription)

    def delete(self, webhook_subscription: str) -> str:
        """End a subscription, given by UUID or URI; returns its URI. Scope ``webhooks:write``."""
        return self._api.delete(self.DELETE, self._api.path(webhook_subscription, "webhook_subscriptions"))

    def sample(
        self, *, event: str, scope: str, organization: str, user: str | None = None, group: str | None = None
    ) -> dict[str, Any]:
        """A sample delivery for an event, given by name. Scope ``webhooks:read``.

        It has no envelope: ``{"event", "created_at", "created_by", "payload"}``.
        """
        owner = self._owner({"scope": scope, "organization": organization, "user": user, "group": group})
        response = self._api.send(self.SAMPLE, "/sample_webhook_data", params=query({"event": event, **owner}))
        if not isinstance(response.body, dict):
            raise unreadable(self.SAMPLE)
        return response.body

    def same(self, url: str, events: Sequence[str], owner: dict[str, Any]) -> dict[str, Any] | None:
        """The subscription of this address, if it is for the same events, or disabled.

        Args:
            url: where it delivers.
            events: names such as ``invitee.created``.
            owner: whose events: scope, organization, user, group.

        Raises:
            AlreadyExistsError: it is for other events.
        """
        for page in each_page(lambda token: self.list(**owner, count=100, page_token=token)):
            for row in page.rows:
                if row.get("callback_url") != url:
                    continue
                if set(row.get("events") or ()) != set(events) and row.get("state") != "disabled":
                    raise AlreadyExistsError(
                        f"{url} is subscribed to other events: {', '.join(row.get('events') or ())}. Delete "
                        f"{row.get('uri')} first, or subscribe another URL."
                    )
                return row
        return None

    def _owner(self, owner: dict[str, str | None]) -> dict[str, str | None]:
        api = self._api
        return {
            "scope": owner["scope"],
            "organization": api.optional_uri(owner["organization"], "organizations"),
            "user": api.optional_uri(owner["user"], "users"),
            "group": api.optional_uri(owner["group"], "groups"),
        }
