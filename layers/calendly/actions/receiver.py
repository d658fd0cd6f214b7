"""This stack's own webhook receiver, as subscriptions need to know it."""

from __future__ import annotations

from accounts.settings import settings
from actions.address import public_url
from actions.connected import Connected, store
from calendly.errors import InvalidRequestError


def receiver_url(connected: Connected) -> str:
    """Where this stack takes deliveries for an account."""
    return f"{public_url(connected.call)}/webhooks/{connected.account.name}"


def signing_key(connected: Connected, url: str | None) -> str | None:
    """The key to subscribe with: the application's, for accounts whose deliveries Calendly would not sign with it.

    Args:
        connected: the account.
        url: where deliveries go; None for this stack's own receiver, which takes none that it cannot check.

    Raises:
        InvalidRequestError: the receiver would have no key.
        AccountUnavailableError: the secret cannot be read.
    """
    key = store().webhook_signing_key()
    if key is None and url in (None, receiver_url(connected)):
        raise InvalidRequestError.for_field(
            "url",
            "this stack's own receiver needs a key to check deliveries with: store Calendly's webhook_signing_key "
            f"in the secret {settings().oauth_app_secret}",
        )
    return None if connected.account.kind == "oauth" else key
