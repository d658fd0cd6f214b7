"""The log and the metrics of every function.

Metrics carry no dimension per action: CloudWatch bills each combination as a metric of its own, and Lambda already
counts calls, errors and durations per function. What only we know is counted once for the stack.
"""

from __future__ import annotations

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

logger = Logger(utc=True)
metrics = Metrics()


def count(name: str, value: float = 1) -> None:
    """Add to a metric of the stack."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
