"""``make reliability``: call the local stack while one thing after another goes wrong, and write docs/reliability.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.reliability import page
from benchmarks.reliability.faults import FAULTS
from benchmarks.reliability.resources import held
from benchmarks.reliability.run import Outcome, run, settle, warm
from benchmarks.reliability.stand import standing
from benchmarks.reliability.verdict import failures
from benchmarks.stacks import ROOT

PAGE = ROOT / "docs" / "reliability.md"
SECONDS = 20.0
"""Of each fault, for the page that is committed."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.reliability", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of each fault")
    parser.add_argument("--only", action="append", metavar="FAULT", help="besides none; the page is then not written")
    options = parser.parse_args()
    faults = [fault for fault in FAULTS if not options.only or fault.name in ("none", *options.only)]
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as logs:
        _say("starting the stack")
        with standing(Path(logs)) as stand:
            before = warm(stand)
            outcomes: list[Outcome] = []
            for number, fault in enumerate(faults, 1):
                _say(f"{fault.name}, {options.seconds:g} s")
                outcomes.append(run(stand, fault, options.seconds, number))
                _say("    " + page.in_short(outcomes[-1]))
            _say("repeating what stayed unknown")
            settle(stand, outcomes)
            after = held()
    whole = time.monotonic() - started
    text = page.write(outcomes, before, after, seconds=options.seconds, whole=whole, events=len(stand.events))
    print(text)
    if not options.only:
        PAGE.write_text(text)
        print(f"Written to {PAGE.relative_to(ROOT)}.")
    problems = failures(before, outcomes, after)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _say(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
