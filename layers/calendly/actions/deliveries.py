"""From what Calendly delivers to an event on the stack's bus: each fact once, whichever way it came.

What is too large for the bus is kept in S3, and the event says where.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from accounts import aws
from accounts.settings import settings
from actions.bus import CALENDLY, OURS, entry_of, put
from actions.repeats import only_once
from calendly.deadline import Deadline
from calendly.errors import CalendlyError
from calendly.facts import digest_of, identity

PARTITION = "webhook"
"""Where it is remembered which facts are on the bus."""

MAX_BYTES = 240_000
"""Of an event: EventBridge takes 262,144 bytes, and so does the input of a state machine, with some names around it."""

SMALL_BYTES, STUB_BYTES = 2_000, 60_000
"""Of a member that is still told where the whole is too large, and of all of them together."""

NOT_UNDERSTOOD = "Calendly delivery not understood"
UNKNOWN_CREATOR = "Calendly delivery of an unknown creator"


class StorageUnavailableError(CalendlyError):
    """S3 did not take what is too large for the bus. Calendly delivers again what is answered like this."""

    http_status = 503
    retryable = True


def publish(
    document: dict[str, Any], account: str, deadline: Deadline, *, body: bytes | None = None, backfilled: bool = False
) -> bool:
    """Put what Calendly said on the bus, unless the same fact is there; returns whether it was not.

    Args:
        document: ``{"event", "created_at", "created_by", "payload"}``.
        account: the connected account.
        deadline: nothing is waited for past it.
        body: the document as it came, for S3; written anew if left out.
        backfilled: it was read back, and not delivered.

    Raises:
        BusUnavailableError, StorageUnavailableError, AccountUnavailableError: it may not be there.
        RefusedEventError: EventBridge will never take it.
        InProgressError: another call is at it.
    """

    def work() -> None:
        detail = _detail(document, account, backfilled=backfilled)
        entry = entry_of(CALENDLY, document["event"], detail)
        if size_of(entry) > MAX_BYTES:
            whole = body if body is not None else json.dumps(document).encode()
            where = _keep(f"oversized/{account}/{detail['id']}.json", whole, deadline)
            entry = entry_of(CALENDLY, document["event"], _stub(detail, where))
        put(entry, deadline)

    return only_once(PARTITION, identity(document, account), deadline, work)


def tell_not_understood(body: bytes, account: str, reason: str, deadline: Deadline) -> bool:
    """Keep a body that is Calendly's and no webhook, and tell of it on the bus, once. Errors as above."""
    digest = hashlib.sha256(body).hexdigest()[:32]

    def work() -> None:
        where = _keep(f"not-understood/{account}/{digest}", body, deadline)
        detail = {"account": account, "id": digest, "reason": reason, "bytes": len(body), "where": where}
        put(entry_of(OURS, NOT_UNDERSTOOD, detail), deadline)

    return only_once(PARTITION, [account, NOT_UNDERSTOOD, digest], deadline, work)


def tell_unknown_creator(document: dict[str, Any], account: str, day: str, deadline: Deadline) -> bool:
    """Tell that somebody delivers to an account who has nothing to do with it; once for each of them and day."""
    creator = document["created_by"]
    detail = {
        "account": account,
        "created_by": creator,
        "event": document["event"],
        "created_at": document.get("created_at"),
    }
    return only_once(
        PARTITION,
        [account, UNKNOWN_CREATOR, creator, day],
        deadline,
        lambda: put(entry_of(OURS, UNKNOWN_CREATOR, detail), deadline),
    )


def size_of(entry: dict[str, str]) -> int:
    """Of an entry for EventBridge, in bytes, as EventBridge counts it."""
    return sum(len(text.encode()) for text in entry.values())


def _detail(document: dict[str, Any], account: str, *, backfilled: bool) -> dict[str, Any]:
    """What Calendly said, the account, and for half a reschedule both halves."""
    detail: dict[str, Any] = {**document, "account": account, "id": digest_of(document, account)}
    for ours in ("reschedule", "backfilled", "oversized", "where"):
        detail.pop(ours, None)
    reschedule = _reschedule(document)
    if reschedule is not None:
        detail["reschedule"] = reschedule
    if backfilled:
        detail["backfilled"] = True
    return detail


def _stub(detail: dict[str, Any], where: dict[str, str]) -> dict[str, Any]:
    """An event without its large members, which says where they are."""
    left = [STUB_BYTES]

    def small(members: dict[str, Any]) -> dict[str, Any]:
        kept = {}
        for name, value in members.items():
            size = len(json.dumps({name: value}))
            if size <= SMALL_BYTES and size <= left[0]:
                left[0] -= size
                kept[name] = value
        return kept

    stub = small({name: value for name, value in detail.items() if name != "payload"})
    payload = detail["payload"]
    if isinstance(payload, dict):
        stub["payload"] = small(payload)
        event = payload.get("scheduled_event")
        if isinstance(event, dict) and "scheduled_event" not in stub["payload"]:
            stub["payload"]["scheduled_event"] = small(event)
    return {**stub, "oversized": True, "where": where}


def _keep(key: str, content: bytes, deadline: Deadline) -> dict[str, str]:
    """Keep what is too large for the bus; doing it again writes the same object."""
    from botocore.exceptions import BotoCoreError, ClientError

    bucket = settings().delivery_bucket
    if deadline.remaining() < 1:
        raise StorageUnavailableError("No time was left to keep the delivery.")
    try:
        aws.client("s3", read_timeout=3.0, attempts=1).put_object(
            Bucket=bucket, Key=key, Body=content, ContentType="application/json"
        )
    except (BotoCoreError, ClientError) as error:
        raise StorageUnavailableError(f"S3 did not keep the delivery: {aws.error_code(error)}.") from error
    return {"bucket": bucket, "key": key}


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
