"""The retry decision, as one pure function.

Reads are retried on connection errors, 5xx and 429. Writes are retried only if Calendly provably did not act: no
connection was made, or it answered 429, or it answered with a 503 of its own. Nothing waits past the deadline.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

MAX_ATTEMPTS = 4
"""Requests per call, including the first."""

FIRST_BACKOFF = 0.25
MAX_BACKOFF = 4.0

TIME_FOR_ONE_REQUEST = 2.0
"""Seconds that must be left after a wait for the next request."""


class Outcome(Enum):
    """The result of one attempt."""

    NOT_SENT = "no connection was made"
    LOST = "the connection broke after the request was sent, or no answer came in time"
    SERVER_ERROR = "a 5xx that does not prove that Calendly did not act"
    NOT_ACTED = "a 503 of Calendly's own: Calendly did not act"
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
        attempt: the number of attempts so far, from 1.
        remaining: seconds left until the caller's deadline.
        jitter: a random number in [0, 1).
        reset: seconds until the rate limit resets, for 429.
    """
    if attempt >= MAX_ATTEMPTS:
        return Decision(again=False)
    if write and outcome not in _DID_NOT_ACT:
        return Decision(again=False)
    if outcome is Outcome.RATE_LIMITED and reset is not None:
        # The window may reopen a fraction of a second later than the whole second that Calendly sends.
        wait = reset + 0.25 * jitter
    else:
        wait = min(MAX_BACKOFF, FIRST_BACKOFF * 2 ** (attempt - 1)) * (0.5 + jitter / 2)
    return Decision(again=wait + TIME_FOR_ONE_REQUEST <= remaining, wait=wait)
