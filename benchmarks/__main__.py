"""``make benchmark``: measure everything, print it, and write ``docs/benchmarks.md``."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import money
from benchmarks.bulk import LATENCY, bulk
from benchmarks.cold import cold_starts
from benchmarks.loopback import loopback
from benchmarks.refresh import measure as measure_refresh
from benchmarks.size import layer_size
from benchmarks.stacks import ROOT, build
from benchmarks.warm import warm_calls

PAGE = ROOT / "docs" / "benchmarks.md"
STACKS = ("floor", "ours", "conventional")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15, help="of cold starts; the stacks take turns")
    parser.add_argument("--accounts", type=int, default=1000, help="to refresh")
    options = parser.parse_args()
    _say("building the three stacks")
    stacks = build()
    sections = [HEAD.format(machine=_machine(), date=time.strftime("%Y-%m-%d"))]
    with tempfile.TemporaryDirectory() as folder, loopback(Path(folder)) as service:
        service.prepare(100)
        _say(f"cold starts, {options.rounds} of each")
        cold = {
            action: {name: statistics.median(times) for name, times in by_stack.items()}
            for action, by_stack in cold_starts(stacks, service, options.rounds).items()
        }
        sections.append(_cold_section(cold, options.rounds))
        _say("warm calls")
        warm = warm_calls(stacks, service, rounds=5)
        rows = [
            [name, f"{warm[name].beyond50 / warm['floor'].beyond50:.2f}", f"{warm[name].inside50 / warm['floor'].inside50:.2f}",
             f"{warm[name].beyond50:.3f}", f"{warm[name].beyond99:.3f}", f"{warm[name].bare50:.3f}",
             f"{warm[name].peak / 1000:.0f}", f"{warm[name].resident / 1e6:.0f}"]
            for name in STACKS
        ]  # fmt: skip
        heads = ["stack", "overhead, of the floor's", "whole call, of the floor's", "overhead p50, ms", "overhead p99, ms",
                 "bare exchange, ms", "allocated, kB", "resident, MB"]  # fmt: skip
        sections.append(WARM + _table(heads, rows))
        _say("bulk")
        runs = [
            bulk(next(stack for stack in stacks if stack.name == "ours"), service, events) for events in (1_000, 10_000)
        ]
        rows = [
            [f"{run.events:,}", str(run.calls), f"{run.ratio:.3f}", f"{run.seconds:.2f}", f"{run.peak / 1e6:.0f}"]
            for run in runs
        ]
        sections.append(
            BULK.format(latency=LATENCY * 1000)
            + _table(["events", "calls", "of calls × latency", "s", "peak, MB"], rows)
        )
    _say(f"refreshing {options.accounts} accounts")
    refreshed = measure_refresh(options.accounts, 200)
    rows = [
        [
            f"{options.accounts:,}",
            f"{refreshed.ratio:.2f}",
            f"{refreshed.seconds:.1f}",
            str(refreshed.exchanges),
            str(refreshed.reused),
        ]
    ]
    sections.append(
        REFRESH + _table(["accounts", "of the exchanges alone", "s", "exchanges", "used tokens presented"], rows)
    )
    _say("the layer's size")
    size = layer_size()
    rows = [[name, f"{count / 1e6:.2f}"] for name, count in size.packages.items() if count > 50_000]
    rows += [["**unzipped**", f"**{size.unzipped / 1e6:.1f}**"], ["**zipped**", f"**{size.zipped / 1e6:.1f}**"]]
    bytecode = "with bytecode" if size.bytecode else "without bytecode: no Python 3.13 was at hand"
    sections.append(SIZE.format(bytecode=bytecode) + _table(["package", "MB"], rows))
    rows = [
        [
            name,
            *(f"{money.per_million(warm[name].beyond50, cold['read'][name], http=http):.2f}" for http in (False, True)),
        ]
        for name in STACKS
    ]
    idle = ", ".join(f"{accounts} accounts {money.per_idle_month(accounts):.2f}" for accounts in (1, 10, 100))
    sections.append(MONEY.format(idle=idle) + _table(["stack", "direct, $", "through API Gateway, $"], rows) + FORMULA)
    text = "\n".join(sections)
    PAGE.write_text(text)
    print(text)
    print(f"Written to {PAGE.relative_to(ROOT)}.")


def _cold_section(cold: dict[str, dict[str, float]], rounds: int) -> str:
    rows = []
    for action, medians in cold.items():
        ours = medians["ours"]
        ratios = [f"{ours / medians['floor']:.2f}", f"{ours / medians['conventional']:.2f}"]
        rows.append([action, *ratios, *(f"{medians[name]:.0f}" for name in STACKS)])
    heads = ["action", "of the floor", "of the conventional", *(f"{name}, ms" for name in STACKS)]
    return COLD.format(rounds=rounds) + _table(heads, rows)


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _machine() -> str:
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        named = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        model = named[0] if named else model
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def _say(what: str) -> None:
    print(f"... {what}", file=sys.stderr, flush=True)


HEAD = """# Benchmarks

Written by `make benchmark` on {date}. Machine: {machine}.

Every figure stands beside others of the same run, the stacks taking turns; ratios are what to read, since machines differ and
are noisy. Three stacks do the same job, behind the same `awslambdaric`, with Secrets Manager and Calendly on loopback, over TLS:

- **floor**: the standard library alone, a signed GetSecretValue and one HTTPS request ([handler.py](../benchmarks/floor/handler.py)). It
  validates nothing, retries nothing, logs nothing.
- **ours**: the functions as they are deployed, on the layer as `make build` makes it, for this machine, with bytecode.
- **conventional**: Powertools' REST resolver with validation, Logger, Metrics and Tracer, boto3, requests and pydantic, imported at the
  top and built with plain `sam build` ([app.py](../benchmarks/conventional/app.py)).

**What this does not say about Lambda itself:** a sandbox's own start, its CPU share at a memory size, arm64 cores, the network to
Secrets Manager and Calendly, and the download of a layer are not in these numbers. The conventional stack brings its own boto3,
without bytecode, as `sam build` installs it; Lambda's copy would start faster. No published client of Calendly's is in the
tables yet.
"""

COLD = """## Cold start

From the start of a process to its first answer; the medians of {rounds} rounds. A read is `retrieve_user`, a list
`retrieve_events` with 20 rows, a create `create_single_use_scheduling_link`.

"""

WARM = """## Warm call

A read. *Overhead* is the time inside the function beyond the bare exchange with Calendly, bytes out and bytes in over the same kind of
connection, which is measured after each call. The floor does nothing with its time but HTTP and JSON: in ours are also
validation of the input, the choice of a token, the retry decision, a log line and a metric.

"""

BULK = """## Bulk

`retrieve_events` with `all_pages`, answer by answer over the direct door, Calendly taking {latency:.0f} ms a page of 100.

"""

REFRESH = """## Refresh

All accounts due at once, 200 ms an exchange, everything over HTTP on loopback with moto as AWS.

"""

SIZE = """## Size

The layer for arm64, {bytecode}.

"""

MONEY = """## Money

Dollars per million reads, at 512 MB. An idle month: {idle}.

"""

FORMULA = """
By the published prices of us-east-1: a call is (150 ms for Calendly + the overhead + 1 % of a cold start) × 0.5 GB × $0.0000133334, a request
at $0.20 a million, one secret read at $0.05 per 10,000 for every 50 calls, 700 bytes of log at $0.50 a GB, and through API
Gateway $3.50 a million ([money.py](../benchmarks/money.py)). Nearly all of it is waiting for Calendly: what a leaner function saves is
the cold start a person feels.
"""


if __name__ == "__main__":
    main()
