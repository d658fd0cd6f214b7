"""The two doors, without a stack around them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from actions import doors
from calendly.deadline import Deadline
from calendly.errors import InsufficientScopeError, InvalidRequestError, RateLimitedError


@dataclass
class Context:
    aws_request_id: str = "lambda-request"
    function_name: str = "stack-RetrieveUser"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:us-east-1:123456789012:function:stack-RetrieveUser"
    seconds: float = 60

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


def proxy(**changed: Any) -> dict[str, Any]:
    usual = {
        "httpMethod": "GET",
        "path": "/accounts/sales/users/me",
        "headers": None,
        "pathParameters": {"account": "sales", "user": "me"},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "requestContext": {
            "requestId": "gateway-request",
            "resourcePath": "/accounts/{account}/users/{user}",
            "path": "/v1/accounts/sales/users/me",
            "domainName": "abc.execute-api.us-east-1.amazonaws.com",
        },
        "body": None,
        "isBase64Encoded": False,
    }
    return {**usual, **changed}


def test_path_query_and_body_become_one_flat_input() -> None:
    event = proxy(multiValueQueryStringParameters={"count": ["5"]}, body='{"max_items": 3, "nested": {"a": 1}}')
    call = doors.enter(event, Context())
    assert call.door == "http"
    assert call.input == {"account": "sales", "user": "me", "count": "5", "max_items": 3, "nested": {"a": 1}}


def test_direct_input_is_the_event() -> None:
    call = doors.enter({"account": "sales"}, Context())
    assert (call.door, call.input) == ("direct", {"account": "sales"})


def test_time_is_what_lambda_leaves_and_over_http_what_the_gateway_leaves() -> None:
    assert 59 < doors.enter({}, Context(seconds=60)).deadline.remaining() <= 60
    assert doors.enter(proxy(), Context(seconds=60)).deadline.remaining() <= 28
    assert doors.enter(proxy(), Context(seconds=10)).deadline.remaining() <= 10


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (proxy(headers={"x-correlation-id": "order-4711"}), "order-4711"),
        (proxy(headers={"X-Correlation-Id": "has spaces and\nlines"}), "gateway-request"),
        (proxy(), "gateway-request"),
        ({"correlation_id": "arn:aws:states:us-east-1:1:execution:m:e"}, "arn:aws:states:us-east-1:1:execution:m:e"),
        ({"correlation_id": 5}, "lambda-request"),
        ("text", "lambda-request"),
    ],
)
def test_the_correlation_id_is_the_callers_where_usable(event: Any, expected: str) -> None:
    assert doors.enter(event, Context()).correlation_id == expected


def test_an_encoded_uri_in_the_path_is_decoded() -> None:
    event = proxy(pathParameters={"user": "https%3A%2F%2Fapi.calendly.com%2Fusers%2FAAAA"})
    assert doors.enter(event, Context()).input == {"user": "https://api.calendly.com/users/AAAA"}


def test_a_body_may_come_in_base64() -> None:
    body = base64.b64encode('{"name": "Zoë"}'.encode()).decode()
    assert doors.enter(proxy(body=body, isBase64Encoded=True), Context()).input["name"] == "Zoë"


@pytest.mark.parametrize(
    "changed",
    [
        {"body": "{"},
        {"body": "[]"},
        {"body": "[" * 100_000},
        {"body": "!!", "isBase64Encoded": True},
        {"body": base64.b64encode(b"\xff\xfe").decode(), "isBase64Encoded": True},
    ],
)
def test_a_bad_body_is_named(changed: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        _ = doors.enter(proxy(**changed), Context()).input
    assert [error.field for error in caught.value.fields] == ["body"]


def test_the_same_name_twice_is_fine_with_the_same_value_only() -> None:
    assert doors.enter(proxy(body='{"user": "me"}'), Context()).input["user"] == "me"
    with pytest.raises(InvalidRequestError, match="user: is given twice"):
        _ = doors.enter(proxy(body='{"user": "you"}'), Context()).input
    with pytest.raises(InvalidRequestError, match="a: is given twice"):
        _ = doors.enter(proxy(body='{"a": 1, "b": {"a": 3}, "a": 2}'), Context()).input


def test_a_large_input_names_the_largest_field() -> None:
    with pytest.raises(InvalidRequestError, match="big: is too large"):
        _ = doors.enter({"small": "x" * 1000, "big": "x" * 100_000}, Context()).input


def test_the_address_to_return_to_is_the_one_that_was_called() -> None:
    assert doors.enter(proxy(), Context()).base_url == "https://abc.execute-api.us-east-1.amazonaws.com/v1"
    context = {**proxy()["requestContext"], "domainName": "calendly.example.com", "path": "/accounts/sales/users/me"}
    assert doors.enter(proxy(requestContext=context), Context()).base_url == "https://calendly.example.com"


def test_a_problem_is_rfc_9457() -> None:
    call = doors.enter(proxy(headers={"X-Correlation-Id": "c-1"}), Context())
    answer = doors.refuse(call, RateLimitedError("Too many.", retry_after=12.4))
    assert answer["statusCode"] == 429
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert answer["headers"]["Retry-After"] == "12"
    assert json.loads(answer["body"]) == {
        "type": "urn:calendly-actions:RateLimitedError",
        "title": "RateLimitedError",
        "status": 429,
        "detail": "Too many.",
        "retryable": True,
        "retry_after": 12.4,
        "correlation_id": "c-1",
    }


def test_over_the_direct_door_an_error_is_raised_by_its_class() -> None:
    with pytest.raises(RateLimitedError):
        doors.refuse(doors.enter({}, Context()), RateLimitedError("Too many."))


def client(**custom: Any) -> Any:
    """A context with a client context."""
    made = Context()
    made.client_context = SimpleNamespace(custom=custom)  # type: ignore[attr-defined]
    return made


def test_the_door_of_tools_keeps_to_its_callers_limits_and_has_errors_as_values() -> None:
    limits = doors.for_tools(Deadline(5), 1000)["custom"]
    call = doors.enter({"account": "sales"}, client(**limits))
    assert (call.door, call.max_bytes, call.input) == ("tool", 1000, {"account": "sales"})
    assert 4 < call.deadline.remaining() <= 5
    value = doors.refuse(call, InsufficientScopeError("No.", missing_scopes=["users:read"]))
    assert value == {
        "errorType": "InsufficientScopeError",
        "errorMessage": "No.",
        "retryable": False,
        "missing_scopes": ["users:read"],
    }
    over = doors.enter({}, client(**doors.for_tools(Deadline(0), 10**9)["custom"]))
    assert (over.deadline.remaining(), over.max_bytes) == (0, doors.DIRECT_BYTES)


@pytest.mark.parametrize("limits", [None, 5, {}, {"due": "x", "bytes": 1}, {"due": 1.0}, {"due": True, "bytes": 1}])
def test_a_client_context_that_says_something_else_changes_nothing(limits: Any) -> None:
    call = doors.enter({}, client(**{doors.TOOL_LIMITS: limits}))
    assert (call.door, call.max_bytes) == ("direct", doors.DIRECT_BYTES)


def test_a_request_over_http_has_no_limits_but_its_own() -> None:
    call = doors.enter(proxy(), client(**doors.for_tools(Deadline(1), 10)["custom"]))
    assert (call.door, call.max_bytes) == ("http", doors.HTTP_BYTES)


@pytest.mark.parametrize("name", ["retrieve_user", "___retrieve_user", "calendly___", 5])
def test_what_is_no_call_of_the_gateways_is_refused_as_a_value(name: Any) -> None:
    call = doors.enter({"user": "me"}, client(bedrockAgentCoreToolName=name))
    with pytest.raises(InvalidRequestError) as refused:
        _ = call.tool_call
    assert doors.refuse(call, refused.value)["errorType"] == "InvalidRequestError"
