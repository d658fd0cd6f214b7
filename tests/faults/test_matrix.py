"""The fault matrix: every fault at every step of a refresh, then the schedule goes on.

The account has to come back, or need a person in exactly the cells where Calendly acted and its answer never reached
durable storage. Cells where a process is killed are in ``test_kills.py``, with real processes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.wrappers import Response

from calendly.deadline import Deadline
from calendly.oauth import Tokens
from tests.faults.traps import FAULTS, failing
from tests.faults.world import World, aws_error
from tests.sizes import cases

# The AWS calls of a refresh, by step of the protocol: operation, and which one of a run.
STEPS = {
    "read": ("GetItem", 1),
    "lease": ("UpdateItem", 1),
    "re-read": ("GetSecretValue", 1),
    "re-read of the directory": ("GetItem", 2),
    "intent: sealing": ("GenerateDataKey", 1),
    "intent": ("UpdateItem", 2),
    "store": ("PutSecretValue", 1),
    "promote": ("UpdateSecretVersionStage", 1),
    "promote in the directory": ("UpdateItem", 3),
    "clear": ("UpdateItem", 4),
}


@pytest.mark.parametrize(
    ("step", "fault", "for_good"),
    # A connection that is cut for the whole run shows what a timeout would, in less time.
    [case for case in cases(STEPS, FAULTS, (False, True)) if not (case[2] and "timeout" in case[1])],
)
def test_aws(world: World, step: str, fault: str, for_good: bool) -> None:
    world.gate.arm(failing(STEPS[step], fault, for_good=for_good))
    world.run()
    world.next_runs()
    assert world.state == "working"
    assert world.sandbox.world.refresh_tokens_reused == 0
    assert world.entry().intent is None
    assert world.entry().parked is None


@pytest.mark.parametrize("step", STEPS)
def test_an_exception_at_any_step(world: World, step: str) -> None:
    """A bug of ours rather than a refusal of AWS's."""
    import accounts.aws
    import accounts.secrets

    operation, position = STEPS[step]
    seen = 0

    def explode(**_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == position:
            raise RuntimeError("a bug")

    if operation == "GetSecretValue":  # which goes without boto3
        post = accounts.secrets._post
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(accounts.secrets, "_post", lambda *given: (explode(), post(*given))[1])
            world.run()
    else:
        service = "dynamodb" if operation.endswith("Item") else "kms" if "DataKey" in operation else "secretsmanager"
        client = accounts.aws.client(service)
        event = f"before-call.{service if service != 'secretsmanager' else 'secrets-manager'}.{operation}"
        client.meta.events.register(event, explode)
        try:
            world.run()
        finally:
            client.meta.events.unregister(event, explode)
    assert seen >= position, "the step was not reached"
    world.next_runs()
    assert world.state == "working"
    assert world.sandbox.world.refresh_tokens_reused == 0


# What happens at Calendly's token endpoint, and whether the account comes back.
EXCHANGES: dict[str, tuple[dict[str, Any], str]] = {
    "cut before Calendly acted": ({"drop": True}, "working"),
    "5xx before Calendly acted": ({"status": 500}, "working"),
    "503": ({"status": 503}, "working"),
    "429": ({"status": 429, "headers": {"X-RateLimit-Reset": "30"}}, "working"),
    "429 without a word": ({"status": 429, "body": {}}, "working"),
    "invalid_grant that was not so": ({"status": 400, "body": {"error": "invalid_grant"}}, "working"),
    "invalid_client": ({"status": 401, "body": {"error": "invalid_client"}}, "working"),
    "400": ({"status": 400, "body": {"error": "invalid_request"}}, "working"),
    "403 by a gateway": ({"status": 403, "body": "<html>"}, "working"),
    "malformed, and Calendly did not act": ({"status": 200, "body": "<html>"}, "working"),
    # Calendly acted, and its answer reached nobody: the tokens exist nowhere but at Calendly.
    "cut after Calendly acted": ({"drop": True, "after": True}, "needs_reauthentication"),
    "5xx after Calendly acted": ({"status": 500, "after": True}, "needs_reauthentication"),
    "malformed answer": ({"status": 200, "body": "<html>", "after": True}, "needs_reauthentication"),
    "answer without an access token": ({"body": {"token_type": "Bearer"}, "after": True}, "needs_reauthentication"),
}


@pytest.mark.parametrize("fault", EXCHANGES)
def test_exchange(world: World, fault: str) -> None:
    what, expected = EXCHANGES[fault]
    world.sandbox.fault(method="POST", path="/oauth/token", **what)
    world.run()
    world.next_runs()
    assert world.state == expected
    # Only the one try after an unknown outcome may present a token that is used up.
    assert world.sandbox.world.refresh_tokens_reused == (1 if expected != "working" else 0)
    exchanges = world.sandbox.world.requests["POST /oauth/token"]
    world.next_runs()
    if expected != "working":
        assert world.sandbox.world.requests["POST /oauth/token"] == exchanges, "nobody tries again"


def test_an_answer_without_a_refresh_token(world: World) -> None:
    """Its access token is used while it lives; whether the old refresh token still is good is tried once."""
    body = world.sandbox.world.issue(world.grant)
    del body["refresh_token"]
    old = world.store.read(world.ACCOUNT).refresh_token
    world.sandbox.fault(method="POST", path="/oauth/token", status=200, body=body, after=True)
    world.run()
    stored = world.store.read(world.ACCOUNT)
    assert (stored.access_token, stored.refresh_token) == (body["access_token"], old)
    world.next_runs()
    assert world.entry().state == "needs_reauthentication"
    assert world.sandbox.world.refresh_tokens_reused == 1


def test_an_old_refresh_token_that_goes_on_being_good(world: World) -> None:
    """As RFC 6749 has it for servers that answer without a new one."""
    body = world.sandbox.world.issue(world.grant)
    del body["refresh_token"]
    world.sandbox.fault(method="POST", path="/oauth/token", status=200, body=body)
    world.run()
    world.next_runs()
    assert world.state == "working"


def test_a_revoked_grant_needs_a_person_and_is_not_tried_again(world: World) -> None:
    world.sandbox.world.revoke(world.grant)
    world.run()
    assert world.entry().state == "needs_reauthentication"
    assert world.entry().reason == "Calendly refused the refresh token: it is used up or revoked."
    exchanges = world.sandbox.world.requests["POST /oauth/token"]
    world.next_runs()
    assert world.sandbox.world.requests["POST /oauth/token"] == exchanges


def test_an_exchange_that_never_answers(world: World) -> None:
    world.sandbox.fault(method="POST", path="/oauth/token", delay=2)

    class Impatient:
        def refresh(self, token: str, *, deadline: Deadline) -> Tokens:
            return world.oauth.refresh(token, deadline=Deadline(1))

    world.run(oauth=Impatient)
    world.next_runs()
    # The sandbox acts after its delay, when nobody listens any more.
    assert world.state == "working"


@pytest.mark.parametrize("seconds", [1, 10, 60, 74, 79])
def test_a_run_that_is_about_to_end_begins_nothing(world: World, seconds: int) -> None:
    run = world.run(seconds=seconds)
    assert [result.outcome.value for result in run.results] == ["not_due"]
    assert not run.unfinished, "another run right away would get no further"
    assert world.sandbox.sent() == {}
    world.next_runs()
    assert world.state == "working"


def test_time_that_runs_out_on_the_way_to_the_exchange(world: World) -> None:
    """A process that was frozen for a minute finds its lease too old, and does not exchange."""

    def freeze(called: str, count: int, let_through: Callable[[], None]) -> Response | None:
        if (called, count) == ("UpdateItem", 2):
            world.clock.sleep(60)
        return None

    world.gate.arm(freeze)
    run = world.run()
    assert run.results[0].reason == "No time was left in this run."
    assert world.sandbox.sent() == {}
    world.next_runs()
    assert world.state == "working"


@pytest.mark.parametrize("fault", ["throttling", "access denied", "KMS disabled", "5xx", "cut before it acted"])
def test_tokens_that_secrets_manager_refuses_are_parked_sealed_and_adopted(world: World, fault: str) -> None:
    trap = failing(STEPS["store"], fault, for_good=True)

    def no_kms_either(called: str, count: int, let_through: Callable[[], None]) -> Response | None:
        # From the moment the tokens are here, KMS fails as well.
        if world.gate.calls["PutSecretValue"] and called in ("GenerateDataKey", "Decrypt", "Encrypt"):
            return aws_error("KMS disabled")
        return trap(called, count, let_through)

    world.gate.arm(no_kms_either)
    run = world.run()
    assert [result.outcome.value for result in run.results] == ["parked"]
    assert run.gauges["AccountsParked"] == 1
    entry = world.entry()
    assert entry.parked is not None
    (live,) = [token for token, grant in world.sandbox.world.refresh_tokens.items() if grant is world.grant]
    assert live.encode() not in entry.parked.sealed
    # While Secrets Manager still refuses, nothing is exchanged and nothing is lost.
    world.clock.sleep(900)
    exchanges = world.sandbox.world.requests["POST /oauth/token"]
    world.run()
    assert world.sandbox.world.requests["POST /oauth/token"] == exchanges
    world.next_runs()
    assert world.state == "working"
    assert world.entry().parked is None
    assert world.sandbox.world.refresh_tokens_reused == 0


@pytest.mark.parametrize("seconds", [81, 90, 900])
def test_tokens_are_parked_before_the_run_ends(world: World, seconds: int) -> None:
    """However long Secrets Manager refuses, and however little time there was."""
    world.gate.arm(failing(STEPS["store"], "throttling", for_good=True))
    started = world.clock()
    run = world.run(seconds=seconds)
    assert [result.outcome.value for result in run.results] == ["parked"]
    assert world.clock() - started < seconds
    world.next_runs()
    assert world.state == "working"


def test_one_broken_account_does_not_keep_another_from_its_turn(world: World) -> None:
    good, world.ACCOUNT = world.ACCOUNT, "broken"  # type: ignore[misc]
    world._connect()
    world.ACCOUNT = good  # type: ignore[misc]
    import accounts.aws

    secret = world.store._settings.account_secret("broken")
    accounts.aws.client("secretsmanager").put_secret_value(SecretId=secret, SecretString="{}")
    run = world.run()
    assert {result.account: result.outcome.value for result in run.results} == {
        "broken": "failed",
        "default": "refreshed",
    }
    assert world.state == "working"
