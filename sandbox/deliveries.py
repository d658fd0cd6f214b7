"""Webhook deliveries: signed, sent, repeated with growing pauses until they are taken, as Calendly does.

They go to this machine alone. What a stranger might send, and a recording of an old delivery, can be mixed in.
"""

from __future__ import annotations

import hashlib
import heapq
import hmac
import json
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import urlsplit

import requests

from sandbox.rows.base import Row, now

WORKERS = 8
TIMEOUTS = (10, 15)
"""Calendly's own, to connect and to read."""

GIVE_UP_SECONDS = 24 * 3600
STALE_SECONDS = 600
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass
class Habits:
    """How deliveries misbehave: each so-manieth is doubled, or accompanied by a forgery or by an old recording.

    Attributes:
        retry_seconds: the pause before the first repetition; each further one is twice as long.
    """

    duplicate_every: int = 0
    forged_every: int = 0
    stale_every: int = 0
    retry_seconds: float = 1.0


@dataclass(order=True)
class Delivery:
    """One body on its way to one address, due at a time of ``time.monotonic``; ``epoch`` counts resets."""

    due: float
    number: int
    kind: Literal["genuine", "duplicate", "forged", "stale"] = field(compare=False)
    subscription: Row = field(compare=False)
    body: bytes = field(compare=False)
    key: str | None = field(compare=False, repr=False)
    began: float = field(compare=False)
    epoch: int = field(compare=False, default=0)
    attempts: int = field(compare=False, default=0)


class Deliveries:
    """The queue and its workers, which start with the first delivery and end with ``close``."""

    def __init__(self, gone: Callable[[Row], None]) -> None:
        """``gone`` is called with a subscription whose address answered 410."""
        self._gone = gone
        self.habits = Habits()
        self.attempts = 0
        self.outcomes: Counter[str] = Counter()
        self._queue: list[Delivery] = []
        self._busy = 0
        self._epoch = 0
        self._numbers = 0
        self._genuine = 0
        self._closed = False
        self._started = False
        self._changed = threading.Condition()

    def reset(self) -> None:
        """Forget what is on its way, and how to misbehave."""
        with self._changed:
            self.habits = Habits()
            self._epoch += 1
            self._queue.clear()
            self.outcomes.clear()
            self.attempts = self._genuine = 0

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def pending(self) -> int:
        with self._changed:
            return len(self._queue) + self._busy

    def deliver(self, subscription: Row, document: Row, key: str | None) -> None:
        """Send one delivery, and what the habits add to it."""
        with self._changed:
            self._genuine += 1
            count, habits = self._genuine, self.habits
        self._push("genuine", subscription, document, key)
        if habits.duplicate_every and count % habits.duplicate_every == 0:
            self._push("duplicate", subscription, document, key)
        if habits.forged_every and count % habits.forged_every == 0:
            self._push("forged", subscription, _marked(document, "forged"), "not-the-key")
        if habits.stale_every and count % habits.stale_every == 0:
            self._push("stale", subscription, _marked(document, "stale"), key)

    def _push(self, kind: Any, subscription: Row, document: Row, key: str | None) -> None:
        body = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        begun = time.monotonic()
        with self._changed:
            self._numbers += 1
            heapq.heappush(
                self._queue, Delivery(begun, self._numbers, kind, subscription, body, key, begun, self._epoch)
            )
            if not self._started:
                self._started = True
                for _ in range(WORKERS):
                    threading.Thread(target=self._work, daemon=True).start()
            self._changed.notify()

    def _work(self) -> None:
        session = requests.Session()
        session.trust_env = False
        while (delivery := self._take()) is not None:
            outcome = _send(session, delivery)
            with self._changed:
                self._busy -= 1
                if delivery.epoch == self._epoch:
                    self.attempts += 1
                    self.outcomes[f"{delivery.kind} {outcome}"] += 1
                    self._settle(delivery, outcome)
                self._changed.notify_all()
                current = delivery.epoch == self._epoch
            if current and outcome == "410":
                self._gone(delivery.subscription)

    def _take(self) -> Delivery | None:
        with self._changed:
            while not self._closed:
                wait = self._queue[0].due - time.monotonic() if self._queue else None
                if wait is not None and wait <= 0:
                    self._busy += 1
                    return heapq.heappop(self._queue)
                self._changed.wait(wait)
            return None

    def _settle(self, delivery: Delivery, outcome: str) -> None:
        if delivery.kind in ("forged", "stale") or outcome == "410":
            return
        subscription = delivery.subscription
        if outcome.startswith("2"):
            subscription["retry_started_at"] = None
            return
        moment = time.monotonic()
        if moment - delivery.began > GIVE_UP_SECONDS:
            subscription["state"] = "disabled"
            return
        subscription["retry_started_at"] = subscription["retry_started_at"] or now()
        delivery.due = moment + self.habits.retry_seconds * 2**delivery.attempts
        delivery.attempts += 1
        heapq.heappush(self._queue, delivery)


def signature(body: bytes, moment: int, key: str) -> str:
    """``t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">``."""
    digest = hmac.new(key.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


def _marked(document: Row, mark: str) -> Row:
    """Another delivery like this one, which says what it is."""
    payload = {**document["payload"], "name": mark, "uri": f"{document['payload'].get('uri')}-{uuid.uuid4().hex[:8]}"}
    return {**document, "payload": payload}


def _send(session: requests.Session, delivery: Delivery) -> str:
    url = delivery.subscription["callback_url"]
    if urlsplit(url).hostname not in _LOOPBACK:
        return "not on this machine"
    moment = int(time.time()) - (STALE_SECONDS if delivery.kind == "stale" else 0)
    headers = {"Content-Type": "application/json", "User-Agent": "Calendly"}
    if delivery.key:
        headers["Calendly-Webhook-Signature"] = signature(delivery.body, moment, delivery.key)
    try:
        answer = session.post(url, data=delivery.body, headers=headers, timeout=TIMEOUTS, allow_redirects=False)
    except requests.RequestException as error:
        return type(error).__name__
    return str(answer.status_code)
