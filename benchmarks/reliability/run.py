"""One fault after another, and what is left of each when it is over."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from benchmarks.reliability.callers import CALLERS, Caller, call_during
from benchmarks.reliability.calls import DOCUMENTED, OF_LAMBDA, Doors, Tally
from benchmarks.reliability.faults import Fault
from benchmarks.reliability.resources import Held, held
from benchmarks.reliability.stand import Made, Stand
from local import workflows

RECOVERY_SECONDS = 30.0
"""How long after a fault a round of calls may take to be right at once."""

TOLD_SECONDS = 60.0
"""How long after a fault, besides its own time, everything may take to be on the bus: repeats have growing pauses."""

SETTLED_SECONDS = 90.0
"""How long after all faults a key that a killed call held may stay taken, and a workflow may wait for a rate limit."""


@dataclass
class Outcome:
    """What came of one fault.

    Attributes:
        tally: what callers saw.
        recovered: seconds until a round of calls was right at once; None if there was none.
        told: seconds until everything was on the bus.
        facts, again: events that came onto the bus, and how many came more than once.
        made: the idempotency keys.
        unknown: of those, for which the callers got no answer.
        settled: of those, which are bookings, and were answered when they were repeated at the end of the run.
        workflows: how executions ended.
        held: what the stack held afterwards.
    """

    fault: Fault
    tally: Tally
    recovered: float | None
    told: float
    facts: int
    again: int
    made: list[Made]
    unknown: int
    held: Held
    settled: int = 0
    workflows: Counter[str] = field(default_factory=Counter)

    @property
    def calls(self) -> int:
        return len(self.tally.seconds)

    def percentile(self, number: int) -> float:
        """Of the calls' seconds."""
        return statistics.quantiles(self.tally.seconds, n=100)[number - 1]


def warm(stand: Stand) -> Held:
    """Start the functions' processes, so that the first fault pays for no cold start; returns what is held then."""
    call_during(stand, "warm", 3, 0)
    stand.until_told(TOLD_SECONDS)
    return held()


def run(stand: Stand, fault: Fault, seconds: float, seed: int) -> Outcome:
    """Let callers call during a fault, then see whether it passes and what is left."""
    facts, again, first = len(stand.facts()), _again(stand), len(stand.made)
    with stand.trouble.during(stand.stack, fault, seconds):
        tally = call_during(stand, fault.name, seconds, seed)
    ended = time.monotonic()
    recovered = _until_right(stand, fault, tally, ended)
    missing = stand.until_told(TOLD_SECONDS + seconds)
    told = time.monotonic() - ended
    tally.wrong += [f"never on the bus: {name} of {uri}" for name, uri in missing]
    made = [each for each in stand.made[first:] if each.fault == fault.name]
    tally.wrong += _made_all_the_same(stand, made)
    came_again = _again(stand) - again
    if came_again and not fault.may_put_again:
        tally.wrong.append(f"{came_again} events are on the bus more than once")
    unknown = sum(each.uri is None for each in made)
    return Outcome(fault, tally, recovered, told, len(stand.facts()) - facts, came_again, made, unknown, held())


def settle(stand: Stand, outcomes: list[Outcome]) -> None:
    """Repeat the bookings of which nobody knows, wait for the workflows, and look at the world once more."""
    lost = [(outcome, each) for outcome in outcomes for each in outcome.made if _can_be_settled(each)]
    end = time.monotonic() + SETTLED_SECONDS
    with ThreadPoolExecutor(CALLERS) as threads:
        answered = list(threads.map(lambda pair: _repeat(stand, *pair, end), lost))
    for (outcome, each), found in zip(lost, answered, strict=True):
        outcome.settled += found
        if not found:
            outcome.tally.wrong.append(f"CreateInvitee: {each.input['idempotency_key']} stays unknown")
    names = {outcome.fault.name: outcome for outcome in outcomes}
    for execution, fault in stand.executions:
        if fault in names:
            _finish(stand, execution, names[fault], max(1.0, end - time.monotonic()))
    missing = stand.until_told(TOLD_SECONDS)
    outcomes[-1].tally.wrong += [f"never on the bus: {name} of {uri}" for name, uri in missing]
    others = [each for each in stand.made if each.fault not in names]
    _check_world(stand, others, outcomes[-1].tally)
    for outcome in outcomes:
        _check_world(stand, outcome.made, outcome.tally)


def _check_world(stand: Stand, made: list[Made], tally: Tally) -> None:
    """One thing for each key at most, and the one that was answered."""
    links, bookings = stand.links(), stand.bookings()
    for each in made:
        found = (bookings if each.action == "CreateInvitee" else links).get(each.marks, [])
        if each.uri is not None and found != [each.uri]:
            tally.wrong.append(f"{each.action}: {each.uri} was answered, and there are {found}")
        elif len(found) > 1:
            tally.wrong.append(f"{each.action}: one key made {found}")


def _made_all_the_same(stand: Stand, made: list[Made]) -> list[str]:
    """What is there although each of its callers' errors said that nothing was made."""
    links, bookings = stand.links(), stand.bookings()
    denied = (each for each in made if each.uri is None and not each.is_unclear)
    return [f"{each.action}: there is one for {each.marks}" for each in denied if each.marks in links | bookings]


def _until_right(stand: Stand, fault: Fault, tally: Tally, ended: float) -> float | None:
    """Seconds until the end of the first round in which every call was right at once."""
    caller = Caller(stand, f"after {fault.name}", 7, tries=1, pace=0)
    recovered = None
    while recovered is None and time.monotonic() - ended < RECOVERY_SECONDS:
        if caller.round():
            recovered = time.monotonic() - ended
    caller.close()
    tally.wrong += caller.tally.wrong
    tally.undocumented += caller.tally.undocumented
    return recovered


def _again(stand: Stand) -> int:
    return sum(count - 1 for count in stand.seen.values())


def _can_be_settled(each: Made) -> bool:
    """A booking can be looked for; a link cannot: its key answers OutcomeUnknownError for a day."""
    return each.uri is None and each.action == "CreateInvitee"


def _repeat(stand: Stand, outcome: Outcome, each: Made, end: float) -> bool:
    """The same call with the same key, until it is answered."""
    doors, tally = Doors(stand.stack), Tally()

    def check(said: dict[str, dict[str, str]]) -> str | None:
        return None if said["resource"]["email"] == each.marks else f"{each.marks} gets {said['resource']['email']}"

    def call() -> Any:
        return doors.call(each.action, each.input, over_http=False, tally=tally, check=check)

    while (said := call()) is None and not tally.wrong and time.monotonic() < end:
        time.sleep(1)
    doors.close()
    outcome.tally.wrong += tally.wrong
    outcome.tally.undocumented += tally.undocumented
    if said is None:
        return False
    each.uri = said["resource"]["uri"]
    return True


def _finish(stand: Stand, execution: str, outcome: Outcome, seconds: float) -> None:
    """Wait for an execution, and hold its output against the world and the bus."""
    tally = outcome.tally
    try:
        found = workflows.finish(stand.stack.aws, execution, seconds)
    except TimeoutError:
        outcome.workflows["RUNNING"] += 1
        tally.wrong.append(f"{execution} does not end")
        return
    if found.status == "SUCCEEDED":
        link = found.output["booking_url"]
        is_made = any(link in urls for urls in stand.links().values())
        stand.until_told(TOLD_SECONDS)
        if not is_made or not stand.seen["Calendly booking link created", link]:
            tally.wrong.append(f"{execution} says {link}, which is not in the world and on the bus")
        outcome.workflows["SUCCEEDED"] += 1
        return
    outcome.workflows[str(found.error)] += 1
    # Its retries may last until functions are killed.
    if found.error not in (*DOCUMENTED, *OF_LAMBDA):
        tally.undocumented[f"{found.error} of a workflow"] += 1
