"""The action runtime: everything between a Lambda event and an action's one function.

    @action(scope="scheduled_events:read")
    def handler(input: RetrieveEvent, connected: Connected) -> Document[ScheduledEvent]:
        return connected.calendly.scheduled_events.retrieve(input.event)

The decorated name is a Lambda handler with both doors.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, get_type_hints

from pydantic import BaseModel

from accounts.account import Account, how_to_connect
from accounts.settings import settings
from accounts.store import AccountStore
from accounts.tokens import AccountTokens, TokenCache, invoke_rotate_tokens
from actions import doors, inputs
from actions.doors import Call, Request
from actions.inputs import CreateInput, Input, PagedInput, ScopedInput
from actions.observability import count, log
from calendly import scopes
from calendly.client import Calendly
from calendly.documents import Document, Page
from calendly.errors import CalendlyError, InsufficientScopeError
from calendly.transport import Transport

if TYPE_CHECKING:
    from actions.pages import Fetch, Order

Handler = Callable[[Any, Any], Any]


class Answer(NamedTuple):
    """A JSON answer with an HTTP status; the direct door gives the body alone."""

    body: Any
    status: int = 200

    def __repr__(self) -> str:
        return f"Answer(status={self.status})"


class HttpPage(NamedTuple):
    """A web page, for the functions that people meet in a browser."""

    html: str
    status: int
    headers: dict[str, str]

    def __repr__(self) -> str:
        return f"HttpPage(status={self.status})"


class Connected:
    """What an action works with: a connected account and Calendly as that account sees it."""

    def __init__(self, call: Call, account: Account, calendly: Calendly) -> None:
        self.call = call
        self.account = account
        self.calendly = calendly

    def user(self, reference: str | None) -> str:
        """The user meant: the account's own for ``me`` or nothing."""
        return self.account.owner if reference in (None, "me") else str(reference)

    def organization(self, reference: str | None) -> str:
        """The organization meant: the account's own for nothing."""
        return reference or self.account.organization

    def is_me(self, user: str) -> bool:
        """Whether a user is the account's own."""
        path = self.calendly.path
        return path(user, "users") == path(self.account.owner, "users")

    def whose(self, wanted: ScopedInput) -> dict[str, Any]:
        """The scope of webhooks, and whose it is."""
        return {
            "scope": wanted.scope,
            "organization": self.organization(wanted.organization),
            "user": self.user(wanted.user) if wanted.scope == "user" else None,
            "group": wanted.group,
        }

    def pages(self, wanted: PagedInput, fetch: Fetch, order: Order | None = None) -> Answer:
        """One page or all of them, as ``actions.pages`` says. ``fetch`` takes a page size and a page token."""
        from actions.pages import fetch_pages

        return Answer(fetch_pages(self.call, wanted, fetch, order))

    def all_of(
        self, page_token: str | None, filters: dict[str, Any], fetch: Callable[[str | None], Page[Any]]
    ) -> Answer:
        """All pages of a list that Calendly does not page, and we do.

        It looks like Calendly's own: without ``pagination``, unless it is not complete.
        """
        from actions.cursors import Cursor
        from actions.pages import collect

        if page_token is not None:
            Cursor.parse(page_token)
        body = collect(self.call, page_token, filters, lambda _, token: fetch(token))
        complete = body["pagination"]["next_page_token"] is None
        return Answer({"collection": body["collection"]} if complete else body)


Action = Callable[[Any, Connected], Document[Any] | Page[Any] | Answer]


@lru_cache(maxsize=1)
def transport() -> Transport:
    """The process's one HTTP session."""
    return Transport()


@lru_cache(maxsize=1)
def store() -> AccountStore:
    return AccountStore(settings())


@lru_cache(maxsize=1)
def _token_cache() -> TokenCache:
    return TokenCache()


def action(*, scope: str) -> Callable[[Action], Handler]:
    """Make a Lambda handler of a function from input to output.

    Args:
        scope: the Calendly scope the action needs; checked before Calendly is called where the grant is known.
    """

    def decorate(function: Action) -> Handler:
        name = function.__module__
        model: type[Input] = get_type_hints(function)["input"]

        def run(call: Call) -> Answer:
            if issubclass(model, CreateInput) and (key := call.idempotency_key) is not None:
                doors.merge(call.input, "idempotency_key", key)
            input = inputs.parse(model, call.input)
            log.add(account=input.account)
            connected = _connect(call, input.account, scope)
            before = transport().requests_sent
            try:
                return _once(name, input, connected, function)
            except InsufficientScopeError as error:
                raise _insufficient(connected.account, error.missing_scopes or (scope,)) from None
            finally:
                count("CalendlyRequests", transport().requests_sent - before)

        handler = _handler(function, run)
        handler.scope = scope  # type: ignore[attr-defined]
        handler.model = model  # type: ignore[attr-defined]
        return handler

    return decorate


def endpoint(function: Callable[[Any, Call], Answer | HttpPage]) -> Handler:
    """Make a Lambda handler, with both doors, of a function that is no action: it takes no account's tokens."""
    model: type[BaseModel] = get_type_hints(function)["input"]
    return _handler(function, lambda call: function(inputs.parse(model, call.input), call))


def receiver(function: Callable[[Request], Answer]) -> Handler:
    """Make a Lambda handler, with the HTTP door alone, of a function that takes requests as they came."""
    return _handling(function, lambda event, context, _: function(doors.receive(event, context)))


def _handler(function: Callable[..., Any], run: Callable[[Call], Answer | HttpPage]) -> Handler:
    return _handling(function, lambda event, context, correlation: run(doors.enter(event, context, correlation)))


def _once(
    name: str,
    input: Input,
    connected: Connected,
    function: Action,
) -> Answer:
    """Run an action's function; with an idempotency key, only if it was not run with that key before."""

    def run() -> Answer:
        result = function(input, connected)
        return result if isinstance(result, Answer) else Answer(result.body, result.status)

    if not (isinstance(input, CreateInput) and input.idempotency_key):
        return run()
    # Costs 100 ms at a cold start, and is wanted by few calls.
    from actions.repeats import first_answer

    answer = first_answer(name, input, connected.call.deadline, lambda: run()._asdict())
    return Answer(**answer)


def _handling(function: Callable[..., Any], answer_to: Callable[[Any, Any, str], Answer | HttpPage]) -> Handler:
    name = function.__module__

    def handler(event: Any, context: Any) -> Any:
        started = time.perf_counter()
        http = doors.is_http(event)
        correlation = doors.correlation_id(event, context)
        log.begin(action=name, door="http" if http else "direct", correlation_id=correlation)
        try:
            answer = answer_to(event, context, correlation)
            log.end("INFO", "done", milliseconds=_milliseconds_since(started))
        except Exception as error:  # the boundary: whatever went wrong leaves as a class callers know
            problem = error if isinstance(error, CalendlyError) else _unexpected(error)
            count(f"Failed{type(problem).__name__}")
            log.end(
                "ERROR" if problem.http_status >= 500 else "WARNING",
                "failed",
                milliseconds=_milliseconds_since(started),
                error=type(problem).__name__,
                detail=problem.message,
            )
            if not http:
                raise problem from None
            return doors.http_problem(problem, correlation)
        if isinstance(answer, HttpPage):
            return {"statusCode": answer.status, "headers": answer.headers, "body": answer.html}
        return doors.http_answer(answer.status, answer.body, correlation) if http else answer.body

    return handler


def _connect(call: Call, name: str, scope: str) -> Connected:
    tokens = AccountTokens(
        name,
        store=store(),
        cache=_token_cache(),
        ask_rotation=invoke_rotate_tokens(settings().rotate_tokens_function),
        deadline=call.deadline,
    )
    account = tokens.account()
    if _lacks(scope, account):
        # It may have been connected anew since it was read.
        account = tokens.reread()
        if _lacks(scope, account):
            raise _insufficient(account, (scope,))
    calendly = Calendly(transport(), tokens, deadline=call.deadline, api=settings().api)
    return Connected(call, account, calendly)


def _lacks(scope: str, account: Account) -> bool:
    return account.scopes is not None and bool(scopes.missing([scope], account.scopes))


def _insufficient(account: Account, missing: tuple[str, ...]) -> InsufficientScopeError:
    return InsufficientScopeError(
        f"The account '{account.name}' was connected without the scope {', '.join(missing)}. "
        f"{how_to_connect(account.name)}",
        missing_scopes=missing,
    )


def _milliseconds_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)


def _unexpected(error: Exception) -> CalendlyError:
    """A bug of ours. Its message may hold anything, so it stays out of the answer and of the log."""
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno} {trace.tb_frame.f_code.co_name}")
        trace = trace.tb_next
    log.error("unexpected", exception_type=type(error).__name__, frames=frames[-12:])
    return CalendlyError(
        f"An unexpected {type(error).__name__}; this is a bug. The log tells where, under the correlation id."
    )
