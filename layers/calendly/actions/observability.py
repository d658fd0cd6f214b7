"""The log and the metrics of every function, written by Powertools' Logger and Metrics.

Metrics have no dimension per action: CloudWatch bills each combination as a separate metric, and Lambda already counts
calls, errors and durations per function. The metrics here are per stack.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit

log = Logger(use_rfc3339=True)
metrics = Metrics(namespace=os.environ.get("POWERTOOLS_METRICS_NAMESPACE", "CalendlyActions"))

# A call without metrics is normal.
warnings.filterwarnings("ignore", "No application metrics to publish")


def observed(handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Wrap a handler: its log lines have the call's keys, and its metrics are written when it returns.

    The event is never logged, regardless of Powertools' environment variables, because it may hold a token.
    """
    counted = metrics.log_metrics(handler)
    wrapped: Callable[[Any, Any], Any] = log.inject_lambda_context(counted, log_event=False, clear_state=True)
    return wrapped


def count(name: str, value: float = 1) -> None:
    """Add to a metric of the stack."""
    metrics.add_metric(name, MetricUnit.Count, value)
