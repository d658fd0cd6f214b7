"""A live stack is upgraded from 0.1 and rolled back: each version works with what the other stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from accounts import aws
from accounts.account import Account
from accounts.connect import Sessions
from accounts.directory import Directory
from accounts.entry import Disconnecting, Refusal
from accounts.table import Table
from actions.cursors import Cursor
from tests.fixtures import scenario

RECORDED = Path(__file__).parents[1] / "fixtures" / "0.1"
RANDOM = {"lease_holder", "sk"}


def recorded(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text())


@pytest.fixture
def dynamodb(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        aws.client.cache_clear()
        scenario.make_table(aws.client("dynamodb"))
        yield aws.client("dynamodb")
    aws.client.cache_clear()


@pytest.fixture
def stack_of_0_1(dynamodb: Any) -> Directory:
    """A directory over the items that 0.1 wrote."""
    for item in recorded("items"):
        for member in (item.get("intent"), item.get("parked")):
            for value in (member or {}).get("M", {}).values():
                for each in value.get("L", [value]):
                    if "B" in each:
                        each["B"] = each["B"].encode()
        dynamodb.put_item(TableName=scenario.TABLE, Item=item)
    return Directory(Table(scenario.TABLE), now=lambda: scenario.NOW, sleep=lambda seconds: None)


@pytest.mark.parametrize("name", scenario.ACCOUNTS)
def test_a_secret_of_0_1_is_the_account_it_was(name: str) -> None:
    document = recorded("secrets")[name]
    account = Account.from_secret(json.dumps(document))
    assert {member: getattr(account, member) for member in document} == document
    assert account.client_id is None


@pytest.mark.parametrize("name", scenario.ACCOUNTS)
def test_what_0_1_reads_of_a_secret_is_written_as_before(name: str) -> None:
    document = recorded("secrets")[name]
    written = json.loads(Account.from_secret(json.dumps(document)).to_secret())
    assert {member: written[member] for member in document} == document
    assert written["version"] == 2


def test_members_of_a_later_version_are_kept() -> None:
    document = {**recorded("secrets")["oauth"], "version": 7, "client_id": "app", "plan": {"name": "teams"}}
    written = json.loads(Account.from_secret(json.dumps(document)).to_secret())
    assert document.items() <= written.items()


def test_items_of_0_1_say_what_they_said(stack_of_0_1: Directory) -> None:
    entries = {entry.name: entry for entry in stack_of_0_1.list()}
    assert entries.keys() == {"healthy", "leased", "intended", "parked", "refused", "told"}
    assert {entry.generation for entry in entries.values()} == {3}
    assert entries["refused"].state == "needs_reauthentication"
    assert entries["refused"].reason == "Calendly refused the refresh token: it is used up or revoked."
    assert entries["told"].announced == "healthy"
    intended, parked = entries["intended"], entries["parked"]
    assert intended.intent is not None
    assert (intended.intent.generation, intended.intent.pad) == (3, (b"wrapped" * 5,))
    assert intended.exchanges == (scenario.NOW - 30.5, scenario.NOW)
    assert parked.parked is not None
    assert (parked.parked.generation, parked.parked.sealed) == (4, b"sealed" * 5)


def test_a_connect_that_began_under_0_1_can_be_finished(stack_of_0_1: Directory, dynamodb: Any) -> None:
    state = "a state"
    (item,) = [item for item in recorded("items") if item["pk"]["S"] == "connect"]
    import hashlib

    item["sk"]["S"] = hashlib.sha256(state.encode()).hexdigest()
    dynamodb.put_item(TableName=scenario.TABLE, Item=item)
    session = Sessions(Table(scenario.TABLE), now=lambda: scenario.NOW).take(state)
    assert (session.account, session.verifier, session.replace) == ("oauth", "made-up-verifier", True)


def _differences(old: Any, new: Any, path: str = "") -> list[str]:
    """Where something that 0.1 wrote is not there any more, or says something else."""
    if isinstance(old, dict) and isinstance(new, dict):
        return [
            each
            for name in old
            if name not in RANDOM
            for each in (_differences(old[name], new[name], f"{path}.{name}") if name in new else [f"{path}.{name}"])
        ]
    return [] if old == new else [f"{path}: {old} is {new}"]


def test_what_0_1_reads_of_an_item_is_written_as_before(dynamodb: Any) -> None:
    scenario.write_items()
    written = scenario.items(dynamodb)
    for old, new in zip(recorded("items"), written, strict=True):
        assert old["pk"] == new["pk"]
        assert _differences(old, new) == []


@pytest.mark.parametrize("name", recorded("cursors"))
def test_a_cursor_of_0_1_is_the_place_it_was(name: str) -> None:
    text = recorded("cursors")[name]
    assert str(Cursor.parse(text)) == text
    assert scenario.cursors()[name] == text


def test_marks_that_0_1_left_standing_do_not_count_after_a_second_upgrade(dynamodb: Any) -> None:
    """Rolled back in the middle of a disconnect; 0.1 connected the account anew, and knows no such mark."""
    directory = Directory(Table(scenario.TABLE), now=lambda: scenario.NOW, sleep=lambda seconds: None)
    with directory.lease("a") as lease:
        lease.promote(scenario.account("a"))
        lease.begin_disconnect(Disconnecting(3, scenario.NOW))
        lease.refuse(Refusal(3, scenario.NOW, scenario.NOW))
    entry = directory.get("a")
    assert entry is not None
    assert entry.disconnecting
    assert entry.refused
    Table(scenario.TABLE).update(
        "account", "a", "SET summary = :summary", {":summary": scenario.account("a", generation=4).summary()}
    )
    entry = directory.get("a")
    assert entry is not None
    assert (entry.disconnecting, entry.refused, entry.unfinished) == (None, None, False)
