"""The Model Context Protocol over HTTP, as far as it is about tools: a request, and its answer. There is no session.

Version 2026-07-28 says everything in each request: its version in ``params._meta``, and again in headers, which have to
agree with the body. Clients of before say ``initialize`` first; nothing is kept of that.
Source: modelcontextprotocol.io/specification, "Streamable HTTP".
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from actions.doors import Request
from actions.proxy_event import readable
from actions.tools import Outcome, Tool, way_on
from calendly import codec
from calendly.version import VERSION

MODERN = "2026-07-28"
OLDER = ("2025-11-25", "2025-06-18", "2025-03-26")
"""What ``initialize`` is answered at, the best first."""

PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
HEADER_MISMATCH, UNSUPPORTED_VERSION = -32020, -32022
LIST_MILLISECONDS = 5 * 60 * 1000
"""How long a client may keep the list of tools. It changes with a deployment."""

INSTRUCTIONS = (
    "Calendly tools for one connected account. Find a user, an event type or an invitee's bookings by name or e-mail "
    "first (find_...), and use the URIs in the answers. Times are ISO 8601 with a time zone. Before a write, try it "
    "with dry_run: true; say in why for whom and what for. After OutcomeUnknownError look for the result before you "
    "write again. Lists are cut to what fits; the answer then says how to go on."
)
_META = "io.modelcontextprotocol/"
_VERSION, _CAPABILITIES = f"{_META}protocolVersion", f"{_META}clientCapabilities"
_SERVER = {"name": "calendly-actions", "version": VERSION}
_BASE64 = re.compile(r"=\?base64\?(.*)\?=", re.DOTALL)

Run = Callable[[Tool, Mapping[str, Any]], Outcome]


class Reply(NamedTuple):
    """An HTTP answer; ``body`` is JSON, or None for an empty one."""

    status: int
    body: dict[str, Any] | None = None
    headers: Mapping[str, str] = {}


class _Refused(Exception):  # noqa: N818 - an answer of the protocol, not a fault here
    """A JSON-RPC error."""

    def __init__(self, code: int, message: str, data: dict[str, Any] | None = None, *, status: int = 400) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"code": code, "message": message, **({"data": data} if data else {})}


def reply(request: Request, tools: Mapping[str, Tool], run: Run) -> Reply:
    """Answer a request.

    Args:
        request: as it came over HTTP.
        tools: what is offered at this address, by name.
        run: runs one of them.
    """
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        return Reply(403)
    if request.method != "POST":
        return Reply(405, headers={"Allow": "POST"})
    id: Any = None
    modern = True
    try:
        message = _message(request.body)
        if "id" not in message:
            return Reply(202)
        id = _id(message)
        params = message.get("params", {})
        if not isinstance(params, dict):
            raise _Refused(INVALID_PARAMS, "params must be an object")
        modern = _is_modern(message["method"], params, request.headers)
        if modern:
            _check(message["method"], params, request.headers)
        result = _result(message["method"], params, tools, run, modern=modern)
    except _Refused as refused:
        # Older clients take any other status for a fault of the transport, and do not read the error.
        return Reply(refused.status if modern else 200, {"jsonrpc": "2.0", "id": id, "error": refused.error})
    return Reply(200, {"jsonrpc": "2.0", "id": id, "result": result})


def _message(body: bytes) -> dict[str, Any]:
    """The one JSON-RPC message in a body."""
    try:
        message = codec.decode(body)
    except ValueError:
        raise _Refused(PARSE_ERROR, "The body is not JSON") from None
    if not (
        isinstance(message, dict) and message.get("jsonrpc") == "2.0" and isinstance(message.get("method", ...), str)
    ):
        raise _Refused(INVALID_REQUEST, "The body must be one JSON-RPC 2.0 request or notification, and no batch")
    return message


def _id(message: dict[str, Any]) -> str | int:
    id = message["id"]
    if not isinstance(id, str) and type(id) is not int:
        raise _Refused(INVALID_REQUEST, "id must be a text or a whole number")
    return id


def _is_modern(method: str, params: dict[str, Any], headers: Mapping[str, str]) -> bool:
    """Whether a request is of the version without a handshake. One that claims no version is of an older client."""
    meta = params.get("_meta")
    if isinstance(meta, dict) and _VERSION in meta:
        return True
    claimed = headers.get("mcp-protocol-version")
    if method == "initialize" or claimed is None or claimed in OLDER:
        return False
    if claimed != MODERN:
        raise _unsupported(claimed)
    return True


def _check(method: str, params: dict[str, Any], headers: Mapping[str, str]) -> None:
    """Whether a request of 2026-07-28 says what it must, in body and headers alike."""
    meta = params.get("_meta")
    missing = [name for name in (_VERSION, _CAPABILITIES) if not isinstance(meta, dict) or name not in meta]
    if missing or not isinstance(meta, dict):
        raise _Refused(INVALID_PARAMS, f"params._meta needs {' and '.join(missing)}")
    version = meta[_VERSION]
    wanted = {"mcp-protocol-version": version, "mcp-method": method}
    if method == "tools/call" and "name" in params:
        wanted["mcp-name"] = params["name"]
    for name, said in wanted.items():
        if _plain(headers.get(name)) != said:
            raise _Refused(HEADER_MISMATCH, f"The header {name} must be there and agree with the body")
    if version != MODERN:
        raise _unsupported(str(version))


def _plain(value: str | None) -> str | None:
    """A header's text, which may be wrapped in base64."""
    match = _BASE64.fullmatch(value or "")
    if match is None:
        return value
    try:
        return base64.b64decode(match[1], validate=True).decode()
    except (ValueError, binascii.Error):
        return None


def _unsupported(version: str) -> _Refused:
    data = {"supported": [MODERN, *OLDER], "requested": readable(version)}
    return _Refused(UNSUPPORTED_VERSION, "Unsupported protocol version", data)


def _result(
    method: str, params: dict[str, Any], tools: Mapping[str, Tool], run: Run, *, modern: bool
) -> dict[str, Any]:
    complete = {"resultType": "complete"} if modern else {}
    cached = {"ttlMs": LIST_MILLISECONDS, "cacheScope": "private"} if modern else {}
    match method, modern:
        case "server/discover", True:
            about = {"supportedVersions": [MODERN], **_about()}
            return {**complete, **cached, **about, "_meta": {f"{_META}serverInfo": _SERVER}}
        case "initialize", False:
            asked = params.get("protocolVersion")
            return {"protocolVersion": asked if asked in OLDER else OLDER[0], **_about(), "serverInfo": _SERVER}
        case "ping", False:
            return {}
        case "tools/list", _:
            if params.get("cursor") is not None:
                raise _Refused(INVALID_PARAMS, "cursor is not known: the list is given whole")
            return {**complete, **cached, "tools": [tool.shown for tool in tools.values()]}
        case "tools/call", _:
            return {**complete, **_called(params, tools, run)}
    raise _Refused(METHOD_NOT_FOUND, f"There is no method {readable(method)}", status=404)


def _about() -> dict[str, Any]:
    return {"capabilities": {"tools": {}}, "instructions": INSTRUCTIONS}


def _called(params: dict[str, Any], tools: Mapping[str, Tool], run: Run) -> dict[str, Any]:
    """Run a tool. What goes wrong in it is a result, so that the model sees it."""
    name, arguments = params.get("name"), params.get("arguments") or {}
    tool = tools.get(name) if isinstance(name, str) else None
    if tool is None:
        raise _Refused(INVALID_PARAMS, f"Unknown tool: {readable(str(name))}. tools/list has those of this address")
    if not isinstance(arguments, dict):
        raise _Refused(INVALID_PARAMS, "arguments must be an object")
    outcome = run(tool, arguments)
    if outcome.failed:
        return {"isError": True, "content": [_text(_told(outcome.answer))], "structuredContent": outcome.answer}
    rest = way_on(tool, outcome.answer)
    answer = _text(codec.encode(outcome.answer).decode())
    return {"isError": False, "content": [answer, *([_text(rest)] if rest else [])]}


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


def _told(failure: Mapping[str, Any]) -> str:
    """An error in words: which, why, and what to do."""
    words = [f"{failure['error']}: {failure['message']}"]
    if "retry_after" in failure:
        words.append(f"Try again after {failure['retry_after']:g} seconds.")
    elif failure["retryable"]:
        words.append("The same call may succeed later.")
    if candidates := [each for each in failure.get("details", ()) if "uri" in each]:
        words.append(f"Choose one: {codec.encode(candidates).decode()}")
    return " ".join(words)
