"""The address and the key of this stack's webhook receiver, for subscriptions."""

from __future__ import annotations

from accounts.settings import settings
from actions.address import public_url
from actions.connected import Connected, store
from calendly.errors import InvalidRequestError


def receiver_url(connected: Connected) -> str:
    """Where this stack receives deliveries for an account."""
    return f"{public_url(connected.call)}/webhooks/{connected.account.name}"


def signing_key(connected: Connected, url: str | None) -> str | None:
    """The signing key to send with a subscription.

    It is None for OAuth accounts, whose deliveries Calendly signs with the application's key anyway.

    Args:
        connected: the account.
        url: where deliveries go; None for this stack's own receiver.

    Raises:
        InvalidRequestError: the receiver has no key to verify deliveries with.
        AccountUnavailableError: the secret cannot be read.
    """
    key = store().webhook_signing_key()
    if key is None and url in (None, receiver_url(connected)):
        raise InvalidRequestError.for_field(
            "url",
            "this stack's own receiver needs a key to verify deliveries: store Calendly's webhook_signing_key "
            f"in the secret {settings().oauth_app_secret}",
        )
    return None if connected.account.kind == "oauth" else key
