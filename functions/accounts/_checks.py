"""What an operator would look at, one check after the other. None changes anything, and none shows a secret."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple

from _wiring import connector, directory, subscriptions

from accounts import aws
from accounts.application import UNREADABLE
from accounts.directory import Seen
from accounts.entry import HEALTHY
from accounts.health import account_state, reason_of
from accounts.settings import settings
from actions.connected import store, transport
from calendly.deadline import Deadline
from calendly.errors import CalendlyError
from calendly.transport import Operation

RUNBOOK = "docs/runbook.md"
RUN_SECONDS = 45 * 60
"""Three runs of the schedule, after which the first access tokens expire."""

CLOCK_SECONDS = 30
"""Deliveries and signed requests take some minutes; a clock that is off this much is not kept."""

_SETTLED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"}


class Finding(NamedTuple):
    """One line of the report.

    Attributes:
        check: what was looked at.
        ok: whether there is nothing to do.
        found: what there is.
        what_to_do: None if there is nothing.
    """

    check: str
    ok: bool
    found: str
    what_to_do: str | None = None


def findings(deadline: Deadline) -> Iterator[Finding]:
    """All checks. One that AWS refuses, or for which no time is left, says so and keeps no other from its turn."""
    for name, check in CHECKS.items():
        if deadline.remaining() < 6:
            yield Finding(name, False, "There was no time left to look.", "Run this again.")
            continue
        yield from _unless_refused(name, check)


def _unless_refused(name: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What a look finds, or that AWS refuses it."""
    try:
        yield from look()
    except CalendlyError as error:
        yield Finding(name, False, error.message, "Find out why; the other checks may say it.")


def _client(service: str) -> Any:
    return aws.client(service, read_timeout=3.0, attempts=1)


def _stack() -> Iterator[Finding]:
    with aws.faults("to describe the stack"):
        found = _client("cloudformation").describe_stacks(StackName=settings().stack)["Stacks"][0]
    status = found["StackStatus"]
    todo = "See the stack's events in CloudFormation for why, and deploy again."
    yield Finding("stack", status in _SETTLED, f"{settings().stack} is {status}.", None if status in _SETTLED else todo)


def _logging_role() -> Iterator[Finding]:
    with aws.faults("to read API Gateway's settings"):
        role = _client("apigateway").get_account().get("cloudwatchRoleArn")
    todo = "Deploy with ApiGatewayLogging=create, or set the role of this account and region as your organization does."
    found = f"API Gateway logs with {role}." if role else "API Gateway has no role for its logs."
    yield Finding("API logs", bool(role), found, None if role else todo)


def _application() -> Iterator[Finding]:
    found = store().application(Deadline(6))
    if found.problem:
        known = found.problem if found.state != UNREADABLE else f"It cannot be read: {found.problem}"
        yield Finding("application", False, known, "Store it as this line says, then run this again.")
        return
    if found.webhook_signing_key is None:
        text = f"The secret {settings().oauth_app_secret} has no webhook_signing_key, so that webhooks are refused."
        yield Finding("application", False, text, "Add the key that Calendly showed when the application was made.")
        return
    yield Finding("application", True, f"The application {found.client_id} is stored, with a key for webhooks.")


def _rotation() -> Iterator[Finding]:
    at = directory().last_run()
    todo = f"Look at the schedule and at the log of rotate_tokens: {RUNBOOK}#rotationstoppedalarm"
    if at is None:
        yield Finding("rotation", False, "rotate_tokens has not run yet.", f"Wait 15 minutes; then: {todo}")
        return
    minutes = int((time.time() - at) / 60)
    late = time.time() - at > RUN_SECONDS
    yield Finding("rotation", not late, f"rotate_tokens ran {minutes} minutes ago.", todo if late else None)


def _schedules() -> Iterator[Finding]:
    moves = () if settings().reads_only else ("FinishReschedules",)
    for function in ("RotateTokens", "HealSubscriptions", *moves):
        yield from _unless_refused("schedule", partial(_schedule, f"{settings().stack}-{function}"))


def _schedule(name: str) -> Iterator[Finding]:
    client, group = _client("scheduler"), settings().stack
    with aws.faults(f"to read the schedule {name}"):
        try:
            state = client.get_schedule(Name=name, GroupName=group)["State"]
        except client.exceptions.ResourceNotFoundException:
            todo = (
                f"Create it again in the group {group}, as template.yaml has it: a deployment without changes does not."
            )
            yield Finding("schedule", False, f"{name} is not there.", todo)
            return
    enabled = state == "ENABLED"
    todo = f"Enable the schedule {name} in the group {group} (EventBridge Scheduler), or deploy again."
    yield Finding("schedule", enabled, f"{name} is {state}.", None if enabled else todo)


def _alarms() -> Iterator[Finding]:
    pages = _client("cloudwatch").get_paginator("describe_alarms")
    with aws.faults("to read the alarms"):
        found = [
            alarm
            for page in pages.paginate(AlarmNamePrefix=f"{settings().stack}-")
            for alarm in page.get("MetricAlarms", ())
        ]
    if not found:
        yield Finding("alarms", False, "The stack has no alarms.", "Deploy again: somebody deleted them.")
        return
    silent = [each["AlarmName"] for each in found if not each.get("ActionsEnabled") or not each.get("AlarmActions")]
    if silent:
        todo = "Enable their actions (aws cloudwatch enable-alarm-actions), or deploy again."
        yield Finding("alarms", False, f"Nobody is told of {', '.join(silent)}.", todo)
    else:
        yield Finding("alarms", True, f"All {len(found)} alarms have an action.")
    for alarm in found:
        if alarm["StateValue"] == "ALARM":
            anchor = alarm["AlarmName"].removeprefix(f"{settings().stack}-").lower()
            text = f"{alarm['AlarmName']} rings: {alarm.get('AlarmDescription', '')}."
            yield Finding("alarm", False, text, f"{RUNBOOK}#{anchor}")
    for topic in sorted({topic for alarm in found for topic in alarm.get("AlarmActions", ())}):
        yield from _unless_refused("who is told", partial(_listeners, topic))


def _listeners(topic: str) -> Iterator[Finding]:
    """Whether anybody hears of what is published to a topic."""
    with aws.faults(f"to read who hears of {topic}"):
        listed = _client("sns").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    confirmed = [each for each in listed if each["SubscriptionArn"].startswith("arn:")]
    todo = "Deploy with OperatorEmail, and confirm the subscription in the e-mail that SNS sends."
    found = f"{len(confirmed)} confirmed of {len(listed)} subscriptions to {topic}."
    yield Finding("who is told", bool(confirmed), found, None if confirmed else todo)


def _accounts() -> Iterator[Finding]:
    seen: Seen | None = directory().application()
    entries = directory().list()
    if not entries:
        yield Finding("accounts", False, "No account is connected.", "python -m calendly_actions connect default")
    known = subscriptions().states()
    for entry in entries:
        state = account_state(entry, time.time(), seen)
        missing = connector().missing_scopes(entry.summary.get("scopes"))
        again = f"python -m calendly_actions connect {entry.name}"
        if state != HEALTHY:
            yield Finding(
                "account", False, f"{entry.name} is {state}. {reason_of(entry, state, seen) or ''}".strip(), again
            )
        elif missing:
            found = f"{entry.name} is connected without {', '.join(missing)}."
            yield Finding("account", False, found, f"If actions need them: {again}")
        else:
            yield Finding("account", True, f"{entry.name} is healthy.")
        for each in known[entry.name].subscriptions if entry.name in known else ():
            broken = each.state == "disabled" or each.retry_started_at
            found = f"{each.uri} of {entry.name} is {'failing' if broken and each.state != 'disabled' else each.state}."
            todo = f"{RUNBOOK}#subscriptions{'disabled' if each.state == 'disabled' else 'failing'}alarm"
            yield Finding("subscription", not broken, found, todo if broken else None)


def _calendly() -> Iterator[Finding]:
    me = Operation("GET", "/users/me")
    answer = transport().send(me, f"{settings().api}/users/me", deadline=Deadline(5), repeat=False)
    own = answer.refuses_token
    todo = "Something between the functions and Calendly answers: look at the proxy, the firewall and CalendlyApiUrl."
    found = f"{settings().api} answers." if own else f"{settings().api} answers with {answer.status}, not as Calendly."
    yield Finding("Calendly", own, found, None if own else todo)
    date = transport().date
    if date:
        off = (datetime.now(UTC) - date).total_seconds()
        right = abs(off) <= CLOCK_SECONDS
        todo = "Deliveries are refused by their age. Ask AWS Support: a function's clock is AWS's own."
        found = f"The clock is {'right' if right else f'{off:.0f} seconds off Calendly'}."
        yield Finding("clock", right, found, None if right else todo)


def _table() -> Iterator[Finding]:
    with aws.faults("to describe the table"):
        found = _client("dynamodb").describe_table(TableName=settings().table)["Table"]
    protected = bool(found.get("DeletionProtectionEnabled"))
    found = f"The table is {'' if protected else 'not '}protected against deletion."
    todo = "For production, deploy with DeletionProtection=on."
    yield Finding("deletion", protected, found, None if protected else todo)


def _key() -> Iterator[Finding]:
    with aws.faults("to describe the key"):
        state = _client("kms").describe_key(KeyId=settings().kms_key)["KeyMetadata"]["KeyState"]
    usable = state == "Enabled"
    todo = "Without it no token can be read: aws kms enable-key, or aws kms cancel-key-deletion, at once."
    yield Finding("key", usable, f"The key {settings().kms_key} is {state}.", None if usable else todo)


CHECKS: dict[str, Callable[[], Iterator[Finding]]] = {
    "stack": _stack,
    "API logs": _logging_role,
    "application": _application,
    "key": _key,
    "rotation": _rotation,
    "schedule": _schedules,
    "alarms": _alarms,
    "accounts": _accounts,
    "Calendly": _calendly,
    "deletion": _table,
}
