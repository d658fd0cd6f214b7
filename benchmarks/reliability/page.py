"""docs/reliability.md: what was run, what came of it, and what a caller sees."""

from __future__ import annotations

import time
from collections import Counter

from benchmarks.page import machine, table
from benchmarks.reliability.callers import CALLERS, PACE_SECONDS, TRIES
from benchmarks.reliability.calls import DOCUMENTED
from benchmarks.reliability.resources import MOST_BYTES_A_CALL, MOST_GROWTH, MOST_SOCKETS, MOST_STAND_INS, Held, growths
from benchmarks.reliability.run import RECOVERY_SECONDS, Outcome
from local.functions import MOST_IDLE


def write(outcomes: list[Outcome], before: Held, after: Held, *, seconds: float, whole: float, events: int) -> str:
    """Args: what was held before and after; seconds of each fault and of the whole run; events in the list."""
    parts = [_head(seconds, whole, events, outcomes), _calls(outcomes), _errors(outcomes), _once(outcomes)]
    return "\n".join([*parts, _resources(before, outcomes, after), _seen(outcomes)])


def in_short(outcome: Outcome) -> str:
    """One line while it runs."""
    tally = outcome.tally
    recovered = "never" if outcome.recovered is None else f"after {outcome.recovered:.1f} s"
    return (
        f"{outcome.calls} calls, {tally.right} right, {tally.errors.total()} typed errors, {tally.of_lambda.total()} of AWS's, "
        f"{len(tally.wrong)} wrong, {tally.undocumented.total()} undocumented; right again {recovered}"
    )


def _head(seconds: float, whole: float, events: int, outcomes: list[Outcome]) -> str:
    calls = sum(outcome.calls for outcome in outcomes)
    wrong = sum(len(outcome.tally.wrong) for outcome in outcomes)
    undocumented = sum(outcome.tally.undocumented.total() for outcome in outcomes)
    return f"""# Reliability

Written by `make reliability` on {time.strftime("%Y-%m-%d")}. Machine: {machine()}.

{calls:,} calls while one thing after another went wrong, for {seconds:g} s each. **Wrong answers: {wrong}. Undocumented errors: {undocumented}.**
{_again(outcomes)}

The stack is the local one: the template's functions under AWS's Lambda runtime client behind real HTTP, [moto](https://docs.getmoto.org)
as AWS, the [sandbox](sandbox.md) as Calendly. {CALLERS} callers read events and the user, list {events} events page by page or
whole, make links and bookings with idempotency keys, each of them twice, and cancel bookings. Each call goes over HTTP or is a direct
invoke, by chance, at most one every {PACE_SECONDS:g} s and caller. A caller makes a call that fails up to {TRIES} times. Meanwhile people book
on Calendly's page, webhooks arrive (every eighth twice, every tenth rendered anew), and `send-booking-link` runs every five seconds.

Every answer is compared with the sandbox's world: the object that was asked for, with every field; a list without a gap or a double;
one link and one booking for a key at most, and the one that was answered; each booking and cancellation on the bus. An error must
be one of the {len(DOCUMENTED)} classes in [errors.md](errors.md), with its status over HTTP, and one that can pass: nothing is wrong
with the calls.

`make reliability` runs it again in {whole / 60:.0f} minutes; `SECONDS=5` makes it shorter. It ends with exit code 1 if an answer is wrong, a class
is undocumented, a process grows beyond the bounds below, or calls are not right again {RECOVERY_SECONDS:.0f} s after a fault. Times are given in
proportion to those of the same run without a fault, because machines differ and are noisy.
"""


def _calls(outcomes: list[Outcome]) -> str:
    base = outcomes[0]
    rows = [
        [
            outcome.fault.name,
            f"{outcome.calls:,}",
            f"{outcome.tally.right:,}",
            str(outcome.tally.errors.total()),
            str(outcome.tally.of_lambda.total()),
            str(len(outcome.tally.wrong)),
            str(outcome.tally.undocumented.total()),
            f"{outcome.percentile(50) / base.percentile(50):.1f}",
            f"{outcome.percentile(99) / base.percentile(99):.1f}",
            "never" if outcome.recovered is None else f"{outcome.recovered:.1f}",
        ]
        for outcome in outcomes
    ]
    heads = ["fault", "calls", "right", "typed errors", "Lambda's own", "wrong", "undocumented", "p50, of none's",
             "p99, of none's", "right again after, s"]  # fmt: skip
    return f"""## Calls

*Right again* is the end of the first round, of one call of each kind, in which all calls were right at once; a round takes
{_seconds(base.recovered)} without a fault. *Lambda's own* are calls whose function was killed. The proportions are below 1 where callers
wait, so that the machine has less to do.

{table(heads, rows)}"""


def _errors(outcomes: list[Outcome]) -> str:
    everything: Counter[str] = Counter()
    for outcome in outcomes:
        everything.update(outcome.tally.errors + outcome.tally.of_lambda)
    names = [name for name, _ in everything.most_common()]
    rows = [
        [outcome.fault.name, *(str((outcome.tally.errors + outcome.tally.of_lambda)[name] or "") for name in names)]
        for outcome in outcomes
    ]
    return f"""## Errors by class

{table(["fault", *(f"`{name}`" if name.endswith("Error") else name for name in names)], rows)}"""


def _once(outcomes: list[Outcome]) -> str:
    rows = [
        [
            outcome.fault.name,
            str(len(outcome.made)),
            str(outcome.unknown),
            str(outcome.settled),
            str(outcome.facts),
            str(outcome.again),
            f"{outcome.told:.1f}",
            ", ".join(f"{count} {name}" for name, count in outcome.workflows.items()),
        ]
        for outcome in outcomes
    ]
    heads = ["fault", "keys", "left open", "of these bookings, answered later", "events on the bus", "put again",
             "all told after, s", "workflows"]  # fmt: skip
    return f"""## Once

A key that made two of anything counts as a wrong answer, and so does a booking or a cancellation that is not on the bus.

*Left open* are keys for which the callers got no answer within their tries. At the end of the run each booking among them is asked
for again with its key: the answer is the booking that was made, or one that is made then. A link cannot be looked for: where nobody
knows whether it was made, its key answers `OutcomeUnknownError` for a day.

*Put again* are events that came once more, with the same `detail.id`, because the receiver died, or the table refused to remember,
between putting an event and noting it ([webhooks](step-functions.md#webhooks)). *All told* is when the last event was on the bus: Calendly's repeats have growing pauses.

{table(heads, rows)}"""


def _resources(before: Held, outcomes: list[Outcome], after: Held) -> str:
    moments = [("before", before), *((outcome.fault.name, outcome.held) for outcome in outcomes), ("after all", after)]
    rows = []
    for (name, each), grown in zip(moments, growths([each for _, each in moments]), strict=True):
        sizes = list(each.functions.values()) or [0]
        rows.append(
            [
                name,
                str(len(each.functions)),
                f"{sum(sizes) / len(sizes) / 1e6:.0f}",
                f"{max(sizes) / 1e6:.0f}",
                f"{grown / 1e6:.1f}",
                str(each.most_sockets),
                str(each.sockets),
                str(each.threads),
                f"{each.memory / 1e6:.0f}",
            ]
        )
    heads = ["after", "functions' processes", "MB each", "MB, largest", "grown most since first seen, MB", "sockets, most of one",
             "stand-ins' sockets", "threads", "MB"]  # fmt: skip
    return f"""## Resources

While nothing is asked. The bounds: {MOST_IDLE} processes that are kept, {MOST_GROWTH // 1_000_000} MB by which one of them grows in its life,
{MOST_SOCKETS} sockets in one of them. The stand-ins for Calendly and AWS are one process with the callers, which keeps every booking, link, event
and execution, so it grows with the calls; its bounds are {MOST_STAND_INS} sockets, and {MOST_BYTES_A_CALL // 1000} kB a call.

{table(heads, rows)}"""


def _seen(outcomes: list[Outcome]) -> str:
    rows = [[outcome.fault.name, outcome.fault.does, outcome.fault.sees] for outcome in outcomes]
    return f"""## What a caller sees

Unless said otherwise, it happens to 40 % of the requests to Calendly.

{table(["fault", "what happens", "what a caller sees"], rows, numbers=False)}"""


def _again(outcomes: list[Outcome]) -> str:
    never = [outcome.fault.name for outcome in outcomes if outcome.recovered is None]
    if never:
        return f"The stack did not answer right again after: {', '.join(never)}."
    slowest = max(outcomes, key=lambda outcome: outcome.recovered or 0)
    return (
        f"After each of them the stack answered right again by itself, at the latest {_seconds(slowest.recovered)} after "
        f"*{slowest.fault.name}*."
    )


def _seconds(found: float | None) -> str:
    return "too long" if found is None else f"{found:.1f} s"
