"""The pace of an export: Calendly's limit is the user's, and whatever else works for them needs some of it."""

import threading
import time
from collections.abc import Callable

from calendly.deadline import Deadline
from calendly.errors import RateLimitedError
from calendly.transport import RateLimit

LEFT_TO_OTHERS = 0.5
"""The part of each minute's requests that an export does not touch."""

_one_at_a_time = threading.Lock()


def leave_room(
    room: Callable[[], RateLimit | None], deadline: Deadline, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Wait for the next minute if the others' part of this one has come up.

    Args:
        room: what Calendly said last.
        deadline: nothing is waited for past it.
        sleep: waits so many seconds.

    Raises:
        RateLimitedError: the next minute is further away than the time this call has left.
    """
    # Of several threads one waits, and the others behind it; by then Calendly's word is of the minute before.
    with _one_at_a_time:
        told = room()
        if told is None or told.remaining > told.limit * LEFT_TO_OTHERS or _over(told):
            return
        if deadline.remaining() < told.reset + 5:
            raise RateLimitedError("The export leaves the rest of this minute to others.", retry_after=told.reset)
        sleep(told.reset + 0.5)
        _waited.append(told)
        del _waited[:-1]


_waited: list[RateLimit] = []


def _over(told: RateLimit) -> bool:
    """Whether it is the word that was waited for already."""
    return bool(_waited) and _waited[-1] is told
