"""``approve ID``: answer the workflow approve-write, which waits for a person."""

from __future__ import annotations

import json
from typing import Any

from calendly_actions.doors import Stack
from calendly_actions.failures import NOT_FOUND, CallFailedError

WAITING = "publish.waitForTaskToken"


def answer(stack: Stack, execution: str, *, approved: bool) -> dict[str, Any]:
    """Approve or refuse the write that an execution waits with; returns what was answered, and to what.

    The token of the waiting task is in the execution's history, so nobody needs to hand it around. It takes the
    permissions ``states:GetExecutionHistory`` and ``states:SendTaskSuccess``.

    Raises:
        AwsError: AWS refuses.
        CallFailedError: the execution is not waiting.
    """
    events = stack.ask("stepfunctions", "get_execution_history", executionArn=execution, maxResults=100)["events"]
    asked = [details for each in events if _is_question(details := each.get("taskScheduledEventDetails") or {})]
    over = [each["type"] for each in events if each["type"] in ("TaskSucceeded", "TaskTimedOut", "ExecutionAborted")]
    if not asked or over:
        raise CallFailedError("NotWaiting", "It was answered already, or its day is over.", code=NOT_FOUND)
    question = json.loads(asked[0]["parameters"])
    by = stack.ask("sts", "get_caller_identity")["Arn"]
    token = question["MessageAttributes"]["task_token"]["StringValue"]
    output = json.dumps({"approved": approved, "by": by})
    stack.ask("stepfunctions", "send_task_success", taskToken=token, output=output)
    return {
        "execution": execution,
        "approved": approved,
        "by": by,
        "about": question["Message"].split("\n\nApprove")[0],
    }


def _is_question(details: dict[str, Any]) -> bool:
    return bool(details.get("resource") == WAITING)
