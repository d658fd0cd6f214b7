"""The protocol: what is answered to each kind of request, with no network and no action behind it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from actions.doors import Request
from actions.mcp import Reply, reply
from actions.tools import Outcome, Tool
from tests.agents import META, MODERN

SHOWN = {"name": "retrieve_user", "description": "", "inputSchema": {"type": "object", "properties": {}}}
TOOLS = {"retrieve_user": Tool("retrieve_user", "RetrieveUser", ("read",), False, False, True, SHOWN)}
RIGHT = {"mcp-protocol-version": MODERN, "mcp-method": "tools/call", "mcp-name": "retrieve_user"}
CALL = {"name": "retrieve_user", "arguments": {"user": "me"}, "_meta": META}


def run(tool: Tool, arguments: Mapping[str, Any]) -> Outcome:
    if arguments.get("user") == "nobody":
        return Outcome({"error": "NotFoundError", "message": "Nobody.", "retryable": False}, failed=True)
    return Outcome({"resource": {"name": tool.name, **arguments}})


def send(body: Any, headers: Mapping[str, str] = {}, method: str = "POST") -> Reply:
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return reply(Request({}, {"host": "api", **headers}, text, method), TOOLS, run)


def ask(method: str, params: Any = None, headers: Mapping[str, str] = {}, **more: Any) -> Reply:
    message = {"jsonrpc": "2.0", "id": 7, "method": method, **more}
    return send(message if params is None else {**message, "params": params}, headers)


def modern(method: str, **params: Any) -> Reply:
    return ask(method, {**params, "_meta": META}, {"mcp-protocol-version": MODERN, "mcp-method": method})


def error(answer: Reply) -> tuple[int, int]:
    assert answer.body is not None
    return answer.status, answer.body["error"]["code"]


def result(answer: Reply) -> Any:
    assert answer.body is not None
    assert (answer.status, answer.body["jsonrpc"], answer.body["id"]) == (200, "2.0", 7), answer
    return answer.body["result"]


def test_the_version_without_a_handshake() -> None:
    found = result(modern("server/discover"))
    assert (found["resultType"], found["supportedVersions"]) == ("complete", [MODERN])
    assert found["capabilities"] == {"tools": {}}
    listed = result(modern("tools/list"))
    assert (listed["tools"], listed["cacheScope"], listed["resultType"]) == ([SHOWN], "private", "complete")
    called = result(ask("tools/call", CALL, RIGHT))
    document = json.loads(called["content"][0]["text"])
    assert document == {"resource": {"name": "retrieve_user", "user": "me"}}
    assert (called["isError"], called["resultType"]) == (False, "complete")


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2025-03-26", "2025-03-26"),
        ("2024-11-05", "2025-11-25"),
    ],
)
def test_clients_of_before_say_initialize(asked: str, answered: str) -> None:
    found = result(ask("initialize", {"protocolVersion": asked, "capabilities": {}, "clientInfo": {}}))
    assert (found["protocolVersion"], found["capabilities"]) == (answered, {"tools": {}})
    assert found["serverInfo"]["name"] == "calendly-actions"
    headers = {"mcp-protocol-version": answered}
    assert result(ask("tools/list", headers=headers)) == {"tools": [SHOWN]}
    assert "resultType" not in result(ask("tools/call", {"name": "retrieve_user"}, headers))
    assert result(ask("ping", headers=headers)) == {}


def test_a_tool_that_fails_is_a_result() -> None:
    found = result(ask("tools/call", {"name": "retrieve_user", "arguments": {"user": "nobody"}}))
    assert found["isError"]
    assert found["content"] == [{"type": "text", "text": "NotFoundError: Nobody."}]
    assert found["structuredContent"] == {"error": "NotFoundError", "message": "Nobody.", "retryable": False}


def test_only_post_is_taken() -> None:
    for method in ("GET", "DELETE", "PUT", "OPTIONS"):
        assert send(b"", method=method) == Reply(405, headers={"Allow": "POST"})


def test_pages_of_other_places_are_refused() -> None:
    assert send({}, {"origin": "https://evil.example"}).status == 403
    assert send({}, {"origin": "null"}).status == 403
    assert result(ask("ping", headers={"origin": "https://api"})) == {}


def test_a_notification_is_taken_without_an_answer() -> None:
    assert send({"jsonrpc": "2.0", "method": "notifications/initialized"}) == Reply(202)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"\xff", -32700),
        (b"[" * 100_000, -32700),
        ([{"jsonrpc": "2.0", "id": 1, "method": "ping"}], -32600),
        ("ping", -32600),
        ({"id": 1, "method": "ping"}, -32600),
        ({"jsonrpc": "2.0", "id": 1, "result": {}}, -32600),
        ({"jsonrpc": "2.0", "id": None, "method": "ping"}, -32600),
        ({"jsonrpc": "2.0", "id": True, "method": "ping"}, -32600),
        ({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": [1]}, -32602),
    ],
)
def test_what_is_no_request_is_refused(body: Any, code: int) -> None:
    assert error(send(body)) == (400, code)


def test_an_unknown_version_is_told_which_there_are() -> None:
    old = {**META, "io.modelcontextprotocol/protocolVersion": "1900-01-01"}
    answer = ask("ping", {"_meta": old}, {"mcp-protocol-version": "1900-01-01", "mcp-method": "ping"})
    assert error(answer) == (400, -32022)
    assert answer.body is not None
    data = answer.body["error"]["data"]
    assert (data["requested"], data["supported"][0]) == ("1900-01-01", MODERN)
    assert error(ask("tools/list", headers={"mcp-protocol-version": "1900-01-01"})) == (400, -32022)


@pytest.mark.parametrize("meta", [None, 5, {}, {name: META[name] for name in list(META)[:1]}, {list(META)[1]: {}}])
def test_what_every_request_must_say_is_missed(meta: Any) -> None:
    params = {} if meta is None else {"_meta": meta}
    assert error(ask("tools/list", params, {"mcp-protocol-version": MODERN, "mcp-method": "tools/list"})) == (
        400,
        -32602,
    )


@pytest.mark.parametrize("name", RIGHT)
@pytest.mark.parametrize("value", [None, "tools/list", "=?base64?###?="])
def test_headers_have_to_agree_with_the_body(name: str, value: str | None) -> None:
    headers = {each: text for each, text in {**RIGHT, name: value}.items() if text is not None}
    assert error(ask("tools/call", CALL, headers)) == (400, -32020)


def test_a_header_may_be_wrapped() -> None:
    assert result(ask("tools/call", CALL, {**RIGHT, "mcp-name": "=?base64?cmV0cmlldmVfdXNlcg==?="}))


def test_what_is_not_there_is_said() -> None:
    assert error(modern("resources/list")) == (404, -32601)
    assert error(modern("ping")) == (404, -32601)
    assert error(ask("server/discover")) == (200, -32601)


@pytest.mark.parametrize(
    "wrong", [{}, {"name": "cancel_event"}, {"name": ["x"]}, {"name": "retrieve_user", "arguments": [1]}]
)
def test_wrong_parameters_are_an_error_that_an_older_client_reads(wrong: dict[str, Any]) -> None:
    """To its SDKs, a status other than 200 is a fault of the transport."""
    assert error(ask("tools/call", wrong)) == (200, -32602)
    assert error(ask("tools/list", {"cursor": "x"})) == (200, -32602)
    assert error(modern("tools/list", cursor="x")) == (400, -32602)
