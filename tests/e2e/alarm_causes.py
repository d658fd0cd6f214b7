"""What each alarm of the template tells of, brought about on the local stack; the data points that come of it.

A cause of a metric of this product is a fault of AWS or of Calendly, and a real function that logs the metric. A cause
of one of AWS's own metrics is a real failure where the local stack has one, and otherwise a data point of the metric
that AWS documents.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from local.workflows import STATE_MACHINE, start
from tests.cloudformation import Stack
from tests.cloudwatch import Metric, Metrics, logged
from tests.e2e.conftest import Running
from tests.e2e.test_webhooks import body_of, deliver, document
from tests.e2e.test_webhooks_ownership import subscribe
from tests.moves import Booked

STACK = Stack("local")
"""As the local stack deploys it."""

QUARTER = 15 * 60
"""The seconds between two runs of ``rotate_tokens``."""


class Told(NamedTuple):
    """What CloudWatch was told: while nothing was wrong, and then."""

    before: Metrics
    after: Metrics


Cause = Callable[[Running], Told]


@contextmanager
def outage(running: Running, *operations: str) -> Iterator[None]:
    """AWS answers these operations with 500. S3's has no name."""
    running.aws.before = lambda target, _: target in operations
    try:
        yield
    finally:
        running.aws.reset()


def counted(running: Running, act: Callable[[], Any]) -> Metrics:
    """What the functions count during an act."""
    since = time.time() - 0.001  # they tell milliseconds
    act()
    return logged(running.log(), since)


# Accounts


def rotate(running: Running) -> Metrics:
    """A run of the schedule."""
    return counted(running, lambda: running.direct("RotateTokens"))


def an_account_is_revoked(running: Running) -> Told:
    before = rotate(running)
    running.sandbox("revoke", account="default")
    assert running.direct("RetrieveUser")["errorType"] == "ReauthenticationRequiredError"
    return Told(before, rotate(running))


def calendly_refreshes_nothing_for_two_runs(running: Running) -> Told:
    before = rotate(running) + rotate(running).later(QUARTER)
    expire(running, "default", seconds=20 * 60)
    running.world.requests.clear()
    running.sandbox("faults", method="POST", path="/oauth/token", status=503, times=1000)
    try:
        after = rotate(running) + rotate(running).later(QUARTER)
        assert running.calendly_requests()["POST /oauth/token"] >= 2, "each run asked"
    finally:
        running.world.faults.clear()
    return Told(before, after)


def secrets_manager_is_down_and_tokens_are_parked(running: Running) -> Told:
    """They were parked by an earlier run, which takes 40 seconds: tests/faults/test_matrix.py has it."""
    before = rotate(running)
    parked = {"generation": {"N": "99"}, "sealed": {"B": b"sealed"}, "pad": {"L": [{"B": b"wrapped"}]}}
    note(running, "default", "parked", {"M": parked})
    with outage(running, "GetSecretValue"):
        return Told(before, rotate(running))


def no_run_ends(running: Running) -> Told:
    run = rotate(running)
    before = run + run.later(QUARTER) + run.later(2 * QUARTER)
    with outage(running, "Query"):
        dead = rotate(running)
    return Told(before, dead + dead.later(QUARTER) + dead.later(2 * QUARTER))


def expire(running: Running, account: str, seconds: float) -> None:
    """Let an account's token have so many seconds left, by its secret and by the table."""
    soon = time.time() + seconds
    running.stack.aws.client("secretsmanager").put_secret_value(
        SecretId=f"local/accounts/{account}",
        SecretString=json.dumps({**running.secret(account), "expires_at": soon}),
    )
    note(running, account, "summary.expires_at", {"N": str(soon)})


def note(running: Running, account: str, member: str, value: dict[str, Any]) -> None:
    """Let the table say something of an account."""
    running.stack.aws.client("dynamodb").update_item(
        TableName="Table",
        Key={"pk": {"S": "account"}, "sk": {"S": account}},
        UpdateExpression=f"SET {member} = :value",
        ExpressionAttributeValues={":value": value},
    )


# Bookings and agents


def an_old_booking_may_not_be_canceled(running: Running) -> Told:
    moved, stuck = Booked(running.world), Booked(running.world)

    def move(booked: Booked) -> Any:
        return running.direct("RescheduleEvent", event=booked.event["uri"], start_time=booked.start)

    before = counted(running, lambda: move(moved))
    assert moved.active != [moved.event["uri"]]
    denied = {"title": "Permission Denied", "message": "You are not allowed to cancel this event"}
    running.sandbox("faults", method="POST", path="/scheduled_events/{uuid}/cancellation", status=403, body=denied)
    after = counted(running, lambda: move(stuck))
    assert len(stuck.active) == 2
    return Told(before, after)


def the_bus_does_not_take_an_agents_write(running: Running) -> Told:
    links = running.world.data.scheduling_links

    def write() -> None:
        arguments = {"event_type": running.world.data.event_types[0]["uri"], "why": "Eve asked for a link"}
        call = {"name": "create_single_use_scheduling_link", "arguments": arguments}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        answer = running.http(
            "POST",
            "/accounts/default/mcp/booking",
            json=message,
            headers={"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-11-25"},
        )
        assert answer.ok, answer.text

    before = counted(running, write)
    with outage(running, "PutEvents"):
        after = counted(running, write)
    assert len(links) == 2, "both writes were carried out"
    return Told(before, after)


# Webhooks


def delivered(running: Running, status: int, **how: Any) -> Metrics:
    """What the receiver counts for a delivery, which it answers with this status."""

    def act() -> None:
        body = how.pop("body", None) or body_of(document(running, **how.pop("payload", {})))
        answer = deliver(running, body, **how)
        assert answer.status_code == status, answer.text

    return counted(running, act)


def the_bus_is_down(running: Running) -> Told:
    before = delivered(running, 200)
    with outage(running, "PutEvents"):
        return Told(before, delivered(running, 503))


def the_table_cannot_be_read(running: Running) -> Told:
    before = delivered(running, 200)
    with outage(running, "GetItem"):
        return Told(before, delivered(running, 503))


def a_large_delivery_cannot_be_kept(running: Running) -> Told:
    large = {"note": "x" * 250_000}
    before = delivered(running, 200, payload=large)
    with outage(running, ""):
        return Told(before, delivered(running, 503, payload=large))


def what_is_signed_is_no_webhook(running: Running) -> Told:
    return Told(delivered(running, 200), delivered(running, 200, body=body_of([time.time_ns()])))


def a_stranger_subscribed(running: Running) -> Told:
    theirs = {**document(running), "created_by": "https://api.calendly.com/users/SOMEBODY"}
    return Told(delivered(running, 200), delivered(running, 403, body=body_of(theirs)))


def a_delivery_comes_late(running: Running) -> Told:
    known = body_of(document(running))
    before = delivered(running, 200, body=known) + delivered(running, 401, body=known, age=190)
    return Told(before, delivered(running, 401, age=190))


def the_table_answers_what_nobody_expects(running: Running) -> Told:
    before = delivered(running, 200)
    running.aws.before = lambda target, _: {"Item": {"summary": {"S": "x"}}} if target == "GetItem" else None
    try:
        return Told(before, delivered(running, 500))
    finally:
        running.aws.reset()


def heal(running: Running) -> Metrics:
    """An hourly look at the subscriptions."""
    return counted(running, lambda: running.direct("HealSubscriptions"))


def a_subscription_fails(running: Running) -> Told:
    row = running.world.data.known(subscribe(running)["uri"])
    before = heal(running)
    row["retry_started_at"] = "2026-11-25T06:00:00.000000Z"
    return Told(before, heal(running))


def a_subscription_that_somebody_made_is_disabled(running: Running) -> Told:
    row = running.world.data.known(subscribe(running)["uri"])
    running.forget_subscriptions()
    before = heal(running)
    row["state"] = "disabled"
    return Told(before, heal(running))


def subscriptions_cannot_be_looked_at(running: Running) -> Told:
    subscribe(running)
    before = heal(running)
    running.sandbox("faults", method="GET", path="/webhook_subscriptions", status=403, times=20, body={"title": "No"})
    try:
        return Told(before, heal(running))
    finally:
        running.world.faults.clear()


# AWS's own


def is_metric(namespace: str, name: str, **dimensions: str) -> Metric:
    return Metric(namespace, name, frozenset(dimensions.items()))


def dies(function: str) -> Cause:
    """A function fails as a whole; Lambda counts an error where its answer is one."""

    def act(running: Running) -> Told:
        def errors() -> Metrics:
            answer = running.stack.invoke(function, {})
            named = STACK.properties(function)["FunctionName"]
            metric = is_metric("AWS/Lambda", "Errors", FunctionName=named)
            return Metrics().put(metric, time.time(), int("FunctionError" in answer))

        before = errors()
        with outage(running, "Query"):
            return Told(before, errors())

    return act


def the_receiver_is_killed(running: Running) -> Told:
    metric = is_metric("AWS/Lambda", "Errors", FunctionName=STACK.properties("ReceiveWebhook")["FunctionName"])
    before, died = Metrics().put(metric, time.time(), 0), []
    assert deliver(running, body_of(document(running))).ok

    def kill(operation: str, _: int) -> bool:
        if operation == "GetItem" and not died:
            for process in running.stack.pool.processes("ReceiveWebhook"):
                process.process.kill()
                died.append(process)
        return bool(died)

    running.aws.before = kill
    try:
        answer = deliver(running, body_of(document(running)))
    finally:
        running.aws.reset()
    assert answer.status_code >= 500
    return Told(before, Metrics().put(metric, time.time(), len(died)))


def six_requests_are_answered_5xx(running: Running) -> Told:
    """The bus is down for six deliveries."""
    metric = is_metric("AWS/ApiGateway", "5XXError", ApiName=STACK.properties("Api")["Name"], Stage="v1")
    told, now = Metrics(), time.time()
    with outage(running, "PutEvents"):
        for _ in range(6):
            answer = deliver(running, body_of(document(running)))
            told.put(metric, now, int(answer.status_code >= 500))
    five = Metrics({metric: told.points[metric][:5]})
    return Told(five, told)


def ends(status: str, metric: str, execute: Callable[[Running], str]) -> Cause:
    """An execution of a state machine ends with a status, which Step Functions counts as a metric."""

    def act(running: Running) -> Told:
        execution = execute(running)
        client = running.stack.aws.client("stepfunctions")
        until(lambda: client.describe_execution(executionArn=execution)["status"] != "RUNNING")
        found = client.describe_execution(executionArn=execution)
        assert found["status"] == status, found
        named = is_metric("AWS/States", metric, StateMachineArn=found["stateMachineArn"])
        return Told(Metrics().put(named, time.time(), 0), Metrics().put(named, time.time(), 1))

    return act


def until(is_so: Callable[[], Any]) -> None:
    end = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < end, "it does not come to it"
        time.sleep(0.05)


def with_a_name_that_nothing_has(running: Running) -> str:
    return start(running.stack.aws, "send-booking-link", {"event_type_name": "Demo"})


def stopped(running: Running) -> str:
    running.sandbox("faults", method="GET", path="/event_types", delay=1.0)
    execution = with_a_name_that_nothing_has(running)
    until(lambda: running.world.requests["GET /event_types"])
    running.stack.aws.client("stepfunctions").stop_execution(executionArn=execution)
    return execution


def waiting(running: Running) -> str:
    """An execution that waits for a person."""
    wanted = {"account": "default", "tool": "cancel_event", "arguments": {}, "why": "A test", "who": "an agent"}
    return start(running.stack.aws, "approve-write", wanted)


def waiting_in_vain(running: Running) -> str:
    client, machine = running.stack.aws.client("stepfunctions"), STATE_MACHINE + "approve-write"
    definition = client.describe_state_machine(stateMachineArn=machine)["definition"]
    hurried = json.dumps({**json.loads(definition), "TimeoutSeconds": 1})
    client.update_state_machine(stateMachineArn=machine, definition=hurried)
    try:
        return waiting(running)
    finally:
        client.update_state_machine(stateMachineArn=machine, definition=definition)


def aws_counts(namespace: str, name: str, **dimensions: str) -> Cause:
    """Something that only AWS does, and the local stack does not: the data point that AWS documents for it."""

    def act(_: Running) -> Told:
        metric = is_metric(namespace, name, **dimensions)
        return Told(Metrics().put(metric, time.time(), 0), Metrics().put(metric, time.time(), 1))

    return act


CAUSES: dict[str, Cause] = {
    "ReauthenticationAlarm": an_account_is_revoked,
    "OverdueAlarm": calendly_refreshes_nothing_for_two_runs,
    "ParkedAlarm": secrets_manager_is_down_and_tokens_are_parked,
    "RotationStoppedAlarm": no_run_ends,
    "RotationErrorsAlarm": dies("RotateTokens"),
    "ReschedulesUnfinishedAlarm": an_old_booking_may_not_be_canceled,
    "FinisherErrorsAlarm": dies("FinishReschedules"),
    "AgentWritesUntoldAlarm": the_bus_does_not_take_an_agents_write,
    "WebhooksRefusedAlarm": the_bus_is_down,
    "WebhooksUndecidedAlarm": the_table_cannot_be_read,
    "WebhooksNotKeptAlarm": a_large_delivery_cannot_be_kept,
    "WebhooksNotUnderstoodAlarm": what_is_signed_is_no_webhook,
    "WebhooksUnknownCreatorAlarm": a_stranger_subscribed,
    "WebhooksStaleAlarm": a_delivery_comes_late,
    "WebhooksUnexpectedAlarm": the_table_answers_what_nobody_expects,
    "ReceiverErrorsAlarm": the_receiver_is_killed,
    "SubscriptionsFailingAlarm": a_subscription_fails,
    "SubscriptionsDisabledAlarm": a_subscription_that_somebody_made_is_disabled,
    "SubscriptionsUnseenAlarm": subscriptions_cannot_be_looked_at,
    "HealerErrorsAlarm": dies("HealSubscriptions"),
    "ApiErrorsAlarm": six_requests_are_answered_5xx,
    "WorkflowsFailedAlarm": ends("FAILED", "ExecutionsFailed", with_a_name_that_nothing_has),
    "WorkflowsTimedOutAlarm": ends("TIMED_OUT", "ExecutionsTimedOut", waiting_in_vain),
    "WorkflowsAbortedAlarm": ends("ABORTED", "ExecutionsAborted", stopped),
    "SchedulerDropsAlarm": aws_counts("AWS/Scheduler", "InvocationDroppedCount", ScheduleGroup="local"),
    "ThrottlesAlarm": aws_counts("AWS/Lambda", "Throttles", FunctionName="local-ReceiveWebhook"),
    "UnstartedBookingsAlarm": aws_counts(
        "AWS/SQS", "ApproximateNumberOfMessagesVisible", QueueName="local-UnstartedBookings"
    ),
}
"""What brings each alarm about, by its logical id."""
