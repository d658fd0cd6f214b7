"""The log and the metrics of every function, as lines of JSON on standard output.

They look like those of Powertools' Logger and Metrics, and read the same variables; Powertools itself takes longer to
import than the rest of this package (docs/decisions.md). A line is written at once, so that processes that share an
output do not mix.

Metrics carry no dimension per action: CloudWatch bills each combination as a metric of its own, and Lambda already
counts calls, errors and durations per function. What only we know is counted once for the stack.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from typing import Any

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class Log:
    """Structured lines, each with the keys of the call that is under way."""

    def __init__(self) -> None:
        self._service = os.environ.get("POWERTOOLS_SERVICE_NAME", "service_undefined")
        level = os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO").upper()
        self._least = _LEVELS.index(level) if level in _LEVELS else 1
        self._keys: dict[str, Any] = {}

    def begin(self, **keys: Any) -> None:
        """Forget the keys of the call before, and take these."""
        self._keys = keys

    def add(self, **keys: Any) -> None:
        """Further keys of the call under way."""
        self._keys.update(keys)

    def info(self, message: str, **extra: Any) -> None:
        self._write("INFO", message, extra)

    def warning(self, message: str, **extra: Any) -> None:
        self._write("WARNING", message, extra)

    def error(self, message: str, **extra: Any) -> None:
        self._write("ERROR", message, extra)

    def _write(self, level: str, message: str, extra: Mapping[str, Any]) -> None:
        if _LEVELS.index(level) < self._least:
            return
        now = time.time()
        line = {
            "level": level,
            "message": message,
            "timestamp": f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(now))}.{int(now % 1 * 1000):03d}Z",
            "service": self._service,
            **self._keys,
            **extra,
        }
        trace = os.environ.get("_X_AMZN_TRACE_ID", "")
        if trace.startswith("Root="):
            line["xray_trace_id"] = trace[5:].partition(";")[0]
        _print(line)


class Metrics:
    """Counts, kept until the end of a call and then written in CloudWatch's embedded metric format."""

    def __init__(self) -> None:
        self._namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "CalendlyActions")
        self._service = os.environ.get("POWERTOOLS_SERVICE_NAME", "service_undefined")
        self._counts: dict[str, float] = {}

    def count(self, name: str, value: float = 1) -> None:
        """Add to a metric of the stack."""
        self._counts[name] = self._counts.get(name, 0) + value

    def flush(self) -> None:
        """Write what was counted, if anything was."""
        if not self._counts:
            return
        counts, self._counts = self._counts, {}
        directive = {
            "Namespace": self._namespace,
            "Dimensions": [["service"]],
            "Metrics": [{"Name": name, "Unit": "Count"} for name in counts],
        }
        about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
        _print({"_aws": about, "service": self._service, **counts})


_encode = json.JSONEncoder(separators=(",", ":"), default=str).encode


def _print(document: Mapping[str, Any]) -> None:
    sys.stdout.write(_encode(document) + "\n")
    sys.stdout.flush()


logger = Log()
metrics = Metrics()
count = metrics.count
