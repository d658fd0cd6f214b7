"""Mistakes that were made once, each held down by a test."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from local.root import ROOT
from local.sam import Template
from tests.e2e.conftest import Running


def test_the_schedule_sends_an_input_that_rotate_tokens_takes(running: Running) -> None:
    """Without one, EventBridge Scheduler sends a notification, which is refused."""
    schedules = Template(ROOT / "template.yaml", {}).schedules()
    (schedule,) = (each for each in schedules if each.function == "RotateTokens")
    answer = running.direct(schedule.function, **json.loads(schedule.input))
    assert [entry["outcome"] for entry in answer["accounts"] if entry["account"] == "default"] == ["not_due"]


def test_a_name_that_another_user_took_over_is_theirs_at_once(running: Running) -> None:
    users = running.world.data.users
    running.connect("taken", user=0)
    assert running.direct("RetrieveUser", account="taken")["resource"]["uri"] == users[0]["uri"]
    url = running.http("POST", "/accounts/taken/connect", json={"replace": True}).json()["authorize_url"]
    page = requests.post(url, data={"user": users[2]["uri"], "decision": "allow"}, timeout=30)
    assert page.status_code == 200
    assert running.direct("RetrieveUser", account="taken")["resource"]["uri"] == users[2]["uri"]


def test_connecting_with_more_scopes_helps_functions_that_are_warm(running: Running) -> None:
    running.connect("scopes", user=1)
    secrets = running.stack.aws.client("secretsmanager")
    narrow = {**running.secret("scopes"), "scopes": ["users:read"]}
    secrets.put_secret_value(SecretId="local/accounts/scopes", SecretString=json.dumps(narrow))
    assert running.direct("RetrieveGroups", account="scopes")["errorType"] == "InsufficientScopeError"
    running.connect("scopes", user=1)
    assert "collection" in running.direct("RetrieveGroups", account="scopes")


def test_a_damaged_secret_is_replaced_by_connecting_and_removed_by_disconnecting(running: Running) -> None:
    running.connect("damaged", user=1)
    secrets = running.stack.aws.client("secretsmanager")
    secrets.put_secret_value(SecretId="local/accounts/damaged", SecretString='{"x": 1}')
    answer = running.direct("RetrieveEvents", account="damaged")
    assert answer["errorType"] == "AccountUnavailableError"
    assert "damaged" in answer["errorMessage"]
    running.connect("damaged", user=1)
    assert "collection" in running.direct("RetrieveEvents", account="damaged")
    secrets.put_secret_value(SecretId="local/accounts/damaged", SecretString="{")
    assert running.http("DELETE", "/accounts/damaged").status_code == 200


def test_a_name_that_was_cut_within_a_character_comes_through_both_doors(running: Running) -> None:
    """Half a surrogate pair is JSON, and Lambda's runtime ended when it was to send one on."""
    running.contract.paused = True
    cut = r'{"resource": {"name": "cut \ud83d", "uri": "u"}}'
    running.sandbox("faults", method="GET", path="/users/me", status=200, body=cut, times=2)
    assert running.direct("RetrieveUser") == {"resource": {"name": "cut \ufffd", "uri": "u"}}
    assert running.http("GET", "/accounts/default/users/me").json()["resource"]["name"] == "cut \ufffd"
    running.contract.paused = False


def test_busy_times_that_do_not_fit_one_answer_come_in_parts(running: Running) -> None:
    running.sandbox("reset", events=4000, users=1)
    running.sandbox("limits", per_minute=1_000_000)
    running.contract.paused = True
    year = {"start_time": "2030-01-01T00:00:00Z", "end_time": "2031-01-01T00:00:00Z"}
    assert "pagination" not in running.direct("RetrieveUserBusyTimes", **year)
    start = running.world.data.scheduled_events[-1]["start_time"]
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC)
    assert datetime.fromisoformat(start) > now + timedelta(days=20)
    range_ = {"start_time": (now + timedelta(hours=1)).isoformat(), "end_time": (now + timedelta(days=500)).isoformat()}
    rows: list[Any] = []
    token, parts = None, 0
    while parts == 0 or token:
        answer = running.direct("RetrieveUserBusyTimes", **range_, page_token=token)
        assert len(json.dumps(answer)) < 256 * 1024
        rows += answer["collection"]
        token = answer.get("pagination", {}).get("next_page_token")
        parts += 1
    assert parts > 1
    starts = [row["start_time"] for row in rows]
    assert starts == sorted(starts)
    events = [row["event"]["uri"] for row in rows if row["type"] == "calendly"]
    assert len(events) == len(set(events)) > 1000
    running.contract.paused = False


@pytest.mark.parametrize(
    "event",
    [
        {"httpMethod": "GET", "requestContext": "x"},
        {"httpMethod": "GET", "requestContext": None},
        {"httpMethod": "GET", "requestContext": {}, "headers": "abc"},
        {"httpMethod": "GET", "requestContext": {}, "pathParameters": "abc", "queryStringParameters": 5},
        {"httpMethod": "GET", "requestContext": {}, "pathParameters": {"account": 5}},
        {"httpMethod": "GET", "requestContext": {}, "body": {"user": "me"}},
        {"httpMethod": "GET", "requestContext": {}, "multiValueQueryStringParameters": {"user": "me"}},
    ],
    ids=json.dumps,
)
def test_an_event_that_is_almost_a_proxy_event_is_no_bug_of_ours(running: Running, event: dict[str, Any]) -> None:
    answer = running.direct("RetrieveUser", **event)
    assert "unexpected" not in json.dumps(answer)
    assert answer.get("errorType", "InvalidRequestError") == "InvalidRequestError"
    assert answer.get("statusCode", 400) in (200, 400)


@pytest.mark.parametrize(
    "times",
    [
        {"start_time": "9999-12-30T00:00:00Z", "end_time": "9999-12-31T00:00:00Z"},
        {"start_time": "2030-01-01T00:00:00Z", "end_time": "0999-01-01T00:00:00Z"},
        {"start_time": "2030-01-01", "end_time": "2030-01-02T00:00:00Z"},
        {"start_time": "2020-01-01T00:00:00Z", "end_time": "2030-01-02T00:00:00Z"},
        {
            "start_time": "2030-01-01T00:00:00Z",
            "end_time": "2030-01-02T00:00:00Z",
            "page_token": "cursor." + "W1" * 3000,
        },
        {"start_time": "2030-01-01T00:00:00Z", "end_time": "2030-01-02T00:00:00Z", "page_token": "x"},
    ],
    ids=str,
)
def test_times_nobody_means(running: Running, times: dict[str, str]) -> None:
    assert running.direct("RetrieveUserBusyTimes", **times)["errorType"] == "InvalidRequestError"


def test_messages_are_one_line_whatever_the_field_is_called(running: Running) -> None:
    answer = running.direct("RetrieveUser", **{"a\nb\r\nTraceback\u2028": 1})
    assert len(answer["errorMessage"].splitlines()) == 1


def test_the_correlation_id_may_be_an_input_over_http_too(running: Running) -> None:
    answer = running.http("GET", "/accounts/default/users/me?correlation_id=order-4711")
    assert answer.headers["X-Correlation-Id"] == "order-4711"
    ids = {running.http("GET", "/accounts/default/users/me").headers["X-Correlation-Id"] for _ in range(2)}
    assert len(ids) == 2


def test_a_uri_in_the_path(running: Running) -> None:
    uri = running.world.data.scheduled_events[0]["uri"]
    answer = running.http("GET", f"/accounts/default/scheduled_events/{requests.utils.quote(uri, safe='')}")
    assert answer.json()["resource"]["uri"] == uri


def test_a_body_that_is_not_utf_8(running: Running) -> None:
    answer = running.http("POST", "/accounts/default/scheduling_links", data=b"\xff\xfe{")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "body"


@pytest.mark.parametrize("pagination", ["x", 5, [], {"next_page": 7}, {"next_page_token": 0}], ids=repr)
def test_pagination_that_makes_no_sense_ends_the_list(running: Running, pagination: object) -> None:
    running.sandbox("faults", path="/groups", status=200, body={"collection": [], "pagination": pagination})
    assert running.direct("RetrieveGroups", all_pages=True)["collection"] == []


@pytest.mark.parametrize("member", [{"scope": ["users:read"]}, {"owner": 5}, {"expires_in": "soon"}], ids=str)
def test_a_token_answer_with_strange_members_loses_no_token(running: Running, member: dict[str, Any]) -> None:
    running.direct("RetrieveUser")
    world = running.world
    token = running.secret()["refresh_token"]
    answer = {**world.issue(world.refresh_tokens[token]), **member}
    running.sandbox("faults", method="POST", path="/oauth/token", status=200, body=answer)
    generation = running.secret()["generation"]
    result = running.direct("RotateTokens", account="default", refused_generation=generation)["accounts"][0]
    assert result["outcome"] == "refreshed"
    assert running.secret()["refresh_token"] == answer["refresh_token"]


def test_a_token_that_calendly_keeps_refusing_costs_one_exchange_per_process(running: Running) -> None:
    running.stack.pool.recycle()
    running.direct("RetrieveUser")
    exchanges = running.world.token_exchanges
    running.sandbox("faults", path="/users/me", status=401, times=100)
    for _ in range(4):
        assert running.direct("RetrieveUser")["errorType"] == "ReauthenticationRequiredError"
    assert running.world.token_exchanges == exchanges + 1
    requests.delete(f"{running.stack.calendly_url}/_sandbox/faults", timeout=10)
    assert "resource" in running.direct("RetrieveUser")


def test_the_same_value_twice_is_no_conflict_whatever_its_type(running: Running) -> None:
    answer = running.http(
        "GET", "/accounts/default/event_types?active=true&count=5", json={"active": True, "count": None}
    )
    assert answer.status_code == 200, answer.text


def test_a_process_that_died_idle_is_not_the_callers_problem(running: Running) -> None:
    running.direct("RetrieveUser")
    for process in running.stack.pool.processes("RetrieveUser"):
        process.process.kill()
        process.process.join()
    assert "resource" in running.direct("RetrieveUser")


def test_nothing_but_json_is_logged_by_a_call_that_succeeds(running: Running) -> None:
    running.stack.pool.recycle()
    log = running.logs / "RetrieveAccounts.log"
    before = log.stat().st_size if log.exists() else 0
    running.direct("RetrieveAccounts")
    for line in log.read_text()[before:].splitlines():
        assert json.loads(line)
