"""The tests' evaluator of alarms, held against the examples of the CloudWatch User Guide."""

from __future__ import annotations

import json

import pytest

from tests.cloudwatch import Metric, Metrics, decide, logged, state

ALARM, OK, STAYS = "ALARM", "OK", "as before"

GUIDE = [
    # Data points, the oldest first; M of 3; then what follows where missing ones are ignored, breaching, not breaching.
    ("0-X-X", 3, OK, OK, OK),
    ("----0", 3, OK, OK, OK),
    ("-----", 3, STAYS, ALARM, OK),
    ("0XX-X", 3, ALARM, ALARM, ALARM),
    ("--X--", 3, STAYS, ALARM, OK),
    ("0-X-X", 2, ALARM, ALARM, ALARM),
    ("00X0X", 2, ALARM, ALARM, ALARM),
    ("0-X--", 2, OK, ALARM, OK),
    ("----0", 2, OK, ALARM, OK),
    ("----X", 2, STAYS, ALARM, OK),
]
"""The two tables of "Configuring how CloudWatch alarms treat missing data"."""


@pytest.mark.parametrize(("points", "to_alarm", "ignore", "breaching", "not_breaching"), GUIDE)
def test_missing_data_is_treated_as_the_guide_says(
    points: str, to_alarm: int, ignore: str, breaching: str, not_breaching: str
) -> None:
    latest_first = [{"X": True, "0": False, "-": None}[each] for each in reversed(points)]
    for missing, expected in (("ignore", ignore), ("breaching", breaching), ("notBreaching", not_breaching)):
        assert decide(latest_first, 3, to_alarm, missing, STAYS) == expected, missing


METRIC = Metric("N", "M", frozenset({("service", "s")}))
WATCHES = {
    "Namespace": "N",
    "MetricName": "M",
    "Dimensions": [{"Name": "service", "Value": "s"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 2,
    "Threshold": 3,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}


def test_a_statistic_is_taken_over_each_period() -> None:
    both = Metrics().put(METRIC, 30, 2).put(METRIC, 59, 2).put(METRIC, 60, 4)
    assert state(WATCHES, both, 119) == ALARM
    assert state({**WATCHES, "Statistic": "Maximum"}, both, 119) == OK
    assert state({**WATCHES, "Statistic": "SampleCount", "ComparisonOperator": "LessThanThreshold"}, both, 119) == ALARM
    assert state(WATCHES, both, 120 + 60 * 10) == OK, "it is long ago"


@pytest.mark.parametrize("other", [("N2", "M", "s"), ("N", "M2", "s"), ("N", "M", "s2")])
def test_a_metric_of_another_name_or_dimension_is_another_metric(other: tuple[str, str, str]) -> None:
    namespace, name, service = other
    metric = Metric(namespace, name, frozenset({("service", service)}))
    assert state(WATCHES, Metrics().put(metric, 30, 9).put(metric, 60, 9), 119) == OK


def test_a_sum_of_metrics_takes_what_is_missing_for_zero() -> None:
    stat = {
        "Stat": "Sum",
        "Period": 60,
        "Metric": {name: WATCHES[name] for name in ("Namespace", "MetricName", "Dimensions")},
    }
    another = {**stat, "Metric": {"Namespace": "N", "MetricName": "another"}}
    alarm = {
        **{name: WATCHES[name] for name in ("Threshold", "ComparisonOperator", "TreatMissingData")},
        "EvaluationPeriods": 1,
        "Metrics": [
            {"Expression": "SUM(FILL(METRICS(), 0))", "ReturnData": True},
            {"MetricStat": stat, "ReturnData": False},
            {"MetricStat": another, "ReturnData": False},
        ],
    }
    assert state(alarm, Metrics().put(METRIC, 30, 4), 59) == ALARM
    assert state(alarm, Metrics().put(METRIC, 30, 3), 59) == OK
    assert state({**alarm, "TreatMissingData": "breaching"}, Metrics(), 59) == ALARM


def test_metrics_are_read_from_log_lines() -> None:
    line = {
        "_aws": {
            "Timestamp": 5000,
            "CloudWatchMetrics": [{"Namespace": "N", "Dimensions": [["service"]], "Metrics": [{"Name": "M"}]}],
        },
        "service": "s",
        "M": [1.0, 2.0],
    }
    text = f'{{"message": "done"}}\n{json.dumps(line)}{json.dumps({**line, "M": 3})}\n'
    assert logged(text).points == {METRIC: [(5.0, 1.0), (5.0, 2.0), (5.0, 3)]}
    assert logged(text, since=5.001).points == {}
    assert (logged(text) + logged(text).later(60)).points[METRIC][3:] == [(65.0, 1.0), (65.0, 2.0), (65.0, 3)]
