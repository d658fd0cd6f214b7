"""``logs``: what the functions logged, by correlation id."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from calendly_actions.doors import Stack
from calendly_actions.failures import AwsError, UsageError

LOCAL = Path(".local") / "logs"


def find(stack: Stack, correlation_id: str, hours: float) -> Iterator[dict[str, Any]]:
    """The lines of one call, in order."""
    if any(each in correlation_id for each in '"\\'):
        raise UsageError("A correlation id holds no quotes.")
    return _local(correlation_id) if stack.is_local else _cloudwatch(stack, correlation_id, hours)


def _cloudwatch(stack: Stack, correlation_id: str, hours: float) -> Iterator[dict[str, Any]]:
    group = stack.output("FunctionLogGroup")
    pages = stack.pages(
        "logs",
        "filter_log_events",
        logGroupName=group,
        filterPattern=f'{{ $.correlation_id = "{correlation_id}" }}',
        startTime=int((time.time() - hours * 3600) * 1000),
    )
    try:
        for page in pages:
            for event in page["events"]:
                yield from _parsed(event["message"])
    except AwsError as error:
        raise AwsError(f"The log group {group} cannot be read: {error}") from None


def _local(correlation_id: str) -> Iterator[dict[str, Any]]:
    runs = sorted(LOCAL.glob("run-*"), key=lambda run: run.stat().st_mtime)
    if not runs:
        raise UsageError("There are no logs here. Run it in the repository's folder, while or after `make local` ran.")
    lines = [line for path in runs[-1].glob("*.log") for line in path.read_text(errors="replace").splitlines()]
    found = [row for line in lines for row in _parsed(line) if row.get("correlation_id") == correlation_id]
    yield from sorted(found, key=lambda row: str(row.get("timestamp", "")))


def _parsed(line: str) -> Iterator[dict[str, Any]]:
    try:
        row = json.loads(line)
    except ValueError:
        return
    if isinstance(row, dict):
        yield {name: value for name, value in row.items() if name != "_aws"}
