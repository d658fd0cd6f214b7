"""Webhook deliveries: what there is to subscribe to, and how to tell Calendly's from anybody else's.

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
"""What Calendly delivered as of November 2026; it may deliver more."""

SIGNATURE_HEADER = "Calendly-Webhook-Signature"

TOLERANCE_SECONDS = 180
"""How old a signature may be, and how far ahead of our clock."""

_TIME = re.compile(r"[0-9]{1,12}", re.ASCII)


class ForgedDeliveryError(CalendlyError):
    """The signature is missing, malformed, or not made with the key over this very body."""

    http_status = 401


class StaleDeliveryError(CalendlyError):
    """The signature is good, and too old or too far ahead: a recording, or a clock that is wrong."""

    http_status = 401


def verify(body: bytes, signature: str | None, key: str, now: float) -> None:
    """Return if a delivery is Calendly's, and of now.

    Args:
        body: the raw body, byte by byte as it came.
        signature: the header's value.
        key: the webhook signing key.
        now: seconds since the epoch.

    Raises:
        ForgedDeliveryError, StaleDeliveryError.
    """
    moment, given = parse_signature(signature)
    expected = sign(body, moment, key).encode()
    if not any(hmac.compare_digest(expected, each.encode(errors="replace")) for each in given):
        raise ForgedDeliveryError("The signature is not Calendly's.")
    if abs(now - int(moment)) > TOLERANCE_SECONDS:
        raise StaleDeliveryError(f"The signature is more than {TOLERANCE_SECONDS} s away from now.")


def sign(body: bytes, moment: str, key: str) -> str:
    """The hexadecimal signature of a body at a time, in seconds since the epoch."""
    return hmac.new(key.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def parse_signature(signature: str | None) -> tuple[str, list[str]]:
    """The time and the signatures of version 1; what else the header may say one day is not ours.

    Raises:
        ForgedDeliveryError: there are none.
    """
    parts = [part.strip().partition("=") for part in (signature or "")[:4096].split(",")]
    moments = [value for name, _, value in parts if name == "t"]
    signatures = [value for name, _, value in parts if name == "v1"]
    if len(moments) != 1 or not _TIME.fullmatch(moments[0]) or not signatures:
        raise ForgedDeliveryError("The signature is missing or malformed.")
    return moments[0], signatures[:8]
