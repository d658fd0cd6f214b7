"""The log lines and the metrics of a call, as CloudWatch reads them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest

from accounts.account import Account
from accounts.store import Stored
from actions.observability import count, log, observed
from tests.unit.test_doors import Context

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Lines:
    written = io.StringIO()
    monkeypatch.setattr(log.registered_handler, "stream", written)
    return lambda: [json.loads(line) for line in (written.getvalue() + capsys.readouterr().out).splitlines()]


def called(work: Callable[[], None], event: Any = None) -> None:
    observed(lambda *_: work())(event or {}, Context())


def metrics(line: dict[str, Any]) -> dict[str, list[float]]:
    return {
        metric["Name"]: line[metric["Name"]]
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", ())
        for metric in directive["Metrics"]
    }


def test_what_a_call_counts_is_one_metric_of_the_stack(lines: Lines) -> None:
    def work() -> None:
        count("CalendlyRequests")
        count("CalendlyRequests", 2)

    called(work)
    (line,) = lines()
    assert metrics(line) == {"CalendlyRequests": [1.0, 2.0]}
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert directive["Dimensions"] == [["service"]]


def test_metrics_are_written_when_the_call_fails(lines: Lines) -> None:
    def work() -> None:
        count("FailedNotFoundError")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        called(work)
    assert [metrics(line) for line in lines()] == [{"FailedNotFoundError": [1.0]}]


def test_a_call_that_counts_nothing_writes_no_metric(lines: Lines) -> None:
    called(lambda: log.info("done"))
    (line,) = lines()
    assert (line["message"], line["level"]) == ("done", "INFO")
    assert "_aws" not in line


def test_nothing_of_a_call_is_left_for_the_next(lines: Lines) -> None:
    def first() -> None:
        log.append_keys(account="sales")
        log.set_correlation_id("c-1")
        log.info("first")

    called(first)
    called(lambda: log.info("second"))
    told, then = lines()
    assert (told["account"], told["correlation_id"]) == ("sales", "c-1")
    assert "account" not in then
    assert "correlation_id" not in then


def test_the_event_is_never_logged(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever Powertools' own variables say: it may hold a personal access token."""
    monkeypatch.setenv("POWERTOOLS_LOGGER_LOG_EVENT", "true")
    called(lambda: log.info("done"), {"personal_access_token": "hush"})
    assert "hush" not in json.dumps(lines())


def test_a_record_does_not_show_what_its_repr_hides(lines: Lines) -> None:
    account = Account(
        name="sales",
        kind="oauth",
        access_token="hush",
        refresh_token="hush-too",
        expires_at=None,
        scopes=None,
        owner="u",
        organization="o",
        role=None,
        generation=1,
        connected_at=0.0,
        refreshed_at=0.0,
    )
    called(lambda: log.warning("odd", account=account, stored=Stored(account, "v"), several=[account]))
    (line,) = lines()
    assert "hush" not in json.dumps(line)
    assert "sales" in json.dumps(line)
