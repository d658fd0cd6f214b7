"""The stack's dashboard in ``template.yaml``, between markers: every alarm and every class of error is on it."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

from accounts.outcome import Outcome
from calendly import errors

BEGIN = "      # <dashboard> written by `make generate`: every alarm of the template, every class of error\n"
END = "      # </dashboard>\n"

STACK = "${AWS::StackName}"
SERVICE = ["service", STACK]
WIDTH, HEIGHT = 12, 6

ACCOUNTS = ("Healthy", "NeedingReauthentication", "Overdue", "WrongApplication", "Parked")
DELIVERIES = (
    *("WebhooksDelivered", "WebhooksDropped", "WebhooksBackfilled", "WebhooksUndecided", "WebhooksStale"),
    *("WebhooksNotUnderstood", "WebhooksUnexpected", "FailedForgedDeliveryError", "FailedStaleDeliveryError"),
    *("FailedUnknownCreatorError", "FailedGoneAccountError", "FailedBusUnavailableError"),
    *("FailedStorageUnavailableError", "SubscriptionsFailing", "SubscriptionsDisabled", "SubscriptionsUnseen"),
)
_ALARM = re.compile(r"^  (\w+):\n    Type: AWS::CloudWatch::Alarm$", re.MULTILINE)
_WORKFLOW = re.compile(
    r"^    Type: AWS::Serverless::StateMachine\n(?: .*\n)*?      Name: !Sub \$\{AWS::StackName\}-(\S+)$", re.MULTILINE
)


def write(template: str) -> str:
    """The template with the dashboard's body made from the alarms and workflows in it, and from the tree of errors."""
    head, rest = template.split(BEGIN)
    _, tail = rest.split(END)
    widgets = _widgets(_ALARM.findall(template), _WORKFLOW.findall(template))
    lines = [json.dumps(widget, separators=(",", ":")) for widget in _placed(widgets)]
    body = ",\n".join(f"          {line}" for line in lines)
    return f'{head}{BEGIN}      DashboardBody: !Sub |-\n        {{"widgets":[\n{body}\n        ]}}\n{END}{tail}'


def error_classes() -> list[str]:
    """The public errors, in the order of their HTTP status."""
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.CalendlyError)]
    return [kind.__name__ for kind in sorted(kinds, key=lambda kind: (kind.http_status, kind.__name__))]


def _widgets(alarms: list[str], workflows: list[str]) -> list[dict[str, Any]]:
    arn = f"arn:${{AWS::Partition}}:cloudwatch:${{AWS::Region}}:${{AWS::AccountId}}:alarm:{STACK}"
    api = ["ApiName", STACK, "Stage", "v1"]
    machine = f"arn:${{AWS::Partition}}:states:${{AWS::Region}}:${{AWS::AccountId}}:stateMachine:{STACK}-"
    refreshes = [f"Refresh{outcome.name.title().replace('_', '')}" for outcome in Outcome if outcome != Outcome.NOT_DUE]
    ends = ("ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
    return [
        {"type": "alarm", "properties": {"title": "Alarms", "alarms": [f"{arn}-{name}" for name in alarms]}},
        _metrics("Calls of the API", [["AWS/ApiGateway", name, *api] for name in ("Count", "4XXError", "5XXError")]),
        _metrics(
            "Latency of the API, ms",
            [["AWS/ApiGateway", "Latency", *api, {"stat": stat}] for stat in ("p50", "p95", "p99")],
        ),
        _metrics("Errors by class", _own(*(f"Failed{name}" for name in error_classes()))),
        _metrics(
            "Calendly: requests, and what is left of the rate limit",
            [*_own("CalendlyRequests"), [*_own("RateLimitRemaining")[0], {"stat": "Minimum", "yAxis": "right"}]],
        ),
        _metrics("Accounts by state", _own(*(f"Accounts{name}" for name in ACCOUNTS)), stat="Maximum", period=900),
        _metrics("Refreshes by outcome", _own(*refreshes), period=900),
        _metrics("Deliveries, and what became of them", _own(*DELIVERIES)),
        _metrics(
            "Workflows",
            [["AWS/States", end, "StateMachineArn", f"{machine}{name}"] for name in workflows for end in ends],
        ),
    ]


def _own(*names: str) -> list[list[Any]]:
    return [["CalendlyActions", name, *SERVICE] for name in names]


def _metrics(title: str, metrics: list[list[Any]], *, stat: str = "Sum", period: int = 300) -> dict[str, Any]:
    region = "${AWS::Region}"
    return {
        "type": "metric",
        "properties": {"title": title, "region": region, "stat": stat, "period": period, "metrics": metrics},
    }


def _placed(widgets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Two in a row."""
    return [
        {**widget, "x": WIDTH * (n % 2), "y": HEIGHT * (n // 2), "width": WIDTH, "height": HEIGHT}
        for n, widget in enumerate(widgets)
    ]
