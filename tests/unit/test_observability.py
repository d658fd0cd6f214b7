"""The line that a call ends with: what became of it, and its metrics."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts.account import Account
from accounts.store import Stored
from actions.observability import Log


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Any:
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def metrics(line: dict[str, Any]) -> dict[str, float]:
    """What CloudWatch makes of a line."""
    return {
        metric["Name"]: line[metric["Name"]]
        for directive in line.get("_aws", {}).get("CloudWatchMetrics", ())
        for metric in directive["Metrics"]
    }


def test_a_call_ends_with_one_line_that_carries_its_metrics(lines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "a-stack")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Ours")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-2-3;Parent=4;Sampled=1")
    log = Log()
    log.begin(action="retrieve_user", correlation_id="c")
    log.add(account="sales")
    log.count("CalendlyRequests")
    log.count("CalendlyRequests", 2)
    log.end("INFO", "done", milliseconds=1.5)
    (line,) = lines()
    assert metrics(line) == {"CalendlyRequests": 3}
    (directive,) = line["_aws"]["CloudWatchMetrics"]
    assert (directive["Namespace"], directive["Dimensions"]) == ("Ours", [["service"]])
    assert line["service"] == "a-stack"
    assert line["_aws"]["Timestamp"] > 1_700_000_000_000
    said = {"level": "INFO", "message": "done", "action": "retrieve_user", "account": "sales", "correlation_id": "c"}
    assert said.items() <= line.items()
    assert line["xray_trace_id"] == "1-2-3"
    assert line["timestamp"].endswith("Z")


def test_a_line_without_metrics_is_no_metric(lines: Any) -> None:
    log = Log()
    log.begin(action="a")
    log.end("INFO", "done")
    assert "_aws" not in lines()[0]


def test_nothing_of_a_call_is_left_for_the_next(lines: Any) -> None:
    log = Log()
    log.begin(action="a", correlation_id="1")
    log.count("Lost")
    log.begin(action="b")
    log.count("Kept")
    log.end("INFO", "done")
    log.end("INFO", "done")
    first, second = lines()
    assert "correlation_id" not in first
    assert metrics(first) == {"Kept": 1}
    assert metrics(second) == {}


def test_a_quieter_log_keeps_its_metrics(lines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "ERROR")
    log = Log()
    log.begin(action="a")
    log.warning("not told")
    log.end("INFO", "done")
    assert lines() == []
    log.count("CalendlyRequests")
    log.end("INFO", "done")
    assert metrics(lines()[0]) == {"CalendlyRequests": 1}


def test_a_record_is_shown_as_its_repr_shows_it(lines: Any) -> None:
    """Written member by member, an account would show its tokens."""
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
    Log().warning("odd", account=account, stored=Stored(account, "v"), several=[account])
    (line,) = lines()
    assert "hush" not in json.dumps(line)
    assert "sales" in line["account"]


def test_what_is_said_in_between_has_the_keys_of_the_call(lines: Any) -> None:
    log = Log()
    log.begin(action="a")
    log.warning("beware", reason="half a pair \ud83d")
    log.error("alas")
    first, second = lines()
    assert (first["level"], first["action"], first["reason"]) == ("WARNING", "a", "half a pair \ud83d")
    assert second["level"] == "ERROR"
