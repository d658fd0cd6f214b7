"""The retry decision, as one pure function.

Reads are repeated on connection errors, 5xx and 429. Writes are repeated only where Calendly provably did not act: no
connection was made, it answered 429, or it said itself with a 503 that it did not. Nothing waits past the deadline.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

MAX_ATTEMPTS = 4
"""Requests in all for one call, the first included."""

FIRST_BACKOFF = 0.25
MAX_BACKOFF = 4.0

TIME_FOR_ONE_REQUEST = 2.0
"""Seconds that must be left after a wait, or waiting is pointless."""


class Outcome(Enum):
    """What one attempt told us."""

    NOT_SENT = "no connection was made"
    LOST = "the connection broke after the request was sent, or nobody answered in time"
    SERVER_ERROR = "a 5xx that does not prove that nothing happened"
    NOT_ACTED = "a 503 of Calendly's own: it did not act"
    RATE_LIMITED = "429"


_DID_NOT_ACT = (Outcome.NOT_SENT, Outcome.RATE_LIMITED, Outcome.NOT_ACTED)


class Decision(NamedTuple):
    """Whether to try again, and after how many seconds."""

    again: bool
    wait: float = 0.0


def decide(
    outcome: Outcome, *, write: bool, attempt: int, remaining: float, jitter: float, reset: float | None = None
) -> Decision:
    """Decide what to do after a failed attempt.

    Args:
        outcome: what happened.
        write: whether the request changes something at Calendly.
        attempt: how many attempts were made so far, from 1.
        remaining: seconds left to the caller.
        jitter: a random number in [0, 1).
        reset: seconds until the rate limit resets, for 429.
    """
    if attempt >= MAX_ATTEMPTS:
        return Decision(again=False)
    if write and outcome not in _DID_NOT_ACT:
        return Decision(again=False)
    if outcome is Outcome.RATE_LIMITED and reset is not None:
        # The window may reopen a fraction later than the whole second that Calendly names.
        wait = reset + 0.25 * jitter
    else:
        wait = min(MAX_BACKOFF, FIRST_BACKOFF * 2 ** (attempt - 1)) * (0.5 + jitter / 2)
    return Decision(again=wait + TIME_FOR_ONE_REQUEST <= remaining, wait=wait)
