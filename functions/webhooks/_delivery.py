"""A delivery on its way from Calendly to the event bus."""

import hashlib
import json
import math
from typing import Any

from accounts import aws
from actions.doors import Request
from calendly.deadline import Deadline
from calendly.errors import CalendlyError, InvalidRequestError

MAX_BODY_BYTES = 240_000
MAX_EVENT_BYTES = 262_144
"""EventBridge's own limit, for an event with its names."""

MAX_DEPTH = 64
"""Calendly's own are not ten deep; what writes JSON gives up somewhere."""

PUT_SECONDS = 6.0
"""What putting an event may take: connecting, and waiting for the answer."""

SOURCE = "calendly"


class OversizedDeliveryError(InvalidRequestError):
    """Larger than an event on the bus may be."""

    http_status = 413


class MalformedDeliveryError(InvalidRequestError):
    """Signed by Calendly, and not a webhook all the same."""


class BusUnavailableError(CalendlyError):
    """EventBridge did not take the event. Calendly delivers again what is answered like this."""

    http_status = 503
    retryable = True


def parse(request: Request) -> dict[str, Any]:
    """The webhook in a body: ``{"event", "created_at", "created_by", "payload"}``, and whatever else Calendly says.

    Raises:
        MalformedDeliveryError: it is not one.
    """
    try:
        document = json.loads(request.body, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        raise MalformedDeliveryError("The body is not JSON.") from None
    if _deeper_than(MAX_DEPTH, document):
        raise MalformedDeliveryError("The body is nested too deeply.")
    name = document.get("event") if isinstance(document, dict) else None
    if not (isinstance(name, str) and 0 < len(name) <= 128 and name.isprintable() and "payload" in document):
        raise MalformedDeliveryError("The body is not a webhook: it has no event, or no payload.")
    found: dict[str, Any] = document
    return found


def to_event(document: dict[str, Any], account: str, bus: str) -> dict[str, str]:
    """The entry for EventBridge: what Calendly said, the account, and for half a reschedule both halves.

    Raises:
        OversizedDeliveryError: it would be too large.
    """
    detail: dict[str, Any] = {**document, "account": account, "id": digest_of(document, account)}
    detail.pop("reschedule", None)
    reschedule = _reschedule(document)
    if reschedule is not None:
        detail["reschedule"] = reschedule
    entry = {
        "EventBusName": bus,
        "Source": SOURCE,
        "DetailType": document["event"],
        "Detail": _compact(detail),
    }
    if sum(len(text.encode()) for text in entry.values()) > MAX_EVENT_BYTES:
        raise OversizedDeliveryError("The delivery is too large for an event.")
    return entry


def identity(document: dict[str, Any], account: str) -> dict[str, Any]:
    """What makes a delivery the same as another: what it says, and not when or on whose behalf it was sent.

    Calendly sends no id, and does not say whether the envelope of a repetition is stamped anew.
    """
    return {"account": account, "event": document["event"], "payload": document["payload"]}


def digest_of(document: dict[str, Any], account: str) -> str:
    """An id of a delivery, for whoever has to know it again further on."""
    text = json.dumps(identity(document, account), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def put(entry: dict[str, str], deadline: Deadline) -> None:
    """Put an event on the bus, once; return once it is safe there.

    Raises:
        BusUnavailableError: EventBridge refuses, or does not answer, or there is no time to wait for its answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    if deadline.remaining() < PUT_SECONDS:
        raise BusUnavailableError("No time was left to put the event on the bus.")
    try:
        # Not repeated here: what the bus took, although its answer was lost, would be there twice.
        answer = aws.client("events", read_timeout=3.0, attempts=1).put_events(Entries=[entry])
    except (BotoCoreError, ClientError) as error:
        raise BusUnavailableError(f"EventBridge did not take the event: {aws.error_code(error)}.") from error
    if answer.get("FailedEntryCount"):
        reason = (answer.get("Entries") or [{}])[0].get("ErrorCode", "no reason given")
        raise BusUnavailableError(f"EventBridge did not take the event: {reason}.")


def _reschedule(document: dict[str, Any]) -> dict[str, str | None] | None:
    """Both halves of a reschedule, the same in the one as in the other; None where it is none.

    Calendly fires ``invitee.canceled`` for the old invitee and ``invitee.created`` for the new one, in any order.
    """
    payload = document["payload"]
    if not isinstance(payload, dict):
        return None
    if document["event"] == "invitee.canceled" and payload.get("rescheduled") is True:
        old, new = payload.get("uri"), payload.get("new_invitee")
    elif document["event"] == "invitee.created" and payload.get("old_invitee"):
        old, new = payload["old_invitee"], payload.get("uri")
    else:
        return None
    halves = {"old_invitee": old, "new_invitee": new, "old_event": _event_of(old), "new_event": _event_of(new)}
    return {name: uri if isinstance(uri, str) else None for name, uri in halves.items()}


def _event_of(invitee: Any) -> str | None:
    """An invitee's URI is their event's and a part of its own."""
    event, found, _ = invitee.partition("/invitees/") if isinstance(invitee, str) else ("", "", "")
    return event if found else None


def _compact(detail: dict[str, Any]) -> str:
    text = json.dumps(detail, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half a character, as JSON can escape it and UTF-8 cannot write it.
        return json.dumps(detail, separators=(",", ":"))
    return text


def _deeper_than(levels: int, value: Any) -> bool:
    members = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(levels == 1 or _deeper_than(levels - 1, member) for member in members)


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number
