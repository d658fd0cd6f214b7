"""Waits of the workflow ``book-and-wait``: what brings its task token and the news of a booking together.

A workflow asks and events tell, in any order. Each writes its half, and then reads the item: whoever finds both hands
the news over. News for which nobody asks is kept. The workflow then reads the booking in Calendly, so news says when
to look, and not what there is to see: only the latest is kept, and news that comes twice does no harm.

Keys: ``pk`` is ``wait``; ``sk`` is the wait's id, or the URI of an invitee, whose item names the wait.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from accounts import aws
from accounts.table import ConditionFailedError, Table

PARTITION = "wait"

PREFIX = "wait-"
"""How the id of a wait begins. It is the ``utm_content`` of the wait's link, and cannot be guessed."""

WaitId = Annotated[str, Field(pattern=f"^{PREFIX}[0-9a-f-]{{36}}$")]

GRACE_SECONDS = 24 * 3600
"""How long a wait is remembered after its end: Calendly repeats a delivery for a day."""

_OVER = ("TaskTimedOut", "TaskDoesNotExist", "InvalidToken")
"""What Step Functions says of a token that nobody waits with any more."""


class Waits:
    """The waits in the stack's table.

    Args:
        table: the stack's.
        workflows: boto3's client of Step Functions, if not the process's own.
    """

    def __init__(self, table: Table, workflows: Any = None) -> None:
        self._table = table
        self._workflows = workflows

    def keep(self, wait: str, account: str, until: str, invitee: str | None = None) -> None:
        """Open a wait, or keep it for longer.

        Args:
            wait: its id.
            account: whose deliveries it listens to.
            until: when it ends, in ISO 8601.
            invitee: URI of who booked; events of theirs are the wait's from now on.
        """
        values = {":account": account, ":expires": int(datetime.fromisoformat(until).timestamp()) + GRACE_SECONDS}
        self._table.update(PARTITION, wait, "SET account = :account, expires_at = :expires", values)
        if invitee is not None:
            whose = {":wait": wait, ":expires": values[":expires"]}
            self._table.update(PARTITION, invitee, "SET wait_id = :wait, expires_at = :expires", whose)

    def ask(self, wait: str, token: str) -> None:
        """A workflow waits with a task token; what was told before it asked is handed over at once."""
        self._table.update(PARTITION, wait, "SET task_token = :token", {":token": token})
        self._meet(wait)

    def tell(self, wait: str, news: dict[str, str]) -> None:
        """Something happened: the workflow goes on, or finds the news when it asks.

        Args:
            wait: its id.
            news: ``{"id", "event", "invitee"}`` of the event.
        """
        # A wait that was forgotten meanwhile is not begun anew.
        with suppress(ConditionFailedError):
            self._table.update(PARTITION, wait, "SET news = :news", {":news": news}, condition="attribute_exists(pk)")
            self._meet(wait)

    def news(self, wait: str) -> dict[str, str] | None:
        """What was told and not handed over."""
        return (self._table.get(PARTITION, wait) or {}).get("news")

    def find(self, account: str, detail: dict[str, Any]) -> str | None:
        """The id of the wait that an event of the bus is about, if it is about one.

        The id is in ``tracking``. The invitee of a rescheduled booking may not carry it: then the wait names them.
        """
        payload = detail["payload"]
        tracking = payload.get("tracking")
        said = tracking.get("utm_content") if isinstance(tracking, dict) else None
        name = said if isinstance(said, str) and said.startswith(PREFIX) else self._of(payload.get("uri"))
        item = self._table.get(PARTITION, name) if name else None
        return name if item and item.get("account") == account else None

    def _of(self, invitee: Any) -> str | None:
        item = self._table.get(PARTITION, invitee) if isinstance(invitee, str) else None
        return item.get("wait_id") if item else None

    def _meet(self, wait: str) -> None:
        """Hand over news that somebody waits for. A half that stays behind does no harm."""
        item = self._table.get(PARTITION, wait) or {}
        token, news = item.get("task_token"), item.get("news")
        if not (token and news and self._send(token, news)):
            return
        with suppress(ConditionFailedError):
            self._table.update(
                PARTITION,
                wait,
                "REMOVE task_token, news",
                {":token": token, ":news": news},
                condition="task_token = :token AND news = :news",
            )

    def _send(self, token: str, news: dict[str, str]) -> bool:
        """Whether the workflow took it.

        Raises:
            AccountUnavailableError: Step Functions did not answer, or refused for now.
        """
        client = self._workflows or aws.client("stepfunctions")
        with aws.faults("to go on with the workflow"):
            try:
                client.send_task_success(taskToken=token, output=json.dumps(news))
            except client.exceptions.ClientError as error:
                if aws.error_code(error) not in _OVER:
                    raise
                return False
        return True
