"""Webhook deliveries: the events that Calendly delivers, and how its signature is verified.

Calendly signs with ``Calendly-Webhook-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256 of t + "." + raw body>``.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from calendly.errors import CalendlyError

EVENTS = (
    "invitee.created",
    "invitee.canceled",
    "invitee_no_show.created",
    "invitee_no_show.deleted",
    "event_type.created",
    "event_type.updated",
    "event_type.deleted",
    "routing_form_submission.created",
    "meeting_recap.created",
    "meeting_recap.updated",
    "meeting_recap.deleted",
    "contact.created",
    "contact.updated",
    "contact.deleted",
)
"""The events that Calendly delivered as of November 2026. It may add others."""

SIGNATURE_HEADER = "Calendly-Webhook-Signature"

TOLERANCE_SECONDS = 180
"""How old a signature may be, and how far ahead of our clock it may be."""

_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)


class ForgedDeliveryError(CalendlyError):
    """The signature is missing, malformed, or was not made with the key over this body."""

    http_status = 401


class StaleDeliveryError(CalendlyError):
    """The signature is valid, but too old or too far ahead: a replay, or a wrong clock."""

    http_status = 401


def verify(body: bytes, signature: str | None, key: str, now: float) -> None:
    """Return if a delivery is Calendly's and recent; raise otherwise.

    Args:
        body: the raw body.
        signature: the header's value.
        key: the webhook signing key.
        now: seconds since the epoch.

    Raises:
        ForgedDeliveryError, StaleDeliveryError.
    """
    moment, given = parse_signature(signature)
    expected = sign(body, moment, key).encode()
    if not any(hmac.compare_digest(expected, each.encode(errors="replace")) for each in given):
        raise ForgedDeliveryError("The signature does not match the webhook signing key.")
    if abs(now - int(moment)) > TOLERANCE_SECONDS:
        raise StaleDeliveryError(f"The signature is more than {TOLERANCE_SECONDS} s old, or ahead of our clock.")


def sign(body: bytes, moment: str, key: str) -> str:
    """The hexadecimal signature of a body. ``moment`` is in seconds since the epoch."""
    return hmac.new(key.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def parse_signature(signature: str | None) -> tuple[str, list[str]]:
    """The time and the signatures of version 1. Other parts of the header are ignored.

    Raises:
        ForgedDeliveryError: the time or the signature is missing or malformed.
    """
    parts = [part.strip().partition("=") for part in (signature or "")[:4096].split(",")]
    moments = [value for name, _, value in parts if name == "t"]
    signatures = [value for name, _, value in parts if name == "v1"]
    if len(moments) != 1 or not _TIME.fullmatch(moments[0]) or not signatures:
        raise ForgedDeliveryError("The signature is missing or malformed.")
    return moments[0], signatures[:8]
