"""The queries that are saved with the stack: of documented words, and of fields that the logs really have."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.cloudformation import Stack
from tests.e2e.conftest import Running

STACK = Stack("local")
QUERIES = STACK.of("AWS::Logs::QueryDefinition")

COMMANDS = {"fields", "filter", "stats", "sort"}
FUNCTIONS = {"coalesce", "count", "latest", "max", "pct"}
WORDS = {"as", "by", "in", "asc", "desc"}
"""Of the Logs Insights query language: commands, functions, and what stands between."""

OF_EVERY_LINE = {"@timestamp", "@message", "@logStream", "@log"}
OF_WORKFLOWS = {"id", "type", "details", "previous_event_id", "event_timestamp", "execution_arn", "redrive_count"}
"""The fields of a line that Step Functions logs, by its guide: "Using CloudWatch Logs to log execution history"."""

FIELD = r"@?[A-Za-z_][\w.]*"


def commands(query: str) -> list[str]:
    """A query's commands, without comments."""
    text = "\n".join(line for line in query.splitlines() if not line.lstrip().startswith("#"))
    return [re.sub(r"\s+", " ", command).strip() for command in text.split("|")]


def functions_of(command: str) -> set[str]:
    return set(re.findall(rf"({FIELD})\(", command))


def fields_of(query: str) -> set[str]:
    """The fields that a query reads."""
    found: set[str] = set()
    named: set[str] = set()
    for command in commands(query):
        _, _, rest = re.sub(r'"[^"]*"', "", command).partition(" ")
        words = set(re.findall(FIELD, rest)) - functions_of(rest) - WORDS - named
        named |= set(re.findall(rf" as ({FIELD})", rest))
        found |= words - named
    return found


def messages_of(query: str) -> set[str]:
    """The messages that a query asks for; none means all."""
    asked = re.search(r'message (?:= (".*?")|in \[(.*?)\])', query)
    return set(re.findall(r'"(.*?)"', asked[0])) if asked else set()


@pytest.fixture
def lines(running: Running) -> list[dict[str, Any]]:
    """What functions log of calls that work, calls that fail, and refreshes."""
    running.http("GET", "/accounts/default/users/me", headers={"X-Correlation-Id": "a-correlation-id"})
    running.direct("RetrieveEvent", event="c0ffee00-0000-4000-8000-000000000001")
    running.direct("RotateTokens", account="default", force=True)
    running.sandbox("revoke", account="default")
    running.direct("RetrieveUser")
    found = []
    for line in running.log().splitlines():
        if line.startswith("{") and line.endswith("}"):
            found.append(json.loads(line))
    return found


@pytest.mark.parametrize("name", QUERIES)
def test_a_query_is_of_words_that_logs_insights_documents(name: str) -> None:
    for command in commands(QUERIES[name]["QueryString"]):
        assert command.partition(" ")[0] in COMMANDS, command
        assert functions_of(command) <= FUNCTIONS, command
        for opening, closing in ("()", "[]"):
            assert command.count(opening) == command.count(closing)
        assert command.count('"') % 2 == 0


@pytest.mark.parametrize("name", QUERIES)
def test_every_field_of_a_query_is_in_a_log_that_it_reads(lines: list[dict[str, Any]], name: str) -> None:
    query, groups = QUERIES[name]["QueryString"], QUERIES[name]["LogGroupNames"]
    messages = messages_of(query)
    for message in messages:
        assert any(line.get("message") == message for line in lines), f"Nothing logs {message}."
    of_functions = {member for line in lines if not messages or line.get("message") in messages for member in line}
    format = STACK.properties("Api")["AccessLogSetting"]["Format"]
    known = {
        STACK.value({"Ref": "FunctionLogs"}): of_functions,
        STACK.value({"Ref": "ApiLogs"}): set(json.loads(format)),
        STACK.value({"Ref": "WorkflowLogs"}): OF_WORKFLOWS,
    }
    fields = fields_of(query)
    assert len(fields) > 2
    assert fields - OF_EVERY_LINE <= {member for group in groups for member in known[group]}


def test_one_call_is_found_in_every_log(lines: list[dict[str, Any]]) -> None:
    """By what its caller gave, by the API's request id, and by an execution's ARN."""
    (asked,) = re.findall(r'filter coalesce\((.*)\) = "ID"', QUERIES["CallQuery"]["QueryString"])
    by = asked.split(", ")

    def found_by(line: dict[str, Any]) -> Any:
        return next((line[name] for name in by if name in line), None)

    done = [line for line in lines if found_by(line) == "a-correlation-id"]
    assert "done" in [line["message"] for line in done]
    assert found_by({"request_id": "an-id", "status": "503"}) == "an-id"
    assert found_by({"id": "7", "type": "TaskFailed", "execution_arn": "an-arn"}) == "an-arn"
    assert all(found_by(line) for line in lines if line.get("message") in ("done", "failed"))
