"""What CloudWatch makes of metrics: it reads them from log lines, and evaluates alarms by its documented rules.

Rules: "Metric alarms" and "Configuring how CloudWatch alarms treat missing data" in the CloudWatch User Guide, and
"Embedded metric format specification" for log lines. What no alarm of this product uses is refused.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import ge, gt, le, lt
from typing import Any, NamedTuple

STATISTICS: dict[str, Callable[[list[float]], float]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "SampleCount": len,
    "Average": lambda values: sum(values) / len(values),
}
COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": gt,
    "GreaterThanOrEqualToThreshold": ge,
    "LessThanThreshold": lt,
    "LessThanOrEqualToThreshold": le,
}
MORE_PERIODS = 2
"""How many earlier periods are looked at as well, as in the guide's examples: they stand in for missing ones."""


class Metric(NamedTuple):
    """One metric, as CloudWatch tells them apart."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, properties: Mapping[str, Any]) -> Metric:
        """The metric that an alarm's properties, or one of its ``Metrics``, name."""
        dimensions = frozenset((each["Name"], each["Value"]) for each in properties.get("Dimensions", ()))
        return cls(properties["Namespace"], properties["MetricName"], dimensions)


@dataclass
class Metrics:
    """Data points of metrics.

    Attributes:
        points: when, in seconds since the epoch, and the value, by metric.
    """

    points: dict[Metric, list[tuple[float, float]]] = field(default_factory=dict)

    def put(self, metric: Metric, at: float, *values: float) -> Metrics:
        self.points.setdefault(metric, []).extend((at, value) for value in values)
        return self

    def later(self, seconds: float) -> Metrics:
        """The same, so many seconds later."""
        return Metrics({metric: [(at + seconds, value) for at, value in each] for metric, each in self.points.items()})

    def __add__(self, other: Metrics) -> Metrics:
        both = [*self.points.items(), *other.points.items()]
        return Metrics({name: [point for metric, each in both if metric == name for point in each] for name, _ in both})

    def statistic(self, metric: Metric, statistic: str, start: float, end: float) -> float | None:
        """Of the values from ``start`` up to ``end``; None if there are none."""
        values = [value for at, value in self.points.get(metric, ()) if start <= at < end]
        return STATISTICS[statistic](values) if values else None


def logged(text: str, since: float = 0) -> Metrics:
    """The metrics in the lines of a log, of the embedded metric format.

    Args:
        text: the log. Processes may share it, and one may write between another's line and its end.
        since: leaves out what was logged before, in seconds since the epoch.
    """
    found = Metrics()
    for match in re.finditer(r'\{"_aws"', text):
        document, _ = json.JSONDecoder().raw_decode(text, match.start())
        at = document["_aws"]["Timestamp"] / 1000
        if at < since:
            continue
        for directive in document["_aws"]["CloudWatchMetrics"]:
            for names in directive["Dimensions"]:
                dimensions = frozenset((name, document[name]) for name in names)
                for each in directive["Metrics"]:
                    values = document[each["Name"]]
                    metric = Metric(directive["Namespace"], each["Name"], dimensions)
                    found.put(metric, at, *(values if isinstance(values, list) else [values]))
    return found


def watched(alarm: Mapping[str, Any]) -> list[Metric]:
    """The metrics that an alarm looks at."""
    if "Metrics" not in alarm:
        return [Metric.of(alarm)]
    return [Metric.of(each["MetricStat"]["Metric"]) for each in alarm["Metrics"] if "MetricStat" in each]


def state(alarm: Mapping[str, Any], metrics: Metrics, now: float, before: str = "OK") -> str:
    """The state of an alarm: ``ALARM``, ``OK`` or ``INSUFFICIENT_DATA``.

    Args:
        alarm: its properties, resolved.
        metrics: what there is.
        now: in seconds since the epoch; the period that it is in is the last one that is evaluated.
        before: the state that it is in.
    """
    period = _period(alarm)
    end = (math.floor(now / period) + 1) * period
    evaluated = alarm["EvaluationPeriods"]
    starts = [end - period * (number + 1) for number in range(evaluated + MORE_PERIODS)]
    values = [_value(alarm, metrics, start, start + period) for start in starts]
    breaches = COMPARISONS[alarm["ComparisonOperator"]]
    latest_first = [None if value is None else breaches(value, alarm["Threshold"]) for value in values]
    return decide(latest_first, evaluated, alarm.get("DatapointsToAlarm", evaluated), alarm["TreatMissingData"], before)


def decide(latest_first: Iterable[bool | None], evaluated: int, to_alarm: int, missing: str, before: str) -> str:
    """The state that follows from data points that breach, or do not, or are missing.

    Args:
        latest_first: every period that is looked at.
        evaluated: how many are evaluated, N.
        to_alarm: how many of these have to breach, M.
        missing: how missing ones are treated.
        before: the state that the alarm is in.
    """
    real = [breaches for breaches in latest_first if breaches is not None][:evaluated]
    absent, breaching = evaluated - len(real), real.count(True)
    match missing:
        case "breaching":
            return "ALARM" if breaching + absent >= to_alarm else "OK"
        case "notBreaching":
            return "ALARM" if breaching >= to_alarm else "OK"
        case "ignore":
            if breaching >= to_alarm:
                return "ALARM"
            return before if breaching == len(real) else "OK"
    raise AssertionError(f"Teach {__name__} what TreatMissingData {missing} does.")


def _period(alarm: Mapping[str, Any]) -> int:
    periods = {each["MetricStat"]["Period"] for each in alarm.get("Metrics", ()) if "MetricStat" in each}
    (period,) = periods or {alarm["Period"]}
    return int(period)


def _value(alarm: Mapping[str, Any], metrics: Metrics, start: float, end: float) -> float | None:
    if "Metrics" not in alarm:
        return metrics.statistic(Metric.of(alarm), alarm["Statistic"], start, end)
    (expression,) = [each["Expression"] for each in alarm["Metrics"] if each["ReturnData"]]
    assert expression == "SUM(FILL(METRICS(), 0))", f"Teach {__name__} the expression {expression}."
    values = [
        metrics.statistic(Metric.of(each["MetricStat"]["Metric"]), each["MetricStat"]["Stat"], start, end)
        for each in alarm["Metrics"]
        if "MetricStat" in each
    ]
    # FILL has nothing to fill where no metric of them has any value.
    return None if set(values) == {None} else sum(value or 0 for value in values)
