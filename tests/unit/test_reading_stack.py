"""A stack that only reads: what is deployed, which scopes it asks for, and that no write leaves it."""

from __future__ import annotations

import pytest

from accounts.settings import settings
from calendly.api import Api, PlannedWrite, StaticToken
from calendly.deadline import Deadline
from calendly.errors import PermissionDeniedError
from calendly.transport import Operation, Transport
from generate.catalog import FUNCTIONS, ROOT, actions, load
from local.sam import Template

WRITING = {action.logical_id for action in actions() if action.writes and not action.declaration.also_reads}


@pytest.mark.parametrize(("parameter", "there"), [("all", True), ("read", False)])
def test_writing_actions_and_what_refers_to_them_are_there_or_not(parameter: str, there: bool) -> None:
    deployed = Template(ROOT / "template.yaml", {"Actions": parameter}).resources
    conditional = {*WRITING, "SendBookingLink", "SendBookingLinkRole", "SubscribeRole"}
    assert conditional & deployed.keys() == (conditional if there else set())
    assert {action.logical_id for action in actions()} - WRITING <= deployed.keys()
    assert "CallCalendly" in deployed


def test_what_refers_to_a_writing_action_is_conditional() -> None:
    text = (ROOT / "template.yaml").read_text()
    for block in text.split("\n\n"):
        if any(f"!GetAtt {name}.Arn" in block or f"!Ref {name}\n" in block for name in WRITING):
            assert "Condition: WritingActions" in block, block.strip().splitlines()[0]


def test_only_scopes_to_read_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    wiring = load(FUNCTIONS / "accounts" / "_wiring.py")
    monkeypatch.setenv("ACTIONS", "read")
    settings.cache_clear()
    asked = wiring._scopes_of_actions()
    monkeypatch.delenv("ACTIONS")
    settings.cache_clear()
    assert "contacts:read" in asked
    assert [scope for scope in asked if scope.endswith(":write")] == []
    assert "contacts:write" in wiring._scopes_of_actions()


@pytest.mark.parametrize("dry_run", [False, True])
def test_a_write_does_not_leave_a_stack_that_only_reads(dry_run: bool) -> None:
    api = Api(Transport(), StaticToken("x"), deadline=Deadline(5), dry_run=dry_run, read_only=True)
    with pytest.raises(PermissionDeniedError, match="Actions=read"):
        api.send(Operation("POST", "/notes", write=True), "/notes", document={})
    with pytest.raises(PlannedWrite):
        Api(Transport(), StaticToken("x"), deadline=Deadline(5), dry_run=True).send(
            Operation("POST", "/notes", write=True), "/notes"
        )
