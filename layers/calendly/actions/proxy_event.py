"""Reads API Gateway's Lambda proxy events, and the flat input in them."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from calendly.errors import InvalidRequestError


def is_http(event: Any) -> bool:
    """Whether an event comes from API Gateway."""
    return isinstance(event, dict) and "httpMethod" in event and isinstance(event.get("requestContext"), dict)


def flat_input(event: dict[str, Any]) -> dict[str, Any]:
    """One flat object from path, query string and JSON body.

    Raises:
        InvalidRequestError: the body is not a JSON object, or a name is given twice with different values.
    """
    merged: dict[str, Any] = {}
    for name, value in _given(event):
        merge(merged, name, value)
    return merged


def merge(merged: dict[str, Any], name: str, value: Any) -> None:
    """Add a value to an input. Raises InvalidRequestError if the name already has a different value."""
    known = merged.get(name)
    if known is not None:
        if value is None:
            return
        if _text(known) != _text(value):
            raise InvalidRequestError.for_field(readable(name), "is given twice with different values")
    merged[name] = value


def header(event: Mapping[str, Any], name: str) -> str | None:
    """A header's value; the name is not case-sensitive."""
    wanted = name.lower()
    for given, value in mapping(event, "headers").items():
        if given.lower() == wanted and isinstance(value, str):
            return value
    return None


def raw_body(event: Mapping[str, Any]) -> bytes:
    """The body's bytes. Raises InvalidRequestError if they cannot be decoded."""
    body = event.get("body") or ""
    try:
        return base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    except (ValueError, TypeError, AttributeError, binascii.Error):
        raise InvalidRequestError.for_field("body", "cannot be read") from None


def path_parameters(event: Mapping[str, Any]) -> dict[str, Any]:
    """The decoded path parameters. A REST API passes them on encoded; no name or id contains a percent sign."""
    given = mapping(event, "pathParameters")
    return {name: unquote(value) if isinstance(value, str) else value for name, value in given.items()}


def base_url(event: Mapping[str, Any]) -> str | None:
    """The API's address that the caller used: the domain, and the stage or base path before the resource's path."""
    request = event["requestContext"]
    domain, path, resource = request.get("domainName"), request.get("path"), request.get("resourcePath")
    if not (isinstance(domain, str) and isinstance(path, str) and isinstance(resource, str)):
        return None
    for name, value in mapping(event, "pathParameters").items():
        resource = resource.replace(f"{{{name}}}", str(value))
    return f"https://{domain}{path.removesuffix(resource)}"


def mapping(event: Mapping[str, Any], member: str) -> dict[str, Any]:
    """A member of a proxy event that is an object. Anything else counts as empty: people write events by hand."""
    found = event.get(member)
    return found if isinstance(found, dict) else {}


def readable(name: str) -> str:
    """A caller's name for something, made safe for a one-line message."""
    line = "".join(character if character.isprintable() else "?" for character in name)
    return line if len(line) <= 64 else line[:61] + "..."


def _text(value: Any) -> str:
    """A value as it is written in a query string."""
    return value if isinstance(value, str) else json.dumps(value)


def _given(event: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    yield from path_parameters(event).items()
    multiple = mapping(event, "multiValueQueryStringParameters")
    for name, value in mapping(event, "queryStringParameters").items():
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
    pairs: list[tuple[str, Any]] = []

    def keep_pairs(members: list[tuple[str, Any]]) -> dict[str, Any]:
        # Called for every object, the outermost last. Plain parsing keeps only the last of two equal names.
        nonlocal pairs
        pairs = members
        return dict(members)

    try:
        if event.get("isBase64Encoded"):
            body = base64.b64decode(body, validate=True).decode()
        document = json.loads(body, object_pairs_hook=keep_pairs)
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise InvalidRequestError.for_field("body", "must be JSON in UTF-8") from None
    if not isinstance(document, dict):
        raise InvalidRequestError.for_field("body", "must be a JSON object")
    return pairs
