"""The webhook signing keys, from the secret of the OAuth application: the current one, and during a change others."""

import time

from accounts.settings import settings
from actions.connected import store
from actions.doors import Request
from calendly import webhooks
from calendly.deadline import Deadline
from calendly.errors import AccountUnavailableError
from calendly.webhooks import SIGNATURE_HEADER, ForgedDeliveryError

CACHE_SECONDS = 300
REREAD_SECONDS = 30
"""A signature that does not agree may be made with a new key; strangers are not to have the secret read each time."""

READ_SECONDS = 3.5

_cached: tuple[tuple[str, ...], float] | None = None


class NoKeyError(AccountUnavailableError):
    """No key is stored. Anybody can come upon that, so that it is no alarm."""


def verify(request: Request, deadline: Deadline) -> None:
    """Return if the request is Calendly's, and of now.

    Raises:
        ForgedDeliveryError, StaleDeliveryError: it is not.
        AccountUnavailableError: the keys cannot be read, or none is stored; Calendly will deliver again.
    """
    webhooks.parse_signature(_signature(request))  # before the keys are asked for
    try:
        _verify(request, _keys(CACHE_SECONDS, deadline))
    except ForgedDeliveryError:
        _verify(request, _keys(REREAD_SECONDS, deadline))


def signed_at(request: Request) -> float:
    """When a delivery was signed, in seconds since the epoch."""
    return float(webhooks.parse_signature(_signature(request))[0])


def _signature(request: Request) -> str | None:
    return request.headers.get(SIGNATURE_HEADER.lower())


def _verify(request: Request, keys: tuple[str, ...]) -> None:
    forged = ForgedDeliveryError("The signature is not Calendly's.")
    for key in keys:
        try:
            return webhooks.verify(request.body, _signature(request), key, time.time())
        except ForgedDeliveryError as error:
            forged = error
    raise forged


def _keys(seconds: float, deadline: Deadline) -> tuple[str, ...]:
    """The keys, read again if they were read longer ago than so many seconds."""
    global _cached  # noqa: PLW0603 - one set of keys per process
    if _cached is None or time.time() - _cached[1] > seconds:
        try:
            application = store().application(deadline.sooner(READ_SECONDS))
        except AccountUnavailableError:
            if _cached is None:
                raise
            return _cached[0]
        if not application.signing_keys:
            if application.state == "unreadable":
                raise AccountUnavailableError(application.problem or "The application's secret cannot be read.")
            raise NoKeyError(
                f"No delivery can be checked: store Calendly's webhook_signing_key in {settings().oauth_app_secret}."
            )
        _cached = (application.signing_keys, time.time())
    return _cached[0]
