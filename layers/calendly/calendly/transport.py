"""The one place that speaks HTTP.

A request goes out, and what comes back is a ``Response`` or a typed error. Retries follow ``retries.decide``; what a
status means is ``responses.raise_for``'s to say.
"""

from __future__ import annotations

import base64
import random
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from calendly import codec, retries
from calendly.connections import Connections, Headers, LostError, NotSentError
from calendly.deadline import Deadline
from calendly.errors import CalendlyUnavailableError, OutcomeUnknownError
from calendly.retries import Outcome

SAFETY_MARGIN = 0.5
"""Seconds kept back from the deadline to turn a timeout into an answer."""

RESET_HEADER = "x-ratelimit-reset"
DEFAULT_RESET = 60.0
"""Calendly's window is a minute; used when a 429 does not say when it resets."""

_GATEWAY_STATUSES = (502, 504)


class Operation(NamedTuple):
    """A Calendly endpoint, as Calendly documents it.

    Attributes:
        method: the HTTP method.
        path: the path with its parameters in braces; together with the method, the operation's name.
        role: who may do this, where Calendly documents it; told to a caller who may not.
        write: whether it changes something, so that repeating it blindly is not safe.
    """

    method: str
    path: str
    role: str = ""
    write: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class Room(NamedTuple):
    """What Calendly last said about the rate limit of a user, which all of their applications share.

    Attributes:
        limit, remaining: requests in the window, and how many are left.
        reset: seconds until the next window, when it was said.
    """

    limit: int
    remaining: int
    reset: float


class Response:
    """An HTTP answer.

    Attributes:
        status: of HTTP.
        headers: of which there are a few to read.
        body: the parsed JSON; None where there was none.
    """

    def __init__(self, status: int, headers: Headers, body: Any) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def __repr__(self) -> str:
        return f"Response(status={self.status})"

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def reset(self) -> float:
        """Seconds until the rate limit resets: a delta, not an epoch."""
        try:
            seconds = float(self.headers.get(RESET_HEADER))
        except ValueError:
            return DEFAULT_RESET
        return seconds if 0 <= seconds <= 3600 else DEFAULT_RESET

    @cached_property
    def room(self) -> Room | None:
        """What it says of the rate limit, if anything."""
        limit, remaining = (self.headers.get(f"x-ratelimit-{name}") for name in ("limit", "remaining"))
        if not (limit.isdecimal() and remaining.isdecimal()):
            return None
        return Room(int(limit), int(remaining), self.reset)


class Transport:
    """Sends requests over kept-alive connections. Made once per process; safe to share between threads."""

    def __init__(
        self,
        *,
        user_agent: str = "calendly-actions",
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._connections = Connections()
        self._headers = {"User-Agent": user_agent, "Accept": "application/json"}
        self._sleep = sleep
        self._jitter = jitter
        self.requests_sent = 0
        self._last: Response | None = None

    @property
    def room(self) -> Room | None:
        """What Calendly said last about the rate limit, if it said anything; read when somebody asks."""
        return None if self._last is None else self._last.room

    def send(
        self,
        operation: Operation,
        url: str,
        *,
        deadline: Deadline,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        params: Mapping[str, Any] | None = None,
        document: Any = None,
        form: Mapping[str, str] | None = None,
        repeat: bool = True,
    ) -> Response:
        """Send one request, repeated as ``retries.decide`` allows, and return the last answer whatever its status.

        Args:
            operation: which endpoint this is.
            url: the full address.
            deadline: nothing is sent or waited for past it.
            headers: additional headers.
            auth: user name and password for HTTP Basic.
            params: the query string.
            document: a JSON body.
            form: a form body.
            repeat: False for a request that must go out at most once, whatever happens.

        Raises:
            CalendlyUnavailableError: no answer, and Calendly did not act.
            OutcomeUnknownError: no answer to a write that Calendly may have acted on.
        """
        address = f"{url}?{urlencode(params)}" if params else url
        sent, body = self._content(headers, auth, document, form)
        attempt = 0
        while True:
            attempt += 1
            if deadline.remaining() <= SAFETY_MARGIN:
                raise CalendlyUnavailableError(f"No time was left to send {operation}. Call again.")
            response: Response | None = None
            try:
                response = self._once(operation.method, address, sent, body, deadline)
                outcome = _outcome(response.status)
                if outcome is None:
                    return response
            except NotSentError:
                outcome = Outcome.NOT_SENT
            except LostError:
                outcome = Outcome.LOST
            decision = retries.decide(
                outcome,
                write=operation.write,
                attempt=attempt,
                remaining=deadline.remaining(),
                jitter=self._jitter(),
                reset=response.reset if response is not None else None,
            )
            if not (repeat and decision.again):
                if response is not None:
                    return response
                raise _no_answer(operation, outcome)
            self._sleep(decision.wait)

    def _content(
        self,
        headers: Mapping[str, str] | None,
        auth: tuple[str, str] | None,
        document: Any,
        form: Mapping[str, str] | None,
    ) -> tuple[dict[str, str], bytes | None]:
        """Headers and body."""
        sent = {**self._headers, **(headers or {})}
        if auth is not None:
            sent["Authorization"] = f"Basic {base64.b64encode(':'.join(auth).encode()).decode()}"
        if document is not None:
            sent["Content-Type"] = "application/json"
            return sent, codec.encode(document)
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            return sent, urlencode(form).encode()
        return sent, None

    def _once(
        self, method: str, address: str, headers: Mapping[str, str], body: bytes | None, deadline: Deadline
    ) -> Response:
        self.requests_sent += 1
        answer = self._connections.send(
            method, address, headers=headers, body=body, deadline=deadline.before(SAFETY_MARGIN)
        )
        response = Response(answer.status, answer.headers, _parse(answer.body))
        self._last = response
        return response


def _parse(content: bytes) -> Any:
    try:
        return codec.decode(content) if content else None
    except ValueError:
        return None


def _outcome(status: int) -> Outcome | None:
    """What a status means for the retry decision; None when it is an answer to hand on."""
    if status == 429:
        return Outcome.RATE_LIMITED
    if status in _GATEWAY_STATUSES:
        return Outcome.GATEWAY
    return Outcome.SERVER_ERROR if status >= 500 else None


def _no_answer(operation: Operation, outcome: Outcome) -> CalendlyUnavailableError | OutcomeUnknownError:
    if operation.write and outcome is Outcome.LOST:
        return OutcomeUnknownError(
            f"{operation} was sent and its answer was lost: it may or may not have happened. "
            "Look for its result before you send it again."
        )
    return CalendlyUnavailableError(f"Calendly could not be reached for {operation}: {outcome.value}. Try again later.")
