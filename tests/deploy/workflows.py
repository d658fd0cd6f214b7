"""Steps: the workflows, as they are deployed. Functions have their roles there; workflows do not (see texts.py)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from tests.deploy.check import Check, expect, until
from tests.deploy.documents import policies
from tests.deploy.emulator import ACCOUNT, REGION
from tests.deploy.mailbox import Mailbox
from tests.deploy.policies import AGENT

NAME = "30 Minute Meeting"


def on_booking(check: Check) -> str:
    """A subscription, a delivery, an event on the bus, and a workflow that it starts."""
    events = {"events": ["invitee.created", "invitee.canceled"]}
    answer = check.stack.call("POST", "/accounts/sales/webhook_subscriptions", events)
    expect(answer.status == 201, f"subscribing answered {answer.status}: {answer.text[:300]}")
    check.calendly.does("bookings", name="Eve Adams")
    client, machine = check.emulator.client("stepfunctions"), _machine(check, "on-booking")
    started = until(
        lambda: client.list_executions(stateMachineArn=machine)["executions"], "the delivery started no workflow"
    )
    output = _ended(check, started[0]["executionArn"])
    expect(output["invitee"]["name"] == "Eve Adams" and output["account"] == "sales", f"on-booking put out {output}")
    return "delivered, put on the bus, on-booking succeeded"


def others(check: Check) -> str:
    """A link that is sent, and what was missed being read back."""
    link = _ended(check, _start(check, "send-booking-link", {"account": "sales", "event_type_name": NAME}))
    expect(link["booking_url"], f"send-booking-link put out {link}")
    day = {"since": datetime.now(UTC) - timedelta(days=1), "until": datetime.now(UTC)}
    _ended(check, _start(check, "backfill", {"account": "sales", **{key: f"{at:%FT%TZ}" for key, at in day.items()}}))
    return "send-booking-link, with a link; backfill"


def approval(check: Check) -> str:
    """A write waits for a person; who may answer is who has what docs/agents.md names.

    The emulator tells nobody the task's token: its histories have no inputs, and its messages no attributes.
    """
    executions = _machine(check, "approve-write").replace(":stateMachine:", ":execution:")
    may = [
        {"Effect": "Allow", "Action": "states:GetExecutionHistory", "Resource": f"{executions}:*"},
        # In AWS the workflow's ARN does; the emulator does not know whose task a token is.
        {"Effect": "Allow", "Action": "states:SendTaskSuccess", "Resource": "*"},
    ]
    person = check.emulator.caller("approver", {"Version": "2012-10-17", "Statement": may})
    agent = check.emulator.caller("agent-who-approves", policies(check.stack.api_id)[AGENT])
    wanted = {"account": "sales", "tool": "cancel_event", "arguments": {"event": "x"}, "why": "a test", "who": "a step"}
    with Mailbox(check, check.stack.outputs["OperatorTopic"]) as mailbox:
        execution = _start(check, "approve-write", wanted)
        message = mailbox.next("nobody is asked")["Message"]
    expect(execution in message and "a test" in message, f"the message does not say what it is about: {message}")
    for caller, allowed in ((agent, False), (person, True)):
        client = check.emulator.client("stepfunctions", caller)
        for name, ask, given in (
            ("states:GetExecutionHistory", client.get_execution_history, {"executionArn": execution}),
            ("states:SendTaskSuccess", client.send_task_success, {"taskToken": "no-such-token", "output": "{}"}),
        ):
            expect(_allowed(ask, given) == allowed, f"{name} is {'refused' if allowed else 'allowed'}")
    check.emulator.client("stepfunctions").stop_execution(executionArn=execution)
    return "the topic asks, and names the execution; a person may answer, an agent may not"


def _allowed(ask: Callable[..., Any], given: dict[str, Any]) -> bool:
    """Whether IAM lets a call pass, whatever comes of it then."""
    try:
        ask(**given)
    except ClientError as error:
        return "AccessDenied" not in error.response["Error"]["Code"]
    return True


def _machine(check: Check, name: str) -> str:
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{check.stack.name}-{name}"


def _start(check: Check, name: str, given: dict[str, Any]) -> str:
    client = check.emulator.client("stepfunctions")
    return str(client.start_execution(stateMachineArn=_machine(check, name), input=json.dumps(given))["executionArn"])


def _ended(check: Check, execution: str) -> Any:
    """Wait for an execution's end, which has to be a success; returns its output."""
    client = check.emulator.client("stepfunctions")

    def over() -> Any:
        found = client.describe_execution(executionArn=execution)
        return found if found["status"] != "RUNNING" else None

    found = until(over, f"{execution} does not end", seconds=120)
    expect(found["status"] == "SUCCEEDED", f"{execution} ended with {found.get('error')}: {found.get('cause')}")
    return json.loads(found["output"])
