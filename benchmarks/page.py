"""The page of results: ratios first, each figure beside others of the same run."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterable
from pathlib import Path

from benchmarks import money as prices
from benchmarks.bulk import LATENCY, Bulk
from benchmarks.refresh import Refreshed
from benchmarks.size import Size
from benchmarks.stacks import Stack
from benchmarks.tokens import Tokens
from benchmarks.warm import Warm


def head() -> str:
    return f"""# Benchmarks

Written by `make benchmark` on {time.strftime("%Y-%m-%d")}. Machine: {_machine()}.

Every figure stands beside others of the same run, the stacks taking turns; ratios are what to read, since machines
differ and are noisy. The stacks do the same job, behind the same `awslambdaric`, with Secrets Manager and Calendly on
loopback, over TLS:

- **floor**: the standard library alone, a signed GetSecretValue and one HTTPS request
  ([handler.py](../benchmarks/floor/handler.py)). It validates nothing, retries nothing, logs nothing.
- **ours**: the functions as they are deployed, on the layer as `make build` makes it, for this machine, with bytecode.
- **conventional**: Powertools' REST resolver with validation, Logger, Metrics and Tracer, boto3, requests and pydantic,
  imported at the top and built with plain `sam build` ([app.py](../benchmarks/conventional/app.py)).
- **published**: PyPI's pycalendly in a plain handler with boto3, built the same
  way ([app.py](../benchmarks/published/app.py)). It has no call that makes a link.

## What this does not say about Lambda

A sandbox's own start, its share of a CPU at a memory size, arm64 cores, the network to Secrets Manager and Calendly, and
the download of a layer are not in these numbers, and no function was run on AWS. Loading the certificates of the world's
authorities is in them, once for each TLS context that a stack makes. The two stacks built with plain
`sam build` bring their own boto3, without bytecode, as that command installs it; Lambda's copy would start faster.
"""


def cold(medians: dict[str, dict[str, float]], rounds: int) -> str:
    """Args: milliseconds by action and stack."""
    rows = []
    for action, by_stack in medians.items():
        ours = by_stack["ours"]
        ratios = (f"{ours / by_stack[name]:.2f}" if name in by_stack else "" for name in _RIVALS)
        rows.append([action, *ratios, *(f"{by_stack[name]:.0f}" if name in by_stack else "" for name in _STACKS)])
    return f"""## Cold start

From the start of a process to its first answer; the medians of {rounds} rounds. A read is `retrieve_user`, a list
`retrieve_events` with 20 rows, a create `create_single_use_scheduling_link`.

The leanest possible function is about a third of ours. The difference is what the packages cost once per container:
requests, Powertools' Logger and Metrics, and pydantic. In return, proxies and CA bundles of the environment are honoured,
whatever instruments `requests` or `urllib3` sees the calls, logs and metrics look as they do everywhere, and nobody has to
keep a HTTP client, a signer and a metrics writer safe.

""" + _table(["action", *(f"ours, of {name}" for name in _RIVALS), *(f"{name}, ms" for name in _STACKS)], rows)


def warm(found: dict[str, Warm]) -> str:
    floor = found["floor"]
    rows = [
        [
            name,
            f"{each.overhead50 / CALENDLY_MS:.1%}",
            f"{each.overhead50 / floor.overhead50:.2f}",
            f"{each.overhead50 * 1000:.0f}",
            f"{each.overhead99 * 1000:.0f}",
            f"{each.whole * 1000:.0f}",
            f"{each.peak / 1000:.0f}",
            f"{each.resident / 1e6:.0f}",
        ]
        for name, each in found.items()
    ]
    heads = ["stack", "overhead, of a 150 ms call", "overhead, of floor's", "overhead p50, µs", "overhead p99, µs",
             "whole call, µs", "allocated, kB", "resident, MB"]  # fmt: skip
    return """## Warm call

A read. *Overhead* is the time in the function beyond the exchange with Calendly, which is measured in the same call, from the
first byte sent to the last one received. The floor does nothing with it but HTTP and JSON. Ours also validates the input,
chooses a token, decides about retries, bounds the whole exchange by the deadline, and writes a log line and a metric. About a
tenth of the conventional stack's overhead is Tracer. The published client makes a new connection for every call, which is
part of its overhead.

""" + _table(heads, rows)


def bulk(runs: Iterable[tuple[Stack, int, Bulk]]) -> str:
    rows = [
        [stack.name, f"{events:,}", f"{run.ratio:.3f}", str(run.calls), f"{run.seconds:.2f}", f"{run.peak / 1e6:.0f}"]
        for stack, events, run in runs
    ]
    return f"""## Bulk

All scheduled events, Calendly taking {LATENCY * 1000:.0f} ms for a page of 100. Ours is `retrieve_events` with `all_pages`, answer by answer
over the direct door, and needs the same memory however many there are; so does the floor, page by page. The conventional stack
collects them for its one answer, and so does the published client, over a new connection for each page. tap-calendly asks who it is for each of its five
streams before it begins.

""" + _table(["stack", "events", "of calls × latency", "calls", "s", "peak, MB"], rows)


def refresh(accounts: int, exchange_ms: int, found: Refreshed) -> str:
    rows = [
        [
            f"{accounts:,}",
            f"{found.seconds / found.floor:.2f}",
            f"{found.seconds / found.loop:.2f}",
            f"{found.seconds:.1f}",
            f"{found.exchanges:,}",
            str(found.reused),
            str(found.most_a_minute),
        ]
    ]
    heads = ["accounts", "of the exchanges alone", "of a loop", "s", "exchanges", "used tokens presented",
             "exchanges a minute, most of a user"]  # fmt: skip
    return f"""## Refresh

All accounts due at once, {exchange_ms} ms an exchange, everything over HTTP on loopback with moto as AWS. The *loop* is the
conventional way: read the secret, exchange, write it, one account after the other, with nothing for the day when it dies in
between; it is measured on fifty accounts.

""" + _table(heads, rows)


def size(layer: Size, functions: dict[str, Size]) -> str:
    rows = [[name, f"{count / 1e6:.2f}", ""] for name, count in layer.packages.items() if count > 50_000]
    rows.append(["**the layer**", f"**{layer.unzipped / 1e6:.1f}**", f"**{layer.zipped / 1e6:.1f}**"])
    rows += [
        [f"*{name}, each function*", f"{each.unzipped / 1e6:.1f}", f"{each.zipped / 1e6:.1f}"]
        for name, each in functions.items()
    ]
    bytecode = "with bytecode" if layer.bytecode else "without bytecode: no Python 3.13 was at hand"
    return f"""## Size

The layer for arm64, {bytecode}, by package; it is uploaded once for all functions, whose own code has a few kilobytes. The
others carry their packages in each function.

""" + _table(["", "MB", "MB zipped"], rows)


def money(warm: dict[str, Warm], cold_read: dict[str, float]) -> str:
    rows = [
        [
            name,
            *(f"{prices.per_million(each.overhead50, cold_read[name], http=http):.2f}" for http in (False, True)),
        ]
        for name, each in warm.items()
    ]
    idle = [[str(accounts), f"{prices.per_idle_month(accounts):.2f}"] for accounts in (1, 10, 100)]
    return f"""## Money

Dollars per million reads, at 512 MB:

{_table(["stack", "direct, $", "through API Gateway, $"], rows)}
Dollars per month in which nothing is called:

{_table(["connected accounts", "$"], idle)}
By the published prices of us-east-1: a call is (150 ms for Calendly + the overhead + 1 % of a cold start) × 0.5 GB ×
$0.0000133334, a request at $0.20 a million, one secret read at $0.05 per 10,000 for every 50 calls, {prices.LOG_BYTES} bytes of log
at $0.50 a GB, and through API Gateway $3.50 a million. An idle month is a key, the application's secret, alarms, a run of
`rotate_tokens` every 15 minutes, and a secret and an hourly refresh for each account ([money.py](../benchmarks/money.py)). Nearly
all of a call is waiting for Calendly: what a leaner function saves is the cold start a person feels.
"""


def tokens(sets: list[Tokens]) -> str:
    rows = [[f"`{each.chosen}`", str(each.tools), f"{each.bytes:,}", f"{each.tokens:,}"] for each in sets]
    return f"""## Tools for agents

What `tools/list` takes of a model's context, by the tokenizer o200k. Only `read` is offered by default.

{_table(["set", "tools", "bytes", "tokens"], rows)}"""


CALENDLY_MS = 150
"""What an answer of Calendly's usually takes."""

_RIVALS = ("floor", "conventional", "published")
_STACKS = ("floor", "ours", "conventional", "published")


def _table(heads: list[str], rows: list[list[str]]) -> str:
    lines = [heads, ["---", *["---:"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _machine() -> str:
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text().splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
