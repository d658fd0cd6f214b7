"""What a delivery tells of: the fact that makes two deliveries the same, and tells two others apart.

Calendly sends no id, renders a delivery anew when it repeats it, and does not say whether the envelope of a repetition
is stamped anew. Twice is better than never: what is not certainly the same is another fact.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_INVITEE = ("invitee.created", "invitee.canceled")
_NO_SHOW_SET, _NO_SHOW_UNSET = "invitee_no_show.created", "invitee_no_show.deleted"
_ONCE = (".created", ".deleted")
"""What happens to a subject once in its life."""

_VOLATILE = frozenset({"updated_at", "location", "buffered_start_time", "buffered_end_time"})
"""Members that differ between two renderings of the same fact: times of change, a conference that is being made."""


def identity(document: Mapping[str, Any], account: str) -> list[str]:
    """What makes a delivery the same as another: account, event name, and what happened to what.

    Args:
        document: ``{"event", "created_at", "created_by", "payload"}``.
        account: the connected account.
    """
    return [account, str(document["event"]), *_happened(document)]


def digest_of(document: Mapping[str, Any], account: str) -> str:
    """An id of the fact, for whoever has to know it again further on: ``detail.id`` of its event."""
    text = json.dumps(identity(document, account))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def subject_of(payload: Any) -> str | None:
    """The URI of what a payload is about; None where it does not say."""
    if not isinstance(payload, Mapping):
        return None
    # An invitee, or what its family calls its own: contact.*, meeting_recap.*.
    for found in (payload, payload.get("contact"), payload.get("recap")):
        uri = found.get("uri") if isinstance(found, Mapping) else None
        if isinstance(uri, str) and uri:
            return uri
    return None


def _happened(document: Mapping[str, Any]) -> list[str]:
    name, payload = str(document["event"]), document.get("payload")
    subject = subject_of(payload)
    when = json.dumps(document.get("created_at"))
    if subject is None:
        return [_rest(payload), when]
    if name == _NO_SHOW_SET:
        mark = payload.get("no_show") if isinstance(payload, Mapping) else None
        uri = mark.get("uri") if isinstance(mark, Mapping) else None
        return [uri] if isinstance(uri, str) and uri else [subject, when]
    # A mark that is taken away is not named any more, and the same person can be marked again.
    if name in _INVITEE or (name.endswith(_ONCE) and name != _NO_SHOW_UNSET):
        return [subject]
    return [subject, when]


def _rest(payload: Any) -> str:
    """A digest of what names no subject, without what may differ between two renderings."""
    text = json.dumps(_settled(payload), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _settled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _settled(member) for name, member in value.items() if name not in _VOLATILE}
    return [_settled(each) for each in value] if isinstance(value, list) else value
