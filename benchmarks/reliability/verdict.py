"""What a run must not show."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.reliability.resources import MOST_BYTES_A_CALL, MOST_GROWTH, MOST_SOCKETS, MOST_STAND_INS, Held, growths
from benchmarks.reliability.run import RECOVERY_SECONDS, Outcome
from local.functions import MOST_IDLE

MOST_SHOWN = 5


def failures(before: Held, outcomes: list[Outcome], after: Held) -> list[str]:
    """Each in a line: wrong answers, undocumented classes, no recovery, and growth."""
    found = [f"{outcome.fault.name}: {problem}" for outcome in outcomes for problem in _of_one(outcome)]
    return found + list(_growth(before, outcomes, after))


def _of_one(outcome: Outcome) -> Iterator[str]:
    tally = outcome.tally
    if tally.wrong:
        yield f"{len(tally.wrong)} wrong answers"
        yield from (f"  {line}" for line in tally.wrong[:MOST_SHOWN])
    if tally.undocumented:
        yield f"undocumented: {dict(tally.undocumented)}"
    if tally.of_lambda and not outcome.fault.kills:
        yield f"functions died: {dict(tally.of_lambda)}"
    if outcome.recovered is None:
        yield f"calls were not right within {RECOVERY_SECONDS:.0f} s"
    if outcome.fault.name == "none" and tally.errors:
        yield f"errors although nothing went wrong: {dict(tally.errors)}"


def _growth(before: Held, outcomes: list[Outcome], after: Held) -> Iterator[str]:
    moments = [before, *(outcome.held for outcome in outcomes), after]
    if max(growths(moments)) > MOST_GROWTH:
        yield f"a function's process grew by {max(growths(moments)) / 1e6:.0f} MB"
    for moment in moments:
        if len(moment.functions) > MOST_IDLE:
            yield f"{len(moment.functions)} processes of functions, of at most {MOST_IDLE}"
        if moment.most_sockets > MOST_SOCKETS:
            yield f"{moment.most_sockets} sockets in a function's process, of at most {MOST_SOCKETS}"
        if moment.sockets > MOST_STAND_INS:
            yield f"{moment.sockets} sockets in the stand-ins' process, of at most {MOST_STAND_INS}"
    calls = sum(outcome.calls for outcome in outcomes)
    if after.memory - before.memory > calls * MOST_BYTES_A_CALL:
        yield f"the stand-ins grew by {(after.memory - before.memory) / max(calls, 1) / 1000:.0f} kB a call"
