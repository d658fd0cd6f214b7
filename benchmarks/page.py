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

Written by `make benchmark` on {time.strftime("%Y-%m-%d")}. Machine: {machine()}.

All figures come from one run in which the stacks take turns. Compare ratios rather than absolute numbers, because machines
differ and are noisy. The stacks do the same job, behind the same `awslambdaric`, with Secrets Manager and Calendly on
loopback, over TLS:

- **floor**: the standard library alone, a signed GetSecretValue and one HTTPS request
  ([handler.py](../benchmarks/floor/handler.py)). It does not validate, retry or log.
- **ours**: the deployed functions, on the layer that `make build` produces, built for this machine, with bytecode.
- **conventional**: Powertools' REST resolver with validation, Logger, Metrics and Tracer, boto3, requests and pydantic,
  imported at the top and built with plain `sam build` ([app.py](../benchmarks/conventional/app.py)).
- **published**: PyPI's pycalendly in a plain handler with boto3, built the same
  way ([app.py](../benchmarks/published/app.py)). It cannot create a link.

## What is not measured

The numbers leave out the start of Lambda's own sandbox, its CPU share at a memory size, arm64 cores, the network to Secrets
Manager and Calendly, and the download of a layer. No function was run on AWS. The numbers include loading the CA
certificates, once for each TLS context that a stack creates. The two stacks built with plain `sam build` include their own
boto3 without bytecode, as that command installs it. Lambda's copy would start faster.
"""


def cold(medians: dict[str, dict[str, float]], rounds: int) -> str:
    """Args: milliseconds by action and stack."""
    rows = []
    for action, by_stack in medians.items():
        ours = by_stack["ours"]
        ratios = (f"{ours / by_stack[name]:.2f}" if name in by_stack else "" for name in _RIVALS)
        rows.append([action, *ratios, *(f"{by_stack[name]:.0f}" if name in by_stack else "" for name in _STACKS)])
    return f"""## Cold start

The time from the start of a process to its first answer, as the median of {rounds} rounds. The read is `retrieve_user`, the list
is `retrieve_events` with 20 rows, and the create is `create_single_use_scheduling_link`.

The leanest possible function is about a third of ours. The difference is what the packages cost once per container:
requests, Powertools' Logger and Metrics, and pydantic. In return, the environment's proxies and CA bundles work,
tools that instrument `requests` or `urllib3` see the calls, logs and metrics have the usual form, and nobody has to maintain
an HTTP client, a signer and a metrics writer.

""" + table(["action", *(f"ours, of {name}" for name in _RIVALS), *(f"{name}, ms" for name in _STACKS)], rows)


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

A read. *Overhead* is the time in the function without the exchange with Calendly, which is measured in the same call, from the
first byte sent to the last byte received. The floor's overhead is HTTP and JSON only. Ours also includes input validation, the
choice of a token, the retry decision, the deadline's timer, a log line and a metric. Tracer is about a tenth of the conventional
stack's overhead. The published client opens a new connection for every call, which counts as its overhead.

""" + table(heads, rows)


def bulk(runs: Iterable[tuple[Stack, int, Bulk]]) -> str:
    rows = [
        [stack.name, f"{events:,}", f"{run.ratio:.3f}", str(run.calls), f"{run.seconds:.2f}", f"{run.peak / 1e6:.0f}"]
        for stack, events, run in runs
    ]
    return f"""## Bulk

All scheduled events, with {LATENCY * 1000:.0f} ms per page of 100 at Calendly. Ours is `retrieve_events` with `all_pages`, called directly until the
list is complete. Its memory does not grow with the list, and neither does the floor's, which reads page by page. The
conventional stack collects all events for one answer, and so does the published client, which opens a new connection for each
page. tap-calendly asks for the current user once for each of its five streams.

""" + table(["stack", "events", "of calls × latency", "calls", "s", "peak, MB"], rows)


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

All accounts are due at once, an exchange takes {exchange_ms} ms, and everything goes over HTTP on loopback with moto as AWS. The
*loop* is the conventional way: read the secret, exchange, write the secret, one account after the other, without recovery from
a crash in between. It is measured on fifty accounts.

""" + table(heads, rows)


def size(layer: Size, functions: dict[str, Size]) -> str:
    rows = [[name, f"{count / 1e6:.2f}", ""] for name, count in layer.packages.items() if count > 50_000]
    rows.append(["**the layer**", f"**{layer.unzipped / 1e6:.1f}**", f"**{layer.zipped / 1e6:.1f}**"])
    rows += [
        [f"*{name}, each function*", f"{each.unzipped / 1e6:.1f}", f"{each.zipped / 1e6:.1f}"]
        for name, each in functions.items()
    ]
    bytecode = "with bytecode" if layer.bytecode else "without bytecode (no Python 3.13 was available)"
    return f"""## Size

The layer for arm64, {bytecode}, by package. It is uploaded once for all functions; each function's own code is a few
kilobytes. The other stacks include their packages in each function.

""" + table(["", "MB", "MB zipped"], rows)


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

{table(["stack", "direct, $", "through API Gateway, $"], rows)}
Dollars per month without any call:

{table(["connected accounts", "$"], idle)}
Based on the published prices of us-east-1. A call costs (150 ms for Calendly + the overhead + 1 % of a cold start) × 0.5 GB ×
$0.0000133334, a request at $0.20 a million, one secret read at $0.05 per 10,000 for every 50 calls, {prices.LOG_BYTES} bytes of log
at $0.50 a GB, and $3.50 a million through API Gateway. A month without calls costs a key, the application's secret, the
alarms, a run of `rotate_tokens` every 15 minutes, and a secret and an hourly refresh per account ([money.py](../benchmarks/money.py)). Nearly
all of a call's cost is the time spent waiting for Calendly. A leaner function mainly shortens cold starts.
"""


def tokens(sets: list[Tokens]) -> str:
    rows = [[f"`{each.chosen}`", str(each.tools), f"{each.bytes:,}", f"{each.tokens:,}"] for each in sets]
    return f"""## Tools for agents

What `tools/list` takes of a model's context, by the tokenizer o200k. Only `read` is offered by default.

{table(["set", "tools", "bytes", "tokens"], rows)}"""


CALENDLY_MS = 150
"""What an answer of Calendly's usually takes."""

_RIVALS = ("floor", "conventional", "published")
_STACKS = ("floor", "ours", "conventional", "published")


def table(heads: list[str], rows: list[list[str]], *, numbers: bool = True) -> str:
    """A table whose columns after the first one hold numbers, or text."""
    lines = [heads, ["---", *["---:" if numbers else "---"] * (len(heads) - 1)], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def machine() -> str:
    """What this runs on."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        lines = info.read_text().splitlines()
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), model)
    return f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
