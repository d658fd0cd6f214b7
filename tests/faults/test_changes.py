"""What is kept of an account follows what Calendly says of it, and a change is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.table import Table
from tests.faults.test_connects import finish, granted
from tests.faults.test_connects import world as connected_world
from tests.faults.test_told import run, told
from tests.faults.test_verdicts import ask
from tests.faults.traps import cut
from tests.faults.world import World

__all__ = ["told"]
world = connected_world


def changes(events: list[Any]) -> list[Any]:
    return [event["detail"] for event in events if event["detail-type"] == "Calendly account changed"]


def move(world: World, role: str = "admin") -> str:
    user = world.sandbox.world.data.users[0]["uri"]
    return str(world.sandbox.control("move", user=user, role=role)["organization"])


def test_a_user_who_moved_to_another_organization(world: World, told: Callable[[], list[Any]]) -> None:
    run(world)
    before = world.store.read("default")
    organization = move(world)
    run(world, 65)
    account, summary = world.store.read("default"), world.entry().summary
    assert (account.organization, account.role) == (organization, "admin"), "the role is asked again"
    assert (summary["organization"], summary["role"]) == (organization, "admin")
    (detail,) = changes(told())
    assert detail["account"] == "default"
    assert detail["was"] == {"organization": before.organization, "role": "owner", "scopes": before.scopes}
    assert detail["is"] == {"organization": organization, "role": "admin", "scopes": before.scopes}
    run(world, 65)
    assert changes(told()) == [], "told once"
    assert world.state == "working"


def test_a_role_that_cannot_be_asked_is_asked_by_the_next_run(world: World, told: Callable[[], list[Any]]) -> None:
    run(world)
    organization = move(world)
    world.sandbox.fault(path="/organization_memberships", status=503, times=20)
    run(world, 65)
    assert world.store.read("default").role is None
    world.sandbox.world.faults.clear()
    run(world)
    run(world)
    assert world.store.read("default").role == "admin"
    details = changes(told())
    assert details[-1]["is"]["organization"] == organization
    assert details[-1]["is"]["role"] == "admin"


def test_scopes_that_were_taken_away(world: World, told: Callable[[], list[Any]]) -> None:
    run(world)
    world.grant.scopes.remove("webhooks:write")
    run(world, 65)
    assert "webhooks:write" not in (world.store.read("default").scopes or [])
    (detail,) = changes(told())
    assert "webhooks:write" in detail["was"]["scopes"]
    assert "webhooks:write" not in detail["is"]["scopes"]


def test_another_owner_is_a_fault_and_not_taken_over(world: World) -> None:
    run(world)
    owner = world.store.read("default").owner
    body = {**world.sandbox.world.issue(world.grant), "owner": world.sandbox.world.data.users[1]["uri"]}
    world.sandbox.fault(method="POST", path="/oauth/token", status=200, body=body, after=True)
    run(world, 65)
    entry = world.entry()
    assert entry.state == "needs_reauthentication"
    assert "another user's tokens" in str(entry.reason)
    account = world.store.read("default")
    assert (account.owner, account.access_token == body["access_token"]) == (owner, False)
    run(world, 65)
    assert "another user's tokens" in str(world.entry().reason), "asked again, and still for that reason"


def test_the_same_owner_written_otherwise_is_the_same(world: World) -> None:
    run(world)
    body = {**world.sandbox.world.issue(world.grant), "owner": world.store.read("default").owner + "/"}
    world.sandbox.fault(method="POST", path="/oauth/token", status=200, body=body)
    assert ask(world, "default", force=True).outcome.value == "refreshed"


def test_a_reconnect_that_brings_another_grant_is_told(world: World, told: Callable[[], list[Any]]) -> None:
    run(world)
    organization = move(world)
    finish(world, granted(world, "default"))
    run(world)
    (detail,) = changes(told())
    assert detail["is"]["organization"] == organization


def test_a_change_is_told_although_the_note_of_it_is_lost(world: World, told: Callable[[], list[Any]]) -> None:
    run(world)
    move(world)
    world.gate.arm(
        lambda called, count, _: cut() if called == "UpdateItem" and "REMOVE was" in world.gate.bodies[-1] else None
    )
    run(world, 65)
    world.gate.arm(None)
    run(world)
    assert len(changes(told())) == 2, "twice is better than never"
    item = Table(world.store._settings.table).get("account", "default") or {}
    assert "was" not in item
