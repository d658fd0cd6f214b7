"""A waiting workflow and the news of its booking find each other, whichever comes first and whatever fails between."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from accounts.table import Table
from actions.waits import Waits
from calendly.errors import AccountUnavailableError
from tests.handlers import handlers

UNTIL = "2030-01-07T09:00:00.000000Z"
EVENT = "https://api.calendly.com/scheduled_events/A"


class Workflows:
    """Step Functions' client, of which a wait uses one call.

    Attributes:
        over: tokens that nobody waits with any more.
        refusals: how many calls are refused before one is taken.
        told: what was handed over, by token.
    """

    class exceptions:  # noqa: N801 - boto3's name
        ClientError = ClientError

    def __init__(self) -> None:
        self.over: set[str] = set()
        self.refusals = 0
        self.told: dict[str, str] = {}

    def send_task_success(self, *, taskToken: str, output: str) -> None:  # noqa: N803 - boto3's names
        if self.refusals:
            self.refusals -= 1
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "SendTaskSuccess")
        if taskToken in self.over:
            raise ClientError({"Error": {"Code": "TaskTimedOut"}}, "SendTaskSuccess")
        self.over.add(taskToken)
        self.told[taskToken] = output


def news(number: int = 1) -> dict[str, str]:
    return {"id": f"event {number}", "event": "invitee.created", "invitee": f"{EVENT}/invitees/{number}"}


def detail(uri: str, utm_content: str | None = None) -> dict[str, Any]:
    return {"payload": {"uri": uri, "tracking": {"utm_content": utm_content}}}


@pytest.fixture(scope="module")
def table() -> Iterator[Table]:
    with handlers():
        yield Table("Table")


@pytest.fixture
def workflows() -> Workflows:
    return Workflows()


@pytest.fixture
def waits(table: Table, workflows: Workflows) -> Waits:
    table.remove("wait", "wait-1")
    waits = Waits(table, workflows)
    waits.keep("wait-1", "default", UNTIL)
    return waits


def test_news_is_handed_over_once_whichever_comes_first(waits: Waits, workflows: Workflows) -> None:
    waits.ask("wait-1", "first")
    waits.tell("wait-1", news(1))
    waits.tell("wait-1", news(2))
    waits.ask("wait-1", "second")
    waits.ask("wait-1", "third")
    assert [(token, output[8:15]) for token, output in workflows.told.items()] == [
        ("first", "event 1"),
        ("second", "event 2"),
    ]


def test_news_for_a_token_that_is_over_waits_for_the_next(waits: Waits, workflows: Workflows) -> None:
    workflows.over.add("timed out")
    waits.ask("wait-1", "timed out")
    waits.tell("wait-1", news())
    assert waits.news("wait-1") == news()
    waits.ask("wait-1", "next")
    assert list(workflows.told) == ["next"]
    assert waits.news("wait-1") is None


@pytest.mark.parametrize("late", ["ask", "tell"])
def test_what_step_functions_refuses_is_handed_over_by_the_retry(waits: Waits, workflows: Workflows, late: str) -> None:
    halves = {"ask": lambda: waits.ask("wait-1", "token"), "tell": lambda: waits.tell("wait-1", news())}
    halves.pop("tell" if late == "ask" else "ask")()
    workflows.refusals = 1
    with pytest.raises(AccountUnavailableError, match="ThrottlingException"):
        halves[late]()
    halves[late]()
    assert list(workflows.told) == ["token"]


@pytest.mark.parametrize("killed", ["ask", "tell"])
def test_a_function_that_dies_with_its_half_written_is_called_again(
    waits: Waits, workflows: Workflows, killed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    halves = {"ask": lambda: waits.ask("wait-1", "token"), "tell": lambda: waits.tell("wait-1", news())}
    with monkeypatch.context() as dies:
        dies.setattr(waits, "_meet", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            halves[killed]()
    halves["tell" if killed == "ask" else "ask"]()
    halves[killed]()
    assert list(workflows.told) == ["token"]


def test_halves_that_meet_at_once_never_miss_each_other(waits: Waits, workflows: Workflows) -> None:
    with ThreadPoolExecutor(2) as threads:
        for number in range(20):
            asked = threads.submit(waits.ask, "wait-1", f"token {number}")
            told = threads.submit(waits.tell, "wait-1", news(number))
            asked.result()
            told.result()
            assert f"token {number}" in workflows.told


def test_a_wait_is_found_by_its_link_or_by_its_invitee_and_only_of_its_account(waits: Waits) -> None:
    waits.keep("wait-1", "default", UNTIL, f"{EVENT}/invitees/1")
    assert waits.find("default", detail("another", "wait-1")) == "wait-1"
    assert waits.find("default", detail(f"{EVENT}/invitees/1")) == "wait-1"
    assert waits.find("sales", detail(f"{EVENT}/invitees/1", "wait-1")) is None
    assert waits.find("default", detail("another", "newsletter")) is None
    assert waits.find("default", {"payload": {"uri": "another", "tracking": None}}) is None


def test_news_of_a_wait_that_is_forgotten_begins_none(waits: Waits, table: Table) -> None:
    waits.tell("wait-2", news())
    assert table.get("wait", "wait-2") is None
