"""The two doors into a function: HTTP (an API Gateway proxy event) and direct (a task, an invoke).

Both take the same flat JSON object and give the same JSON. Errors leave as RFC 9457 problems over HTTP, and as
exceptions, by class name, over the direct door.
"""

from __future__ import annotations

import json
import re
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
"""No action has use for more; what is larger is a mistake, and is refused before anything is sent."""

HTTP_SECONDS = 28.0
"""API Gateway gives up on an integration after 29 seconds."""

DIRECT_BYTES = 240_000
"""A Step Functions state holds 262,144 bytes, of which a task's envelope takes a few thousand."""

HTTP_BYTES = 5_500_000
"""A Lambda answer holds 6 MB, and its body is a string in which every quote takes two bytes."""

CORRELATION_HEADER = "X-Correlation-Id"
IDEMPOTENCY_HEADER = "Idempotency-Key"
_CORRELATION_ID = re.compile(r"[\w.:/@+=-]{1,256}", re.ASCII)


class Answer(NamedTuple):
    """A JSON answer with an HTTP status; the direct door gives the body alone."""

    body: Any
    status: int = 200

    def __repr__(self) -> str:
        return f"Answer(status={self.status})"


class HttpPage(NamedTuple):
    """A web page, for the functions that people meet in a browser."""

    html: str
    status: int
    headers: dict[str, str]

    def __repr__(self) -> str:
        return f"HttpPage(status={self.status})"


class Request(NamedTuple):
    """An HTTP request as it came, for the function that has to check its every byte.

    Attributes:
        path_parameters: by name.
        headers: by name in lower case.
        body: the raw body.
    """

    path_parameters: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"Request(path_parameters={self.path_parameters!r})"


class Call:
    """One call of a function.

    Attributes:
        door: which way it came in.
        correlation_id: the caller's id for this call, or AWS's request id.
        deadline: when the answer has to be out.
        max_bytes: how large the answer may be, as JSON.
    """

    def __init__(self, event: Any, correlation_id: str, seconds: float) -> None:
        http = proxy_event.is_http(event)
        self.door: Literal["http", "direct"] = "http" if http else "direct"
        self.correlation_id = correlation_id
        self.deadline = Deadline(min(seconds, HTTP_SECONDS) if http else seconds)
        self.max_bytes = HTTP_BYTES if http else DIRECT_BYTES
        self._event = event

    def __repr__(self) -> str:
        return f"Call(door={self.door!r}, correlation_id={self.correlation_id!r})"

    @cached_property
    def input(self) -> dict[str, Any]:
        """The flat input.

        Raises:
            InvalidRequestError: it is not a JSON object, too large, or says two things under one name.
        """
        document = proxy_event.flat_input(self._event) if self.door == "http" else self._event
        if not isinstance(document, dict):
            raise InvalidRequestError.for_field("input", "must be a JSON object")
        _refuse_large(document)
        return document

    @property
    def request(self) -> Request:
        """The HTTP request, as raw as API Gateway hands it on.

        Raises:
            InvalidRequestError: it is not one, or its body is not what it is said to be.
        """
        if self.door != "http":
            raise InvalidRequestError.for_field("input", "must be an HTTP request that API Gateway hands on")
        return Request(
            path_parameters={n: str(value) for n, value in proxy_event.path_parameters(self._event).items()},
            headers={n.lower(): str(value) for n, value in proxy_event.mapping(self._event, "headers").items()},
            body=proxy_event.raw_body(self._event),
        )

    @property
    def base_url(self) -> str | None:
        """The address of the API that the caller used, over HTTP."""
        return proxy_event.base_url(self._event) if self.door == "http" else None

    @property
    def idempotency_key(self) -> str | None:
        """The header of that name, over HTTP."""
        return proxy_event.header(self._event, IDEMPOTENCY_HEADER) if self.door == "http" else None


def as_answer(result: Answer | Document[Any] | Page[Any]) -> Answer:
    """What an action came to, as an answer: Calendly's own document with its status."""
    return result if isinstance(result, Answer) else Answer(result.body, result.status)


def enter(event: Any, context: Any) -> Call:
    """Read a call from a Lambda event. Never fails: what is wrong with the input is told when it is read."""
    return Call(event, _correlation_id(event, context), context.get_remaining_time_in_millis() / 1000)


def leave(call: Call, answer: Answer | HttpPage | Document[Any] | Page[Any]) -> Any:
    """An answer as the call's door wants it."""
    if isinstance(answer, HttpPage):
        return {"statusCode": answer.status, "headers": answer.headers, "body": answer.html}
    return _http_answer(call, answer.status, answer.body) if call.door == "http" else answer.body


def refuse(call: Call, error: CalendlyError) -> Any:
    """An error as the call's door wants it: a problem document, whose ``title`` is the class name, or the error itself.

    Raises:
        CalendlyError: over the direct door.
    """
    if call.door != "http":
        raise error from None
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
    """The caller's correlation id where there is a usable one (over HTTP the header's, or the query's), else AWS's."""
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


def _refuse_large(document: dict[str, Any]) -> None:
    if all(isinstance(value, str) for value in document.values()) and sum(map(len, document.values())) < 1000:
        return
    sizes = {name: len(json.dumps(value, default=str)) for name, value in document.items()}
    if sum(sizes.values()) > MAX_INPUT_BYTES:
        largest = max(sizes, key=lambda name: sizes[name])
        raise InvalidRequestError.for_field(
            readable(largest), f"is too large: an input holds at most {MAX_INPUT_BYTES // 1024} KiB"
        )
