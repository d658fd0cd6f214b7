"""The receiver killed with SIGKILL between every two of its steps, and in front of what does not answer."""

from __future__ import annotations

import time

import pytest

from tests.e2e.conftest import Bus, Running
from tests.e2e.test_webhooks import body_of, deliver, document, key
from tests.sizes import cases

STEPS = {
    "the keys": ("GetSecretValue", 1),
    "whose it is": ("GetItem", 1),
    "the record": ("PutItem", 1),
    "the event": ("PutEvents", 1),
    "the record's end": ("UpdateItem", 1),
    "the note": ("UpdateItem", 2),
}


def forget_place(running: Running) -> None:
    """Twelve seconds pass: the place of whoever died at a delivery is given away."""
    table = running.stack.aws.client("dynamodb")
    for item in table.scan(TableName="Table")["Items"]:
        if item["pk"]["S"] == "webhook" and item.get("status", {}).get("S") == "INPROGRESS":
            table.update_item(
                TableName="Table",
                Key={"pk": item["pk"], "sk": item["sk"]},
                UpdateExpression="SET in_progress_expiration = :past",
                ExpressionAttributeValues={":past": {"N": "1"}},
            )


@pytest.mark.parametrize(("step", "when"), cases(STEPS, ["before", "after"]))
def test_killed_around_a_call_of_aws(running: Running, bus: Bus, step: str, when: str) -> None:
    operation, position = STEPS[step]
    body, signing_key = body_of(document(running)), key(running)
    running.stack.pool.recycle()
    running.aws.reset()

    def trap(called: str, count: int) -> bool:
        if (called, count) != (operation, position):
            return False
        for process in running.stack.pool.processes("ReceiveWebhook"):
            process.process.kill()
            process.process.join()
        return True

    setattr(running.aws, when, trap)
    answer = deliver(running, body, signed_with=signing_key)
    assert answer.status_code >= 500
    assert running.aws.calls[operation] >= position, "the process was to be killed"
    running.aws.reset()
    forget_place(running)
    assert deliver(running, body).status_code == 200
    assert deliver(running, body).json()["duplicate"] is True
    events = bus.read()
    # EventBridge may have taken it, and nobody is left to write that down.
    twice = (step, when) in {("the event", "after"), ("the record's end", "before")}
    assert len(events) == (2 if twice else 1)
    assert len({event["detail"]["id"] for event in events}) == 1


@pytest.mark.parametrize("operation", ["GetSecretValue", "GetItem", "PutItem", "PutEvents", "everything"])
def test_calendly_is_answered_in_time_whatever_hangs(running: Running, bus: Bus, operation: str) -> None:
    """It waits for 15 seconds, and ends the subscription of whoever does not answer for a day."""
    deliver(running, body_of(document(running)))
    running.stack.pool.recycle()
    body, signing_key = body_of(document(running)), key(running)

    def hang(target: str, _: int) -> None:
        if operation in (target, "everything"):
            time.sleep(13)

    running.aws.before = hang
    began = time.monotonic()
    answer = deliver(running, body, signed_with=signing_key)
    took = time.monotonic() - began
    running.aws.reset()
    assert answer.status_code == 503, answer.text
    assert took < 15
