"""The log and the metrics of every function, as lines of JSON on standard output.

A call ends with one line that says what became of it and carries its metrics, in CloudWatch's embedded metric format;
what has to be said before that has lines of its own. They look like those of Powertools' Logger and Metrics, and read
the same variables; Powertools itself takes longer to import than the rest of this package (docs/decisions.md). A line
is written at once, so that processes that share an output do not mix.

Metrics carry no dimension per action: CloudWatch bills each combination as a metric of its own, and Lambda already
counts calls, errors and durations per function. What only we know is counted once for the stack.

Source: "Specification: Embedded metric format" in CloudWatch's user guide.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from calendly import codec

_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class Log:
    """Structured lines, each with the keys of the call that is under way, and what that call counts."""

    def __init__(self) -> None:
        self._service = os.environ.get("POWERTOOLS_SERVICE_NAME", "service_undefined")
        self._namespace = os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "CalendlyActions")
        level = os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO").upper()
        self._least = _LEVELS.index(level) if level in _LEVELS else 1
        self._keys: dict[str, Any] = {}
        self._counts: dict[str, float] = {}

    def begin(self, **keys: Any) -> None:
        """Forget the call before; these are the keys of the next."""
        self._keys, self._counts = keys, {}

    def add(self, **keys: Any) -> None:
        """Further keys of the call under way."""
        self._keys.update(keys)

    def count(self, name: str, value: float = 1) -> None:
        """Add to a metric of the stack; it is written at the end of the call."""
        self._counts[name] = self._counts.get(name, 0) + value

    def warning(self, message: str, **extra: Any) -> None:
        self._write("WARNING", message, _shown(extra))

    def error(self, message: str, **extra: Any) -> None:
        self._write("ERROR", message, _shown(extra))

    def end(self, level: str, message: str, **extra: Any) -> None:
        """The call's last line, with its metrics; they are written whatever the level."""
        counts, self._counts = self._counts, {}
        self._write(level, message, {**extra, **self._metrics(counts)} if counts else extra, always=bool(counts))

    def _write(self, level: str, message: str, extra: Mapping[str, Any], *, always: bool = False) -> None:
        if _LEVELS.index(level) < self._least and not always:
            return
        line = {
            "level": level,
            "message": message,
            "timestamp": datetime.now(UTC),
            "service": self._service,
            **self._keys,
            **extra,
        }
        trace = os.environ.get("_X_AMZN_TRACE_ID", "")
        if trace.startswith("Root="):
            line["xray_trace_id"] = trace[5:].partition(";")[0]
        sys.stdout.write(codec.encode(line).decode() + "\n")
        sys.stdout.flush()

    def _metrics(self, counts: dict[str, float]) -> dict[str, Any]:
        directive = {
            "Namespace": self._namespace,
            "Dimensions": [["service"]],
            "Metrics": [{"Name": name, "Unit": "Count"} for name in counts],
        }
        return {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}, **counts}


def _shown(extra: Mapping[str, Any]) -> dict[str, Any]:
    """As a person may see it: the writer of JSON would take records apart, and show what their repr does not."""
    return {name: list(map(str, value)) if type(value) is list else _plain(value) for name, value in extra.items()}


def _plain(value: Any) -> Any:
    return value if type(value) in (str, int, float, bool, type(None)) else str(value)


log = Log()
count = log.count
