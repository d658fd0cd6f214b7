"""The action runtime: everything between a Lambda event and an action's function.

    @action("GET /scheduled_events/{event}", scope="scheduled_events:read", example={"event": "..."})
    def handler(input: RetrieveEvent, connected: Connected) -> Document[ScheduledEvent]:
        return connected.calendly.scheduled_events.retrieve(input.event)

The decorated function is a Lambda handler with both doors.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from traceback import walk_tb
from typing import Any, get_type_hints

from actions import doors, inputs
from actions.connected import Connected, connect, insufficient_scope, transport
from actions.declaration import Declaration
from actions.doors import Answer, BusEvent, Call, HttpPage, Request, ToolCall, as_answer
from actions.inputs import CreateInput, Input, WriteInput
from actions.observability import count, log, observed
from actions.proxy_event import merge
from actions.writes import carry_out
from calendly.documents import Document, Page
from calendly.errors import CalendlyError, InsufficientScopeError, PermissionDeniedError, PlanUpgradeRequiredError

__all__ = [
    "Answer",
    "Connected",
    "Function",
    "HttpPage",
    "action",
    "endpoint",
    "gateway",
    "receiver",
    "subscriber",
    "task",
]

Result = Document[Any] | Page[Any] | Answer

Look = Callable[[Any, Connected], Result | None]
"""Finds what an earlier call made with the same input, or None. It takes what an action's function takes."""


class Function:
    """A Lambda handler: an action, an endpoint, or a receiver.

    Args:
        function: from input to answer. An action's second argument is the connected account, any other's the call.
        declaration: what the action's file says; None for what is no action.
        look: what an action that creates looks with, where the outcome of an earlier call is not known.

    Attributes:
        name: the module's name, which is the action's.
        model: the input model; ``Request``, ``BusEvent`` or ``ToolCall`` for a function that takes raw requests, events
            of the bus, or AgentCore's calls.
    """

    def __init__(
        self,
        function: Callable[[Any, Any], Any],
        declaration: Declaration | None = None,
        look: Look | None = None,
    ) -> None:
        self.name = function.__module__
        self.function = function
        self.declaration = declaration
        self.look = look
        self.model: Any = get_type_hints(function)["input"]
        self._observed = observed(self._handle)

    def __call__(self, event: Any, context: Any) -> Any:
        return self._observed(event, context)

    def _handle(self, event: Any, context: Any) -> Any:
        started = time.perf_counter()
        call = doors.enter(event, context)
        log.set_correlation_id(call.correlation_id)
        log.append_keys(action=self.name, door=call.door)
        try:
            input = self._parse(call)
            answer = self._act(input, call, self.declaration) if self.declaration else self.function(input, call)
        except Exception as error:  # the boundary: callers only see classes that they know
            problem = error if isinstance(error, CalendlyError) else _unexpected(error)
            count(f"Failed{type(problem).__name__}")
            tell = log.error if problem.http_status >= 500 else log.warning
            tell("failed", error=type(problem).__name__, detail=problem.message, milliseconds=_since(started))
            return doors.refuse(call, problem)
        log.info("done", milliseconds=_since(started))
        return doors.leave(call, answer)

    def _parse(self, call: Call) -> Any:
        if self.model is Request:
            return call.request
        if self.model is BusEvent:
            return call.bus_event
        if self.model is ToolCall:
            return call.tool_call
        if issubclass(self.model, CreateInput) and (key := call.idempotency_key) is not None:
            merge(call.input, "idempotency_key", key)
        return inputs.parse(self.model, call.input)

    def _act(self, input: Input, call: Call, declared: Declaration) -> Answer:
        """Run the action on the account in its input."""
        log.append_keys(account=input.account)
        dry_run = isinstance(input, WriteInput) and input.dry_run
        connected = connect(call, input.account, declared.scope, dry_run=dry_run)
        before = transport().requests_sent

        def run() -> Answer:
            return as_answer(self.function(input, connected))

        def look() -> Answer | None:
            found = self.look(input, connected) if self.look else None
            return None if found is None else as_answer(found)

        try:
            if isinstance(input, WriteInput):
                return carry_out(self.name, input, connected, run, look if self.look else None, again=declared.again)
            return run()
        except CalendlyError as error:
            raise _explained(error, declared, input.account) from None
        finally:
            sent = transport().requests_sent - before
            count("CalendlyRequests", sent)
            if sent and (limit := transport().rate_limit):
                count("RateLimitRemaining", limit.remaining)


def action(
    route: str,
    *,
    scope: str,
    example: Mapping[str, Any],
    role: str = "",
    plan: str = "",
    destroys: bool = False,
    repeatable: bool = False,
    tools: tuple[str, ...] = (),
    aws_role: str = "",
    also_reads: bool = False,
    look: Look | None = None,
    again: bool = False,
) -> Callable[[Callable[[Any, Connected], Result]], Function]:
    """Make a Lambda handler of an action's function. ``Declaration`` explains the arguments.

    Whether the action writes, and what goes with that (``dry_run``, ``idempotency_key``, ``confirm``), is said by the
    class that its input derives from. ``look`` is for actions that create: it is asked where a call with the same
    idempotency key has an outcome that nobody knows, and must not make a second.
    """
    declared = Declaration(route, scope, role, plan, destroys, repeatable, tools, example, aws_role, also_reads, again)
    return lambda function: Function(function, declared, look)


def task(*, scope: str) -> Callable[[Callable[[Any, Connected], Result]], Function]:
    """Make a Lambda handler of a workflow's task on a connected account: an action without a route."""
    return lambda function: Function(function, Declaration("", scope))


def endpoint(function: Callable[[Any, Call], Answer | HttpPage]) -> Function:
    """Make a Lambda handler, with both doors, of a function that does not use an account's tokens."""
    return Function(function)


def receiver(function: Callable[[Request, Call], Answer | HttpPage]) -> Function:
    """Make a Lambda handler, with only the HTTP door, of a function that takes raw requests."""
    return Function(function)


def subscriber(function: Callable[[BusEvent, Call], Answer]) -> Function:
    """Make a Lambda handler of a function that a rule of the stack's bus calls."""
    return Function(function)


def gateway(function: Callable[[ToolCall, Call], Answer]) -> Function:
    """Make a Lambda handler of a function that AgentCore Gateway calls. An error is a value there."""
    return Function(function)


def _explained(error: CalendlyError, declared: Declaration, account: str) -> CalendlyError:
    """The error with what the action knows: who may do this, on which plan, and how to get the scope."""
    if isinstance(error, InsufficientScopeError) and (error.missing_scopes or declared.scope):
        return insufficient_scope(account, error.missing_scopes or (declared.scope,))
    if isinstance(error, PermissionDeniedError) and error.about_role and declared.role:
        return PermissionDeniedError(f"{error.message} This requires {declared.role}.", about_role=True)
    if isinstance(error, PlanUpgradeRequiredError) and declared.plan:
        return PlanUpgradeRequiredError(f"{error.message} This requires {declared.plan}.")
    return error


def _since(started: float) -> float:
    """Milliseconds."""
    return round((time.perf_counter() - started) * 1000, 1)


def _unexpected(error: Exception) -> CalendlyError:
    """The error for a bug. The exception's message may hold anything, so it is neither answered nor logged."""
    frames = [
        f"{frame.f_code.co_filename}:{line} {frame.f_code.co_name}" for frame, line in walk_tb(error.__traceback__)
    ]
    log.error("unexpected", exception_type=type(error).__name__, frames=frames[-12:])
    return CalendlyError(
        f"An unexpected {type(error).__name__}. This is a bug; search the log for the correlation id to see where."
    )
