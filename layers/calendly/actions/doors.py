"""The doors into a function: HTTP (an API Gateway proxy event) and direct (a Step Functions task, an invoke).

Both take the same flat JSON object and return the same JSON. Over HTTP an error is an RFC 9457 problem. Over the
direct door it is raised, and Lambda reports its class name. The door of tools is a direct invoke whose client context
says so (``for_tools``): there an error is a value, and the answer keeps to the limits that the caller sets.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal, NamedTuple

from actions import proxy_event
from actions.proxy_event import readable
from calendly import codec
from calendly.deadline import Deadline
from calendly.documents import Document, Page
from calendly.errors import CalendlyError, InvalidRequestError

MAX_INPUT_BYTES = 64 * 1024
"""No action needs more. A larger input is a mistake and is refused before anything is sent."""

HTTP_SECONDS = 28.0
"""API Gateway times out after 29 seconds."""

DIRECT_BYTES = 240_000
"""A Step Functions state holds 262,144 bytes, a few thousand of which are the task's envelope."""

HTTP_BYTES = 5_500_000
"""A Lambda response holds 6 MB. The body is a JSON string, in which every quote takes two bytes."""

CORRELATION_HEADER = "X-Correlation-Id"
IDEMPOTENCY_HEADER = "Idempotency-Key"
TOOL_LIMITS = "calendlyToolLimits"
"""In the client context's ``custom``: how long the caller of a tool waits, and how much it takes."""

GATEWAY_TOOL = "bedrockAgentCoreToolName"
"""In the client context's ``custom``: which tool AgentCore Gateway calls, ``<target>___<tool>``."""

_CORRELATION_ID = re.compile(r"[\w.:/@+=-]{1,256}", re.ASCII)


class Answer(NamedTuple):
    """A JSON answer with an HTTP status. The direct door returns only the body."""

    body: Any
    status: int = 200

    def __repr__(self) -> str:
        return f"Answer(status={self.status})"


class HttpPage(NamedTuple):
    """An answer with headers of its own, such as the HTML pages that people open in a browser."""

    html: str
    status: int
    headers: dict[str, str]

    def __repr__(self) -> str:
        return f"HttpPage(status={self.status})"


class ToolCall(NamedTuple):
    """A call by AgentCore Gateway: the event is the bare arguments, and the client context has the tool's name."""

    tool: str
    arguments: dict[str, Any]

    def __repr__(self) -> str:
        return f"ToolCall(tool={self.tool!r})"


class Request(NamedTuple):
    """A raw HTTP request, for functions that read headers and body themselves.

    Attributes:
        path_parameters: by name.
        headers: by name in lower case.
        body: the raw body.
        method: such as ``POST``.
        caller: the ARN that IAM knows the caller by; empty on a public route.
    """

    path_parameters: dict[str, str]
    headers: dict[str, str]
    body: bytes
    method: str = "POST"
    caller: str = ""

    def __repr__(self) -> str:
        return f"Request(path_parameters={self.path_parameters!r})"


class BusEvent(NamedTuple):
    """An event of the stack's bus, for the functions that a rule calls.

    Attributes:
        detail_type: such as ``invitee.created``.
        detail: its members.
    """

    detail_type: str
    detail: dict[str, Any]

    def __repr__(self) -> str:
        return f"BusEvent(detail_type={self.detail_type!r})"


class Call:
    """One call of a function.

    Attributes:
        door: ``http``, ``direct``, or ``tool`` for a direct invoke of which errors are values.
        correlation_id: the caller's id for this call, or AWS's request id.
        deadline: when the answer is due.
        max_bytes: the size limit of the answer as JSON.
        client: what an invoke says of its client, in the ``custom`` of the client context.
    """

    def __init__(
        self, event: Any, correlation_id: str, seconds: float, client: Mapping[str, Any] | None = None
    ) -> None:
        http = proxy_event.is_http(event)
        self.client = client or {}
        self.door: Literal["http", "direct", "tool"] = "http" if http else "direct"
        self.correlation_id = correlation_id
        self.deadline = Deadline(min(seconds, HTTP_SECONDS) if http else seconds)
        self.max_bytes = HTTP_BYTES if http else DIRECT_BYTES
        self._event = event
        limits = _tool_limits(self.client)
        if not http and (limits or GATEWAY_TOOL in self.client):
            self.door = "tool"
        if limits and self.door == "tool":
            self.deadline = self.deadline.sooner(limits["due"] - time.time())
            self.max_bytes = min(DIRECT_BYTES, int(limits["bytes"]))

    def __repr__(self) -> str:
        return f"Call(door={self.door!r}, correlation_id={self.correlation_id!r})"

    @cached_property
    def input(self) -> dict[str, Any]:
        """The flat input.

        Raises:
            InvalidRequestError: it is not a JSON object, is too large, or gives a name two different values.
        """
        document = proxy_event.flat_input(self._event) if self.door == "http" else self._event
        if not isinstance(document, dict):
            raise InvalidRequestError.for_field("input", "must be a JSON object")
        _refuse_large(document)
        return document

    @property
    def request(self) -> Request:
        """The HTTP request, unparsed.

        Raises:
            InvalidRequestError: the call did not come over HTTP, or its body is not valid base64.
        """
        if self.door != "http":
            raise InvalidRequestError.for_field("input", "must be an HTTP request from API Gateway")
        return Request(
            path_parameters={n: str(value) for n, value in proxy_event.path_parameters(self._event).items()},
            headers={n.lower(): str(value) for n, value in proxy_event.mapping(self._event, "headers").items()},
            body=proxy_event.raw_body(self._event),
            method=str(self._event["httpMethod"]),
            caller=str(proxy_event.mapping(self._event["requestContext"], "identity").get("userArn") or ""),
        )

    @property
    def bus_event(self) -> BusEvent:
        """The event that a rule of the bus called with; it may be larger than an input.

        Raises:
            InvalidRequestError: it is none.
        """
        event = self._event if isinstance(self._event, dict) else {}
        detail = event.get("detail")
        if not isinstance(detail, dict):
            raise InvalidRequestError.for_field("detail", "must be an object: only rules of the bus call this function")
        return BusEvent(str(event.get("detail-type")), detail)

    @property
    def tool_call(self) -> ToolCall:
        """The call as AgentCore Gateway makes it.

        Raises:
            InvalidRequestError: it does not say which tool, or its arguments are not valid input.
        """
        target, separator, tool = str(self.client.get(GATEWAY_TOOL)).partition("___")
        if not (target and separator and tool):
            raise InvalidRequestError.for_field("input", "must be a tool's call from AgentCore Gateway")
        return ToolCall(tool, self.input)

    @property
    def base_url(self) -> str | None:
        """The API's address that the caller used; None over the direct door."""
        return proxy_event.base_url(self._event) if self.door == "http" else None

    @property
    def idempotency_key(self) -> str | None:
        """The header ``Idempotency-Key``; None over the direct door."""
        return proxy_event.header(self._event, IDEMPOTENCY_HEADER) if self.door == "http" else None


def as_answer(result: Answer | Document[Any] | Page[Any]) -> Answer:
    """An action's result as an answer: Calendly's own document and status."""
    return result if isinstance(result, Answer) else Answer(result.body, result.status)


def enter(event: Any, context: Any) -> Call:
    """Make a call of a Lambda event. Never fails; invalid input raises when ``Call.input`` is read."""
    client = getattr(getattr(context, "client_context", None), "custom", None)
    return Call(
        event,
        _correlation_id(event, context),
        context.get_remaining_time_in_millis() / 1000,
        client if isinstance(client, dict) else None,
    )


def for_tools(deadline: Deadline, max_bytes: int) -> dict[str, Any]:
    """The client context of an invoke through the door of tools.

    Args:
        deadline: when the answer is due. It is said by the clock, because a cold start is part of the time.
        max_bytes: how large the answer may be as JSON; a list that is larger ends in a cursor.
    """
    return {"custom": {TOOL_LIMITS: {"due": time.time() + deadline.remaining(), "bytes": max_bytes}}}


def leave(call: Call, answer: Answer | HttpPage | Document[Any] | Page[Any]) -> Any:
    """The answer in the form that the call's door returns."""
    if isinstance(answer, HttpPage):
        return {"statusCode": answer.status, "headers": answer.headers, "body": answer.html}
    return _http_answer(call, answer.status, answer.body) if call.door == "http" else answer.body


def refuse(call: Call, error: CalendlyError) -> Any:
    """An error in the form that the call's door returns: a problem with the class name as ``title``, or an exception.

    Raises:
        CalendlyError: over the direct door.
    """
    if call.door == "direct":
        raise error from None
    if call.door == "tool":
        return as_value(error)
    problem = {
        "type": f"urn:calendly-actions:{type(error).__name__}",
        "title": type(error).__name__,
        "status": error.http_status,
        "detail": error.message,
        "retryable": error.retryable,
        "correlation_id": call.correlation_id,
        **error.extras(),
    }
    headers = {"Content-Type": "application/problem+json"}
    if error.retry_after is not None:
        problem["retry_after"] = error.retry_after
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    return _http_answer(call, error.http_status, problem, headers)


def as_value(error: CalendlyError) -> dict[str, Any]:
    """An error as the door of tools has it: like Lambda's own error document, which has no place for the rest."""
    after = {} if error.retry_after is None else {"retry_after": error.retry_after}
    said = {"errorType": type(error).__name__, "errorMessage": error.message, "retryable": error.retryable}
    return {**said, **after, **error.extras()}


def _http_answer(call: Call, status: int, body: Any, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            CORRELATION_HEADER: call.correlation_id,
            **(headers or {}),
        },
        # Calendly answers some calls with nothing.
        "body": "" if body is None else codec.encode(body).decode(),
    }


def _correlation_id(event: Any, context: Any) -> str:
    """The caller's correlation id if it is valid (over HTTP from header or query), otherwise AWS's request id."""
    given: tuple[Any, ...] = ()
    fallback = context.aws_request_id
    if proxy_event.is_http(event):
        query = proxy_event.mapping(event, "queryStringParameters")
        given = proxy_event.header(event, CORRELATION_HEADER), query.get("correlation_id")
        fallback = event["requestContext"].get("requestId") or fallback
    elif isinstance(event, dict):
        given = (event.get("correlation_id"),)
    for value in given:
        if isinstance(value, str) and _CORRELATION_ID.fullmatch(value):
            return value
    return str(fallback)


def _tool_limits(client: Mapping[str, Any]) -> dict[str, float] | None:
    """The limits in a client context; None without, and where they are no numbers, since anybody can write one."""
    limits = client.get(TOOL_LIMITS)
    numbers = isinstance(limits, dict) and all(type(limits.get(each)) in (int, float) for each in ("due", "bytes"))
    return limits if numbers else None


def _refuse_large(document: dict[str, Any]) -> None:
    if all(isinstance(value, str) for value in document.values()) and sum(map(len, document.values())) < 1000:
        return
    sizes = {name: len(json.dumps(value, default=str)) for name, value in document.items()}
    if sum(sizes.values()) > MAX_INPUT_BYTES:
        largest = max(sizes, key=lambda name: sizes[name])
        raise InvalidRequestError.for_field(
            readable(largest), f"is too large: an input holds at most {MAX_INPUT_BYTES // 1024} KiB"
        )
