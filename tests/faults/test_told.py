"""At least once: state changes are told, and idempotency keys do not burn, whichever answer of AWS's is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from werkzeug.wrappers import Response

from accounts import aws
from accounts.announce import Announcer
from accounts.application import Application
from accounts.directory import Seen
from accounts.rotation import Rotation
from actions import repeats
from calendly.deadline import Deadline
from calendly.errors import AccountUnavailableError, CalendlyError, OutcomeUnknownError
from tests.faults.test_verdicts import refuse
from tests.faults.traps import failing
from tests.faults.world import World, aws_error
from tests.unit.test_architecture import RESOURCES


@pytest.fixture
def told(world: World) -> Iterator[Callable[[], list[Any]]]:
    """What the default bus was told of this world's stack."""
    sqs, events = aws.client("sqs"), aws.client("events")
    stack = world.store._settings.stack
    queue = sqs.create_queue(QueueName=stack)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {"source": ["calendly-actions"], "detail": {"stack": [stack]}}
    events.put_rule(Name=stack, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=stack, Targets=[{"Id": "1", "Arn": arn}])

    def read() -> list[Any]:
        found = []
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                found.append(json.loads(message["Body"]))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        return found

    yield read
    events.remove_targets(Rule=stack, Ids=["1"])
    events.delete_rule(Name=stack)


def run(world: World, minutes: float = 15) -> None:
    """A scheduled run as ``rotate_tokens`` makes it, which goes on where telling the world fails."""
    world.clock.sleep(60 * minutes)
    announcer = Announcer(world.store._settings.stack, world.directory, now=world.clock)

    def announce(name: str) -> None:
        try:
            announcer(name)
        except CalendlyError:
            return

    app = world.oauth.app
    seen = Seen.of(Application("ok", None, app.client_id, app.client_secret))
    rotation = Rotation(world.directory, world.refresher(), announce, application=lambda: seen, now=world.clock)
    rotation.run(Deadline(900, clock=world.clock))


def states(events: list[Any]) -> list[tuple[str, str]]:
    return [
        (event["detail"]["previous_state"], event["detail"]["state"])
        for event in events
        if event["detail-type"] == "Calendly account state changed"
    ]


def test_each_change_is_told_once_where_nothing_is_lost(world: World, told: Callable[[], list[Any]]) -> None:
    run(world)
    assert states(told()) == []
    refuse(world, 2)
    run(world, 65)
    run(world)
    assert states(told()) == [("healthy", "needs_reauthentication")]
    run(world, 60)
    run(world)
    assert states(told()) == [("needs_reauthentication", "healthy")]


def test_the_operators_messages_are_made_of_what_the_events_say(world: World, told: Callable[[], list[Any]]) -> None:
    run(world)
    refuse(world, 2)
    run(world, 65)
    run(world, 60)
    broken, healed = [each for each in told() if each["detail-type"] == "Calendly account state changed"]
    for event, name in ((broken, "AccountStates"), (healed, "AccountsHealthyAgain")):
        rule = RESOURCES[name]["Properties"]
        assert event["source"] in rule["EventPattern"]["source"]
        assert event["detail-type"] in rule["EventPattern"]["detail-type"]
        transformer = rule["Targets"][0]["InputTransformer"]
        assert set(re.findall(r"<(\w+)>", transformer["InputTemplate"])) == set(transformer["InputPathsMap"])
        for path in transformer["InputPathsMap"].values():
            assert event["detail"][path.removeprefix("$.detail.")], path


@pytest.mark.parametrize("acted", [False, True])
def test_a_change_is_told_although_the_note_of_it_is_lost(
    world: World, told: Callable[[], list[Any]], acted: bool
) -> None:
    run(world)
    refuse(world, 2)

    cuts = failing(("UpdateItem", 1), "cut after it acted" if acted else "cut before it acted", for_good=True)

    def lose_the_note(called: str, count: int, let_through: Callable[[], None]) -> Response | None:
        if called == "UpdateItem" and "announced" in world.gate.bodies[-1]:
            return cuts(called, count, let_through)
        return None

    world.gate.arm(lose_the_note)
    run(world, 65)
    world.gate.arm(None)
    run(world)
    run(world)
    expected = ("healthy", "needs_reauthentication")
    assert states(told()) == ([expected] if acted else [expected, expected]), "twice is better than never"


def test_a_change_is_told_although_the_bus_refuses_it_first(world: World, told: Callable[[], list[Any]]) -> None:
    run(world)
    refuse(world, 2)
    world.gate.arm(lambda called, count, _: aws_error("throttling") if called == "PutEvents" else None)
    run(world, 65)
    world.gate.arm(None)
    run(world)
    assert states(told()) == [("healthy", "needs_reauthentication")]


@pytest.fixture
def key(world: World, monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], Any]:
    """Call something with an idempotency key, with boto3's own second attempt as in a function."""
    settings = world.store._settings
    monkeypatch.setattr(repeats, "settings", lambda: settings)
    import boto3
    from botocore.config import Config

    config = Config(retries={"total_max_attempts": 2, "mode": "standard"}, connect_timeout=2, read_timeout=2)
    client = boto3.client("dynamodb", config=config)
    monkeypatch.setattr(repeats.aws, "client", lambda *_, **__: client)
    wanted: Any = SimpleNamespace(
        account="default", idempotency_key="order 1", model_dump=lambda **_: {"event_type": "x"}
    )
    return lambda create: repeats.first_answer("create", wanted, {"event_type": "x"}, Deadline(3), create)


def test_a_key_whose_first_write_lost_its_answer_is_used_by_its_own_call(world: World, key: Any) -> None:
    """boto3 asks again, and meets what it wrote itself."""
    made: list[str] = []
    world.gate.arm(failing(("PutItem", 1), "cut after it acted", for_good=False))
    assert key(lambda: made.append("one") or {"made": 1}) == {"made": 1}
    assert world.gate.calls["PutItem"] == 2
    assert key(lambda: made.append("two") or {"made": 2}) == {"made": 1}
    assert made == ["one"]


def test_a_key_that_was_written_for_nothing_is_free(world: World, key: Any) -> None:
    """Both answers were lost, and nothing was sent."""
    world.gate.arm(failing(("PutItem", 1), "cut after it acted", for_good=True))
    with pytest.raises(AccountUnavailableError):
        key(lambda: {"made": 0})
    world.gate.arm(None)
    assert key(lambda: {"made": 1}) == {"made": 1}


def test_a_key_of_another_call_is_not_taken_and_not_given_back(world: World, key: Any) -> None:
    def second() -> Any:
        with pytest.raises(OutcomeUnknownError, match="has begun"):
            key(lambda: {"made": 2})
        return {"made": 1}

    assert key(second) == {"made": 1}
    assert key(lambda: {"made": 3}) == {"made": 1}


def test_what_failed_is_tried_anew(world: World, key: Any) -> None:
    def fail() -> Any:
        raise CalendlyError("no")

    with pytest.raises(CalendlyError, match="no"):
        key(fail)
    assert key(lambda: {"made": 1}) == {"made": 1}


def test_a_delivery_whose_first_write_lost_its_answer_is_delivered_once(world: World, key: Any) -> None:
    world.gate.arm(failing(("PutItem", 1), "cut after it acted", for_good=False))
    delivered: list[int] = []
    for _ in range(2):
        repeats.only_once("webhook", {"event": "x"}, Deadline(5), lambda: delivered.append(1))
    assert delivered == [1]
