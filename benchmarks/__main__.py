"""``make benchmark``: measure everything, print it, and write ``docs/benchmarks.md``."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks import page, tokens
from benchmarks.bulk import bulk
from benchmarks.cold import cold_starts
from benchmarks.loopback import loopback
from benchmarks.refresh import measure as measure_refresh
from benchmarks.size import layer_size, weigh
from benchmarks.stacks import ROOT, Stack, build, tap
from benchmarks.warm import warm_calls

PAGE = ROOT / "docs" / "benchmarks.md"
EXCHANGE_MS = 200


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="of cold starts; the stacks take turns")
    parser.add_argument("--accounts", type=int, default=1000, help="to refresh")
    options = parser.parse_args()
    _say("building the stacks: a minute or two the first time")
    stacks = {stack.name: stack for stack in build()}
    everybody = list(stacks.values())
    sections = [page.head()]
    with tempfile.TemporaryDirectory() as folder, loopback(Path(folder)) as service:
        service.prepare(100)
        _say(f"cold starts, {options.rounds} of each")
        cold = {
            action: {name: statistics.median(times) for name, times in by_stack.items()}
            for action, by_stack in cold_starts(everybody, service, options.rounds).items()
        }
        sections.append(page.cold(cold, options.rounds))
        _say("warm calls")
        warm = warm_calls(everybody, service, rounds=9)
        sections.append(page.warm(warm))
        _say("bulk")
        long_list = [(stack, events, bulk(stack, service, events)) for stack, events in _lists(stacks)]
        sections.append(page.bulk(long_list))
    _say(f"refreshing {options.accounts} accounts")
    sections.append(page.refresh(options.accounts, EXCHANGE_MS, measure_refresh(options.accounts, EXCHANGE_MS)))
    _say("sizes")
    sections.append(
        page.size(layer_size(), {name: weigh(stacks[name].code["read"]) for name in stacks if name != "ours"})
    )
    sections.append(page.money(warm, cold["read"]))
    _say("tools for agents")
    sections.append(page.tokens(tokens.measure()))
    text = "\n".join(sections)
    PAGE.write_text(text)
    print(text)
    print(f"Written to {PAGE.relative_to(ROOT)}.")


def _lists(stacks: dict[str, Stack]) -> list[tuple[Stack, int]]:
    """Who collects how many events."""
    others = [stacks["floor"], stacks["conventional"], stacks["published"], tap()]
    return [(stacks["ours"], 1_000), (stacks["ours"], 10_000), *((stack, 10_000) for stack in others)]


def _say(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
