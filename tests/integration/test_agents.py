"""Actions as tools, over MCP and by AgentCore's event: the same answers as by the direct door, and safe hands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from actions.tools import MODEL_BYTES
from calendly import codec
from generate.catalog import Action, actions
from local import agent
from tests.agents import CALLER, Door, context, door
from tests.handlers import Handlers, handler_of, handlers

BOOKING = {
    "event_type": "e7c09f00-60ae-5ad0-880a-d7d9ebca060b",
    "start_time": "2030-01-07T00:00:00Z",
    "end_time": "2030-01-12T00:00:00Z",
    "invitee": {"name": "Eve Adams", "email": "eve@example.com", "timezone": "Europe/Berlin"},
}


@pytest.fixture(scope="module")
def made() -> Iterator[Handlers]:
    with handlers(events=60) as found:
        yield found


@pytest.fixture(scope="module")
def agents(made: Handlers) -> Iterator[Door]:
    with door(made) as opened:
        yield opened


@pytest.fixture(autouse=True)
def _fresh(agents: Door, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ACCOUNT", "default")
    monkeypatch.setenv("TOOLS", "all")
    agents.lambda_.invoked.clear()
    agents.told()
    yield
    agents.lambda_.before = lambda _: None


@pytest.mark.parametrize("action", actions(), ids=lambda action: action.name)
def test_a_tool_answers_what_the_direct_door_answers(action: Action, made: Handlers, agents: Door) -> None:
    example = dict(action.declaration.example or {})
    looks = {"dry_run": True} if action.writes else {}
    wanted = made.call(action.name, **example, **looks)
    over_mcp = agents.document(action.name, **example, **looks)
    over_gateway = handler_of("answer_gateway")({**example, **looks}, gateway(action.name))
    rows = len(over_mcp.get("collection", ()))
    assert plain(over_mcp) == plain(over_gateway) == plain(wanted, rows)
    if rows < len(wanted.get("collection", ())):
        assert over_mcp["pagination"]["next_page_token"], "a long list is cut, with a cursor to the rest"
    if action.writes:
        assert agents.told() == []


def plain(document: Any, rows: int | None = None) -> Any:
    """A document with its first rows, where it is a list, and no tokens, which are others each time."""
    if "collection" not in document:
        return document
    return {name: each for name, each in document.items() if name != "pagination"} | {
        "collection": document["collection"][:rows]
    }


def gateway(tool: str) -> Any:
    """The context in which AgentCore Gateway calls a Lambda target."""
    return context(custom={"bedrockAgentCoreToolName": f"calendly___{tool}", "bedrockAgentCoreGatewayId": "gw-1"})


def test_a_long_list_is_cut_and_goes_on_exactly_there(made: Handlers, agents: Door) -> None:
    whole = made.call("retrieve_events", organization="me", all_pages=True)["collection"]
    seen: list[Any] = []
    token: dict[str, str] = {}
    while True:
        result = agents.call("retrieve_events", organization="me", all_pages=True, **token)
        page = json.loads(result["content"][0]["text"])
        seen += page["collection"]
        assert len(codec.encode(page["collection"])) <= MODEL_BYTES
        following = page["pagination"]["next_page_token"]
        if following is None:
            assert len(result["content"]) == 1
            break
        assert "page_token set to the value of pagination.next_page_token" in result["content"][1]["text"]
        token = {"page_token": following}
    assert len(whole) > 20
    assert [row["uri"] for row in seen] == [row["uri"] for row in whole]


def test_a_list_that_knows_no_cursor_of_ours_is_asked_for_again_with_fewer_rows(made: Handlers, agents: Door) -> None:
    window = {"start_time": "2030-01-07T00:00:00Z", "end_time": "2030-02-07T00:00:00Z"}
    whole = made.call("retrieve_free_slots", **window, max_items=1000)["collection"]
    assert len(codec.encode(whole)) > MODEL_BYTES
    result = agents.call("retrieve_free_slots", **window, max_items=1000)
    page = json.loads(result["content"][0]["text"])
    assert len(codec.encode(page["collection"])) <= MODEL_BYTES
    assert page["collection"] == whole[: len(page["collection"])]
    following = page["pagination"]["next_start_time"]
    assert "start_time set to the value of pagination.next_start_time" in result["content"][1]["text"]
    rest = agents.document("retrieve_free_slots", **{**window, "start_time": following})
    assert rest["collection"][0] == whole[len(page["collection"])]


@pytest.mark.parametrize("mode", agent.MODES.values())
def test_the_official_client_finds_books_and_cancels(agents: Door, mode: str) -> None:
    steps = agent.session(f"{agents.url}/booking", mode)
    assert [name for name, _ in steps][-3:] == ["reschedule_event", "retrieve_booking", "cancel_event"]


def test_an_error_says_which_and_what_to_do(made: Handlers, agents: Door) -> None:
    made.fault(method="GET", path="/users/me", status=429, headers={"X-RateLimit-Reset": "3000"}, times=1)
    limited = agents.call("retrieve_user", user="me")
    assert limited["isError"]
    assert limited["structuredContent"]["error"] == "RateLimitedError"
    assert limited["structuredContent"]["retryable"]
    assert limited["structuredContent"]["retry_after"] > 60
    assert "Try again after" in limited["content"][0]["text"]
    wrong = agents.call("retrieve_events", min_start_time="tomorrow", statsu="active")["structuredContent"]
    assert wrong["error"] == "InvalidRequestError"
    assert {each["field"] for each in wrong["details"]} == {"min_start_time", "statsu"}
    unconfirmed = agents.call("delete_contact", contact="c0ffee00-0000-4000-8000-000000000001")
    assert "confirm: must be true" in unconfirmed["content"][0]["text"]
    assert handler_of("answer_gateway")({"user": "x"}, gateway("retrieve_user"))["error"] == "InvalidRequestError"


def test_the_account_is_no_argument(agents: Door) -> None:
    for name in ("account", "correlation_id"):
        refused = agents.call("retrieve_user", user="me", **{name: "sales"})["structuredContent"]
        assert refused["details"] == [
            {"field": name, "message": "is no argument of a tool: the address says for which account"}
        ]
        assert handler_of("answer_gateway")({name: "sales"}, gateway("retrieve_user"))["details"] == refused["details"]
    assert agents.lambda_.invoked == []


def test_a_write_is_told_with_who_and_why_and_without_what(agents: Door) -> None:
    booked = agents.document("book_first_free_slot", **BOOKING, why="Eve asked for a demo")
    (name, payload) = agents.lambda_.invoked[0]
    assert (name, "why" in payload, payload["account"]) == ("book_first_free_slot", False, "default")
    event = booked["resource"]["event"]
    agents.call("cancel_event", event=event, why=7)
    agents.call("cancel_event", event=event, dry_run=True, why="to see")
    agents.document("cancel_event", event=event)
    refused = handler_of("answer_gateway")(
        {**BOOKING, "event_type": "c0ffee00c0ffee00"}, gateway("book_first_free_slot")
    )
    usual = {"account": "default", "tool": "book_first_free_slot", "who": CALLER, "correlation_id": "gateway-request"}
    told = agents.told()
    assert {each["detail-type"] for each in told} == {"Calendly agent write"}
    assert [each["detail"] for each in told] == [
        {**usual, "why": "Eve asked for a demo", "outcome": "done"},
        {**usual, "tool": "cancel_event", "why": "", "outcome": "done"},
        {
            **usual,
            "who": "AgentCore gateway gw-1",
            "why": "",
            "outcome": refused["error"],
            "correlation_id": "lambda-request",
        },
    ]


def test_a_call_that_gets_no_answer_is_an_unknown_outcome_if_it_writes(agents: Door) -> None:
    def hangs(_: str) -> None:
        raise ReadTimeoutError(endpoint_url="lambda")

    agents.lambda_.before = hangs
    read = agents.call("retrieve_user", user="me")["structuredContent"]
    assert (read["error"], read["retryable"]) == ("CalendlyUnavailableError", True)
    wrote = agents.call("book_first_free_slot", **BOOKING)["structuredContent"]
    assert (wrote["error"], wrote["retryable"]) == ("OutcomeUnknownError", False)
    assert [each["detail"]["outcome"] for each in agents.told()] == ["OutcomeUnknownError"]
    agents.lambda_.before = lambda _: {"errorType": "Runtime.ExitError", "errorMessage": "it died"}
    died = agents.call("cancel_event", event="c0ffee00c0ffee00")["structuredContent"]
    assert (died["error"], died["retryable"]) == ("OutcomeUnknownError", True)
    assert "Runtime.ExitError" in died["message"]


def test_a_function_that_lambda_did_not_start_may_be_asked_again(agents: Door) -> None:
    def throttled(_: str) -> None:
        said: Any = {"Error": {"Code": "TooManyRequestsException"}, "ResponseMetadata": {"HTTPStatusCode": 429}}
        raise ClientError(said, "Invoke")

    agents.lambda_.before = throttled
    refused = agents.call("book_first_free_slot", **BOOKING)["structuredContent"]
    assert (refused["error"], refused["retryable"]) == ("AccountUnavailableError", True)
    assert "TooManyRequestsException" in refused["message"]


def test_a_write_stays_done_where_the_bus_does_not_take_the_event(
    agents: Door, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("actions.bus.PUT_SECONDS", 1000.0)
    assert agents.document("create_single_use_scheduling_link", event_type=BOOKING["event_type"])
    assert agents.told() == []
    assert '"AgentWritesUntold"' in capsys.readouterr().out
