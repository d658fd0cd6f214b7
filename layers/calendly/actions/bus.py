"""Putting events on the stack's bus."""

from __future__ import annotations

import json
from typing import Any

from accounts import aws
from accounts.settings import settings
from calendly.deadline import Deadline
from calendly.errors import CalendlyError

CALENDLY, OURS = "calendly", "calendly-actions"
"""Sources: what Calendly says, and what this stack has to say of it."""

PUT_SECONDS = 5.0
"""What putting an event may take: connecting, and waiting for the answer."""


class BusUnavailableError(CalendlyError):
    """EventBridge did not take the event. Calendly delivers again what is answered like this."""

    http_status = 503
    retryable = True


class RefusedEventError(BusUnavailableError):
    """EventBridge will never take this event."""


_NEVER = ("MalformedDetail", "InvalidArgument", "ValidationException")


def entry_of(source: str, detail_type: str, detail: dict[str, Any]) -> dict[str, str]:
    """The entry for EventBridge, as small as JSON can be."""
    text = json.dumps(detail, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        # Half a character, as JSON can escape it and UTF-8 cannot write it.
        text = json.dumps(detail, separators=(",", ":"))
    return {"EventBusName": settings().event_bus, "Source": source, "DetailType": detail_type, "Detail": text}


def put(entry: dict[str, str], deadline: Deadline) -> None:
    """Put an event on the bus, once; return once it is safe there.

    Raises:
        BusUnavailableError: EventBridge refuses, or does not answer, or there is no time to wait for its answer.
        RefusedEventError: it will never take this one.
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
        reason = str((answer.get("Entries") or [{}])[0].get("ErrorCode", "no reason given"))
        kind = RefusedEventError if reason in _NEVER else BusUnavailableError
        raise kind(f"EventBridge did not take the event: {reason}.")
