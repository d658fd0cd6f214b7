"""Whatever state an account's secret is in: connecting and disconnecting work, or say which command to run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.wrappers import Response

from accounts import aws
from accounts.outcome import Outcome
from calendly.deadline import Deadline
from calendly.errors import AccountNotFoundError, AccountUnavailableError
from tests.conftest import REDIRECT
from tests.faults.test_connects import alive, finish, granted, live_grants, world
from tests.faults.test_reported import connector
from tests.faults.test_verdicts import ask, run, states
from tests.faults.world import World, aws_error

__all__ = ["world"]


def secrets_manager() -> Any:
    return aws.client("secretsmanager")


def secret_of(world: World, name: str = "default") -> str:
    return world.store._settings.account_secret(name)


def deleted_by_hand(world: World) -> None:
    secrets_manager().delete_secret(SecretId=secret_of(world), RecoveryWindowInDays=7)


def binary(world: World) -> None:
    secrets_manager().put_secret_value(SecretId=secret_of(world), SecretBinary=b"\0")


def not_json(world: World) -> None:
    secrets_manager().put_secret_value(SecretId=secret_of(world), SecretString="{")


def of_other_types(world: World) -> None:
    secrets_manager().put_secret_value(
        SecretId=secret_of(world), SecretString=world.store.read("default").to_secret().replace('"oauth"', '"saml"')
    )


def without_a_value(world: World) -> None:
    secrets_manager().delete_secret(SecretId=secret_of(world), ForceDeleteWithoutRecovery=True)
    secrets_manager().create_secret(Name=secret_of(world))


def staged_only(world: World) -> None:
    from moto.secretsmanager.models import secretsmanager_backends

    (backend,) = [b for b in secretsmanager_backends["123456789012"].values() if secret_of(world) in b.secrets]
    for version in backend.secrets[secret_of(world)].versions.values():
        version["version_stages"] = ["calendly-staged"]


def deleted_for_good(world: World) -> None:
    secrets_manager().delete_secret(SecretId=secret_of(world), ForceDeleteWithoutRecovery=True)


def deleted_by_hand_and_damaged(world: World) -> None:
    not_json(world)
    deleted_by_hand(world)


STATES = [
    deleted_by_hand,
    binary,
    not_json,
    of_other_types,
    without_a_value,
    staged_only,
    deleted_for_good,
    deleted_by_hand_and_damaged,
]


def locked(world: World) -> Callable[..., Response | None]:
    """A trap: the account's secret is under a key that nobody can use, until it is made anew."""
    made: list[str] = []

    def trap(called: str, count: int, let_through: Callable[[], None]) -> Response | None:
        if called == "CreateSecret":
            made.append(called)
        on_it = called in ("GetSecretValue", "PutSecretValue") and secret_of(world) in world.gate.bodies[-1]
        return aws_error("KMS disabled") if on_it and not made else None

    return trap


@pytest.mark.parametrize("state", STATES)
def test_connecting_works(world: World, state: Callable[[World], None]) -> None:
    state(world)
    account = finish(world, granted(world, "default"))
    assert alive(world)
    assert world.store.read("default").access_token == account.access_token
    assert states(world) == {"default": "healthy"}
    world.clock.sleep(7000)
    run(world)
    assert states(world) == {"default": "healthy"}


@pytest.mark.parametrize("state", STATES)
def test_a_connect_that_fails_leaves_the_state_as_it_was(world: World, state: Callable[[World], None]) -> None:
    state(world)
    before = world.store.examine("default").state
    granting = granted(world, "default")
    grants = live_grants(world)
    world.gate.arm(
        lambda called, count, _: aws_error("throttling") if (called, count > 2) == ("UpdateItem", True) else None
    )
    with pytest.raises(AccountUnavailableError):
        finish(world, granting)
    world.gate.arm(None)
    assert live_grants(world) == grants
    assert world.store.examine("default").state in (before, "absent")


@pytest.mark.parametrize("state", STATES)
def test_disconnecting_really_ends_it(world: World, state: Callable[[World], None]) -> None:
    state(world)
    connector(world).disconnect("default", Deadline(28, clock=world.clock))
    assert world.directory.find("default") is None
    with pytest.raises(secrets_manager().exceptions.ResourceNotFoundException):
        secrets_manager().describe_secret(SecretId=secret_of(world))
    with pytest.raises(AccountNotFoundError):
        connector(world).disconnect("default", Deadline(28, clock=world.clock))


def test_a_secret_in_its_recovery_window_is_revoked_when_it_is_disconnected(world: World) -> None:
    deleted_by_hand(world)
    connector(world).disconnect("default", Deadline(28, clock=world.clock))
    assert live_grants(world) == 0


def test_an_action_is_told_of_a_secret_in_its_recovery_window(world: World) -> None:
    deleted_by_hand(world)
    with pytest.raises(AccountNotFoundError) as caught:
        world.store.read("default")
    assert type(caught.value) is AccountNotFoundError, "workflows match on its name"
    assert f"aws secretsmanager restore-secret --secret-id {secret_of(world)}" in caught.value.message
    assert "POST /accounts/default/connect" in caught.value.message


@pytest.mark.parametrize("state", [deleted_by_hand, deleted_for_good])
def test_the_schedule_tells_that_a_secret_is_gone_and_notices_that_it_is_back(
    world: World, state: Callable[[World], None]
) -> None:
    text = world.store.read("default").to_secret()
    state(world)
    run(world)
    assert states(world) == {"default": "needs_reauthentication"}
    assert "delet" in str(world.entry().reason)
    for _ in range(30):
        run(world, 60)
    if state is deleted_by_hand:
        secrets_manager().restore_secret(SecretId=secret_of(world))
    else:
        secrets_manager().create_secret(Name=secret_of(world), SecretString=text)
    run(world, 65)
    assert states(world) == {"default": "healthy"}
    assert world.state == "working"


def test_a_secret_under_a_key_that_cannot_be_used_is_made_anew_under_the_stacks(world: World) -> None:
    world.gate.arm(locked(world))
    granting = granted_when_locked(world)
    account = finish(world, granting)
    world.gate.arm(None)
    assert world.store.read("default").access_token == account.access_token
    assert states(world) == {"default": "healthy"}


def granted_when_locked(world: World) -> Any:
    granting = granted(world, "default")
    world.gate.arm(locked(world))
    return granting


def test_no_person_is_asked_for_consent_if_the_stacks_key_cannot_be_used_either(world: World) -> None:
    trap = locked(world)

    def nothing_under_that_key(called: str, count: int, let_through: Callable[[], None]) -> Response | None:
        return aws_error("KMS disabled") if called == "CreateSecret" else trap(called, count, let_through)

    world.gate.arm(nothing_under_that_key)
    with pytest.raises(AccountUnavailableError, match="aws kms enable-key"):
        connector(world).authorize_url("default", redirect_uri=REDIRECT)


def test_a_locked_secret_is_told_by_name_and_can_be_disconnected(world: World) -> None:
    world.gate.arm(locked(world))
    with pytest.raises(AccountUnavailableError, match="cannot be used") as caught:
        world.store.read("default")
    assert type(caught.value) is AccountUnavailableError
    assert not caught.value.retryable
    assert ask(world, "default").outcome is Outcome.FAILED
    connector(world).disconnect("default", Deadline(28, clock=world.clock))
    assert world.directory.find("default") is None
