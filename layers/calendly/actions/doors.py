"""The two doors into a function: HTTP (an API Gateway proxy event) and direct (a task, an invoke).

Both take the same flat JSON object and give the same JSON. Over HTTP the object is merged from path, query string and
body. Errors leave as RFC 9457 problems over HTTP, and as exceptions, by class name, over the direct door.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

from calendly import codec
from calendly.deadline import Deadline
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


class Call(NamedTuple):
    """One call of a function.

    Attributes:
        door: which way it came in.
        input: the flat input.
        correlation_id: the caller's id for this call, or AWS's request id.
        deadline: when the answer has to be out.
        max_bytes: how large the answer may be, as JSON.
        event: what API Gateway sent, over HTTP.
    """

    door: Literal["http", "direct"]
    input: dict[str, Any]
    correlation_id: str
    deadline: Deadline
    max_bytes: int
    event: Mapping[str, Any] | None = None

    def __repr__(self) -> str:
        return f"Call(door={self.door!r}, correlation_id={self.correlation_id!r})"

    @property
    def base_url(self) -> str | None:
        """The address of the API that the caller used, over HTTP."""
        return None if self.event is None else _base_url(self.event)

    @property
    def idempotency_key(self) -> str | None:
        """The header of that name, over HTTP; it means something to actions that create."""
        return None if self.event is None else _header(self.event, IDEMPOTENCY_HEADER)


class Request(NamedTuple):
    """An HTTP request as it came, for the function that has to check its every byte.

    Attributes:
        path_parameters: by name.
        headers: by name in lower case.
        body: the raw body.
        deadline: when the answer has to be out.
    """

    path_parameters: dict[str, str]
    headers: dict[str, str]
    body: bytes
    deadline: Deadline

    def __repr__(self) -> str:
        return f"Request(path_parameters={self.path_parameters!r})"


def is_http(event: Any) -> bool:
    """Whether an event is API Gateway's."""
    return isinstance(event, dict) and "httpMethod" in event and isinstance(event.get("requestContext"), dict)


def correlation_id(event: Any, context: Any) -> str:
    """The caller's correlation id where there is a usable one, else the id of the request; never fails.

    Over HTTP it is the header's, or the query's.
    """
    given: tuple[Any, ...] = ()
    fallback = context.aws_request_id
    if is_http(event):
        given = _header(event, CORRELATION_HEADER), _mapping(event, "queryStringParameters").get("correlation_id")
        fallback = event["requestContext"].get("requestId") or fallback
    elif isinstance(event, dict):
        given = (event.get("correlation_id"),)
    for value in given:
        if isinstance(value, str) and _CORRELATION_ID.fullmatch(value):
            return value
    return str(fallback)


def enter(event: Any, context: Any, correlation: str | None = None) -> Call:
    """Read a call from a Lambda event, whose correlation id may be known already.

    Raises:
        InvalidRequestError: the input is not a JSON object, too large, or says two things under one name.
    """
    seconds = context.get_remaining_time_in_millis() / 1000
    http = is_http(event)
    if http:
        document = _merged(event)
    elif isinstance(event, dict):
        document = event
    else:
        raise InvalidRequestError.for_field("input", "must be a JSON object")
    _refuse_large(document)
    return Call(
        door="http" if http else "direct",
        input=document,
        correlation_id=correlation or correlation_id(event, context),
        deadline=Deadline(min(seconds, HTTP_SECONDS) if http else seconds),
        max_bytes=HTTP_BYTES if http else DIRECT_BYTES,
        event=event if http else None,
    )


def receive(event: Any, context: Any) -> Request:
    """Read the HTTP request from a Lambda event, as raw as API Gateway hands it on.

    Raises:
        InvalidRequestError: it is not one, or its body is not what it is said to be.
    """
    if not is_http(event):
        raise InvalidRequestError.for_field("input", "must be API Gateway's: this takes HTTP requests alone")
    body = event.get("body") or ""
    try:
        raw = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise InvalidRequestError.for_field("body", "cannot be read") from None
    return Request(
        path_parameters={name: unquote(str(value)) for name, value in _mapping(event, "pathParameters").items()},
        headers={name.lower(): str(value) for name, value in _mapping(event, "headers").items()},
        body=raw,
        deadline=Deadline(min(context.get_remaining_time_in_millis() / 1000, HTTP_SECONDS)),
    )


def http_answer(status: int, body: Any, correlation: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A JSON answer as API Gateway wants it."""
    return {
        "statusCode": status,
        "headers": {
            "Content-Type": "application/json",
            "Cache-Control": "no-store",
            CORRELATION_HEADER: correlation,
            **(headers or {}),
        },
        "body": codec.encode(body).decode(),
    }


def http_problem(error: CalendlyError, correlation: str) -> dict[str, Any]:
    """An error as an RFC 9457 problem document. ``type`` is the class name, which workflows match on, too."""
    problem = {
        "type": f"urn:calendly-actions:{type(error).__name__}",
        "title": type(error).__name__,
        "status": error.http_status,
        "detail": error.message,
        "retryable": error.retryable,
        "correlation_id": correlation,
        **error.extras(),
    }
    headers = {"Content-Type": "application/problem+json"}
    if error.retry_after is not None:
        problem["retry_after"] = error.retry_after
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    return http_answer(error.http_status, problem, correlation, headers)


def _merged(event: dict[str, Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for name, value in _given(event):
        merge(merged, name, value)
    return merged


def merge(merged: dict[str, Any], name: str, value: Any) -> None:
    """Add something given to an input. Raises InvalidRequestError where the input says something else already."""
    known = merged.get(name)
    if known is not None:
        if value is None:
            return
        if _text(known) != _text(value):
            raise InvalidRequestError.for_field(readable(name), "is given twice with different values")
    merged[name] = value


def _text(value: Any) -> str:
    """A value as a query string would say it."""
    return value if isinstance(value, str) else json.dumps(value)


def _header(event: Mapping[str, Any], name: str) -> str | None:
    """A header's value, whatever the case of its name."""
    wanted = name.lower()
    for given, value in _mapping(event, "headers").items():
        if given.lower() == wanted and isinstance(value, str):
            return value
    return None


def _mapping(event: Mapping[str, Any], member: str) -> dict[str, Any]:
    """A member of a proxy event that is an object or null; whoever invokes a function by hand may err."""
    found = event.get(member)
    return found if isinstance(found, dict) else {}


def _given(event: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in _mapping(event, "pathParameters").items():
        # A REST API hands path parameters on as they were encoded; no name or id of ours holds a percent sign.
        yield name, unquote(value) if isinstance(value, str) else value
    multiple = _mapping(event, "multiValueQueryStringParameters")
    for name, value in _mapping(event, "queryStringParameters").items():
        if name not in multiple:
            yield name, value
    for name, values in multiple.items():
        for value in values if isinstance(values, list) else [values]:
            yield name, value
    yield from _body(event)


def _body(event: dict[str, Any]) -> list[tuple[str, Any]]:
    body = event.get("body")
    if body is None or body == "":
        return []
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(body, validate=True).decode()
        except (ValueError, TypeError, binascii.Error):
            raise InvalidRequestError.for_field("body", "must be JSON in UTF-8") from None
    pairs: list[tuple[str, Any]] = []

    def keep_pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        # Called for every object, the outermost last; plain parsing would let the last of two equal names win.
        nonlocal pairs
        pairs = members
        return dict(members)

    try:
        document = json.loads(body, object_pairs_hook=keep_pairs)
    except (ValueError, TypeError, RecursionError):
        raise InvalidRequestError.for_field("body", "must be JSON") from None
    if not isinstance(document, dict):
        raise InvalidRequestError.for_field("body", "must be a JSON object")
    return pairs


def _refuse_large(document: dict[str, Any]) -> None:
    if all(isinstance(value, str) for value in document.values()) and sum(map(len, document.values())) < 1000:
        return
    sizes = {name: len(json.dumps(value, default=str)) for name, value in document.items()}
    if sum(sizes.values()) > MAX_INPUT_BYTES:
        largest = max(sizes, key=lambda name: sizes[name])
        raise InvalidRequestError.for_field(
            readable(largest), f"is too large: an input holds at most {MAX_INPUT_BYTES // 1024} KiB"
        )


def _base_url(event: Mapping[str, Any]) -> str | None:
    """The API's address as the caller reached it: domain, and the stage or base path before the resource's path."""
    request = event["requestContext"]
    domain, path, resource = request.get("domainName"), request.get("path"), request.get("resourcePath")
    if not (isinstance(domain, str) and isinstance(path, str) and isinstance(resource, str)):
        return None
    for name, value in _mapping(event, "pathParameters").items():
        resource = resource.replace(f"{{{name}}}", str(value))
    return f"https://{domain}{path.removesuffix(resource)}"


def readable(name: str) -> str:
    """A caller's own name for something, fit for a message of one line."""
    line = "".join(character if character.isprintable() else "?" for character in name)
    return line if len(line) <= 64 else line[:61] + "..."
