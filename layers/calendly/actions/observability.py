"""The log and the metrics of every function, by Powertools' Logger and Metrics.

Metrics carry no dimension per action: CloudWatch bills each combination as a metric of its own, and Lambda already
counts calls, errors and durations per function. What only we know is counted once for the stack.
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

# A call that counts nothing is no news.
warnings.filterwarnings("ignore", "No application metrics to publish")


def observed(handler: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A handler whose log lines carry the call's keys and whose metrics are written when it ends.

    The event itself is never logged, whatever Powertools' environment variables say: it may hold a token.
    """
    counted = metrics.log_metrics(handler)
    wrapped: Callable[[Any, Any], Any] = log.inject_lambda_context(counted, log_event=False, clear_state=True)
    return wrapped


def count(name: str, value: float = 1) -> None:
    """Add to a metric of the stack."""
    metrics.add_metric(name, MetricUnit.Count, value)
