"""Tools for agents: the actions as a model sees them, each run by the action's own Lambda.

What an action does, checks, logs and limits is its own. This only says for which account, how much time there is and
how long an answer may be, and tells the bus of each write.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from accounts import aws
from accounts.settings import settings
from actions.bus import OURS, PUT_SECONDS, BusUnavailableError, entry_of, put
from actions.declaration import TOOL_SETS
from actions.doors import DIRECT_BYTES, Call, as_value, for_tools
from actions.observability import count, log
from calendly import codec
from calendly.deadline import Deadline
from calendly.errors import (
    CalendlyError,
    CalendlyUnavailableError,
    InvalidRequestError,
    OutcomeUnknownError,
)

SETS = (*TOOL_SETS, "all")
WRITTEN = "Calendly agent write"
MODEL_BYTES = 20_000
"""Of rows in an answer: about five thousand tokens."""

ANSWER_SECONDS = 1.0
"""For the way back."""

WHY_CHARACTERS = 500
FIXED = ("account", "correlation_id")
"""Inputs of an action that no argument says: the account is in the address, where IAM decides on it."""

_MOST_TRIES = 3


class Tool(NamedTuple):
    """An action as a tool.

    Attributes:
        name: the action's.
        function: the logical id of its Lambda function.
        sets: the sets that it is in, besides ``all``.
        writes: whether it changes something.
        repeatable: whether running it again has the same effect as running it once.
        only_reads: whether a stack has it that was deployed to read only.
        shown: what a model sees: name, description, inputSchema and annotations.
    """

    name: str
    function: str
    sets: tuple[str, ...]
    writes: bool
    repeatable: bool
    only_reads: bool
    shown: dict[str, Any]


class Outcome(NamedTuple):
    """What came of running a tool: the action's answer, or ``{error, message, retryable, ...}``."""

    answer: Any
    failed: bool = False

    def __repr__(self) -> str:
        return f"Outcome(failed={self.failed})"


class Caller(NamedTuple):
    """For whom tools are run: the account, who asks (an ARN, or what stands for one), and the call to answer."""

    account: str
    who: str
    call: Call


def load(path: Path, chosen: str) -> dict[str, Tool]:
    """The tools of a set, by name, out of the generated file; those that the stack was deployed with."""
    deployed = [tool for tool in _all(path) if tool.only_reads or not settings().reads_only]
    return {tool.name: tool for tool in deployed if chosen == "all" or chosen in tool.sets}


@cache
def _all(path: Path) -> list[Tool]:
    return [Tool(name, **entry) for name, entry in json.loads(path.read_text()).items()]


def run(tool: Tool, arguments: Mapping[str, Any], caller: Caller) -> Outcome:
    """Run a tool. What goes wrong is an outcome as well; nothing is raised."""
    log.append_keys(account=caller.account, tool=tool.name)
    outcome = _run(tool, dict(arguments), caller)
    log.append_keys(outcome=_name(outcome))
    return outcome


def _run(tool: Tool, given: dict[str, Any], caller: Caller) -> Outcome:
    try:
        why = _why(given) if tool.writes else ""
        _refuse_fixed(given)
    except InvalidRequestError as error:
        return _failure(as_value(error))
    if not tool.writes:
        return _fitting(tool, given, caller)
    outcome = _ask(tool, given, caller, caller.call.deadline.before(PUT_SECONDS + ANSWER_SECONDS))
    if not _only_looks(given, outcome):
        _tell(tool, why, outcome, caller)
    return outcome


def way_on(tool: Tool, answer: Any) -> str:
    """A sentence for the model on how to get the rest of a list; empty where this is all."""
    pagination = answer.get("pagination") if isinstance(answer, dict) else None
    if not isinstance(pagination, dict):
        return ""
    for member, argument in (("next_page_token", "page_token"), ("next_start_time", "start_time")):
        if pagination.get(member):
            return (
                f"There is more. For the rest, call {tool.name} again with the same arguments and {argument} set to "
                f"the value of pagination.{member}."
            )
    return ""


def _why(given: dict[str, Any]) -> str:
    """Take the reason for a write out of its arguments."""
    why = given.pop("why", None)
    if why is None:
        return ""
    if not isinstance(why, str) or len(why) > WHY_CHARACTERS:
        raise InvalidRequestError.for_field("why", f"must be a text of at most {WHY_CHARACTERS} characters")
    return why


def _refuse_fixed(given: Mapping[str, Any]) -> None:
    for name in FIXED:
        if name in given:
            raise InvalidRequestError.for_field(name, "is no argument of a tool: the address says for which account")


def _fitting(tool: Tool, given: dict[str, Any], caller: Caller) -> Outcome:
    """What a tool reads, in rows that a model can take.

    Most lists end in a cursor where they would become too long. One that does not is asked for again with fewer rows.
    """
    deadline = caller.call.deadline.before(ANSWER_SECONDS)
    outcome = _ask(tool, given, caller, deadline)
    known = tool.shown["inputSchema"]["properties"]
    number = "count" if "count" in known else "max_items"
    for _ in range(_MOST_TRIES):
        rows = outcome.answer.get("collection") if isinstance(outcome.answer, dict) else None
        if number not in known or not isinstance(rows, list) or len(rows) < 2:
            break
        size = len(codec.encode(rows))
        if size <= MODEL_BYTES:
            break
        fewer = max(1, len(rows) * MODEL_BYTES // size * 9 // 10)
        shorter = _ask(tool, {**given, number: fewer}, caller, deadline)
        if shorter.failed:
            break
        outcome = shorter
    return outcome


def _ask(tool: Tool, given: Mapping[str, Any], caller: Caller, deadline: Deadline) -> Outcome:
    """Invoke the action, once, and wait for its answer."""
    try:
        answer = _invoke(tool, given, caller, deadline)
    except CalendlyError as error:
        return _failure(as_value(error))
    return _failure(answer) if isinstance(answer, dict) and "errorType" in answer else Outcome(answer)


def _invoke(tool: Tool, given: Mapping[str, Any], caller: Caller, deadline: Deadline) -> Any:
    from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, EndpointConnectionError

    context = for_tools(deadline, DIRECT_BYTES if tool.writes else MODEL_BYTES)
    payload = {**given, "account": caller.account, "correlation_id": caller.call.correlation_id}
    doing = f"to run {tool.name}"
    try:
        # Whole seconds, so that a process makes a handful of clients and not one for every call.
        client = aws.client("lambda", read_timeout=max(1.0, float(int(deadline.remaining()))), attempts=1)
        answer = client.invoke(
            FunctionName=f"{settings().stack}-{tool.function}",
            ClientContext=base64.b64encode(json.dumps(context).encode()).decode(),
            Payload=codec.encode(payload),
        )
        document = codec.decode(answer["Payload"].read() or b"null")
    except (ConnectTimeoutError, EndpointConnectionError) as error:
        raise aws.refused(doing, aws.error_code(error)) from error
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500) < 500:
            raise aws.refused(doing, aws.error_code(error)) from error
        raise _lost(tool, aws.error_code(error)) from error
    except (BotoCoreError, ValueError) as error:
        raise _lost(tool, aws.error_code(error)) from error
    if "FunctionError" in answer:
        raise _lost(tool, str(document.get("errorType")) if isinstance(document, dict) else "no reason given")
    return document


def _lost(tool: Tool, reason: str) -> CalendlyError:
    """The error for an action that was begun and whose answer is lost."""
    if not tool.writes:
        return CalendlyUnavailableError(f"{tool.name} did not answer ({reason}). Try again, or ask for less.")
    return OutcomeUnknownError(
        f"{tool.name} was begun and did not answer ({reason}). Look for its result before you run it again.",
        repeatable=tool.repeatable,
    )


def _failure(document: Mapping[str, Any]) -> Outcome:
    """What a model is told of an error."""
    details = document.get("errors") or document.get("candidates")
    said = {
        "error": document["errorType"],
        "message": document.get("errorMessage", ""),
        "retryable": bool(document.get("retryable")),
        "retry_after": document.get("retry_after"),
        "missing_scopes": document.get("missing_scopes"),
        "details": details,
    }
    return Outcome({name: value for name, value in said.items() if value is not None}, failed=True)


def _name(outcome: Outcome) -> str:
    """``done``, or the class of the error."""
    return str(outcome.answer["error"]) if outcome.failed else "done"


def _only_looks(given: Mapping[str, Any], outcome: Outcome) -> bool:
    """Whether a tool that can write was only asked what it would do, or to read."""
    if isinstance(outcome.answer, dict) and outcome.answer.get("dry_run") is True:
        return True
    return given.get("method") == "GET" or (outcome.failed and given.get("dry_run") in (True, "true"))


def _tell(tool: Tool, why: str, outcome: Outcome, caller: Caller) -> None:
    """Tell the bus of a write, without its arguments. The write stays done where the bus does not take the event."""
    detail = {
        "account": caller.account,
        "tool": tool.name,
        "who": caller.who,
        "why": why,
        "outcome": _name(outcome),
        "correlation_id": caller.call.correlation_id,
    }
    try:
        put(entry_of(OURS, WRITTEN, detail), caller.call.deadline)
    except BusUnavailableError as error:
        count("AgentWritesUntold")
        log.error("untold", detail=error.message, who=caller.who)
