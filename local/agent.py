"""An agent's session with the tools, driven by the official MCP client (``mcp`` on PyPI)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

MODERN, OLDER = "2026-07-28", "legacy"
MODES = {"2026-07-28": MODERN, "2025-11-25": OLDER}
"""The protocol's versions, and what ``mcp.Client`` calls them: all with a handshake are legacy to it."""

WINDOW = {"start_time": "2030-01-07T00:00:00Z", "end_time": "2030-01-12T00:00:00Z"}
GUEST = {"name": "Eve Adams", "email": "eve@example.com", "timezone": "Europe/Berlin"}


class ToolFailedError(Exception):
    """A tool answered with an error."""


def session(url: str, mode: str) -> list[tuple[str, str]]:
    """What an agent does and sees: it lists the tools, finds a free slot, books it, moves it, looks, and cancels.

    Args:
        url: the address of an account's tools, such as ``.../accounts/default/mcp/booking``.
        mode: ``MODERN`` or ``OLDER``.

    Raises:
        ToolFailedError: a tool answered with an error.
    """

    async def act() -> list[tuple[str, str]]:
        async with _tools(url, mode) as call:
            return [step async for step in _steps(call)]

    return asyncio.run(act())


async def _steps(call: Any) -> AsyncIterator[tuple[str, str]]:
    yield "tools/list", f"{len(await call.names())} tools"
    event_type = (await call("find_event_type", name="30 Minute Meeting"))["resource"]
    yield "find_event_type", event_type["name"]
    slots = (await call("retrieve_free_slots", event_types=event_type["uri"], **WINDOW))["collection"]
    yield "retrieve_free_slots", f"{len(slots)} slots, the first at {slots[0]['start_time']:.16}"
    booking = {"event_type": event_type["uri"], "invitee": GUEST, **WINDOW}
    planned = await call("book_first_free_slot", **booking, dry_run=True)
    yield "book_first_free_slot", f"a dry run would send {len(planned['requests'])} request"
    booked = (await call("book_first_free_slot", **booking, why="Eve asked for a meeting"))["resource"]
    yield "book_first_free_slot", f"{booked['name']} is booked"
    later = {"event": booked["event"], "start_time": slots[-1]["start_time"]}
    moved = (await call("reschedule_event", **later, why="Eve asked for another day"))["resource"]
    yield "reschedule_event", f"moved to {moved['start_time']:.16}"
    seen = (await call("retrieve_booking", event=moved["new_event"]))["resource"]
    yield "retrieve_booking", f"{seen['event']['status']}, at {seen['event']['start_time']:.16}"
    canceled = (await call("cancel_event", event=moved["new_event"], why="Eve is ill"))["resource"]
    yield "cancel_event", f"canceled by {canceled['canceled_by']}"


class _Call:
    """Calls tools by name, and answers what they answer."""

    def __init__(self, client: Any) -> None:
        self._client = client

    async def names(self) -> list[str]:
        return [tool.name for tool in (await self._client.list_tools()).tools]

    async def __call__(self, tool: str, **arguments: Any) -> Any:
        result = await self._client.call_tool(tool, arguments)
        text = result.content[0].text
        if result.is_error:
            raise ToolFailedError(f"{tool}: {text}")
        return json.loads(text)


@asynccontextmanager
async def _tools(url: str, mode: str) -> AsyncIterator[_Call]:
    # The package takes most of a second to import.
    from mcp import Client

    async with Client(url, mode=mode) as client:
        yield _Call(client)
