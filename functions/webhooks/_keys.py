"""The webhook signing key, from the secret of the OAuth application."""

import time

from accounts.settings import settings
from actions.connected import store
from actions.doors import Request
from calendly import webhooks
from calendly.errors import AccountUnavailableError
from calendly.webhooks import SIGNATURE_HEADER, ForgedDeliveryError

CACHE_SECONDS = 300
REREAD_SECONDS = 30
"""A signature that does not agree may be made with a new key; strangers are not to have the secret read each time."""

_cached: tuple[str, float] | None = None


def verify(request: Request) -> None:
    """Return if the request is Calendly's, and of now.

    Raises:
        ForgedDeliveryError, StaleDeliveryError: it is not.
        AccountUnavailableError: the key cannot be read, or none is stored; Calendly will deliver again.
    """
    signature = request.headers.get(SIGNATURE_HEADER.lower())
    now = time.time()
    webhooks.parse_signature(signature)  # before the key is asked for
    try:
        webhooks.verify(request.body, signature, _key(CACHE_SECONDS), now)
    except ForgedDeliveryError:
        webhooks.verify(request.body, signature, _key(REREAD_SECONDS), now)


def _key(seconds: float) -> str:
    """The key, read again if it was read longer ago than so many seconds."""
    global _cached  # noqa: PLW0603 - one key per process
    if _cached is None or time.time() - _cached[1] > seconds:
        try:
            key = store().webhook_signing_key()
        except AccountUnavailableError:
            if _cached is None:
                raise
            return _cached[0]
        if key is None:
            raise AccountUnavailableError(
                f"No delivery can be checked: store Calendly's webhook_signing_key in {settings().oauth_app_secret}."
            )
        _cached = (key, time.time())
    return _cached[0]
