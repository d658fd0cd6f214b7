"""Sends an operation, and retries it where that is safe.

The result is a ``Response`` or a typed error. ``http`` sends the request, ``retries`` decides what is retried, and
``responses`` says what a status means.
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
from calendly.deadline import Deadline
from calendly.errors import CalendlyUnavailableError, OutcomeUnknownError
from calendly.http import AnswerTooLargeError, Http, LostError, NotSentError
from calendly.retries import Outcome

SAFETY_MARGIN = 0.5
"""Seconds reserved before the deadline for turning a timeout into an answer."""

DEFAULT_RESET = 60.0
"""Calendly's window is a minute. Used if a 429 does not say when it resets."""

_OWN_MEMBERS = ("title", "message", "error")
"""Calendly's errors have a title and a message. Errors of its token endpoint have an error (RFC 6749, 5.2)."""


class Operation(NamedTuple):
    """A Calendly endpoint, as Calendly documents it.

    Attributes:
        method: the HTTP method.
        path: the path with its parameters in braces. Method and path are the operation's name.
        write: whether it changes something.
        repeatable: whether a write is idempotent: sending it again has the same effect.
        may_act_on_failure: whether Calendly documents that the write may have been carried out despite a 5xx.
    """

    method: str
    path: str
    write: bool = False
    repeatable: bool = False
    may_act_on_failure: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class RateLimit(NamedTuple):
    """A user's rate limit, as of Calendly's last answer. All applications of the user share it.

    Attributes:
        limit: requests per window.
        remaining: requests left in the window.
        reset: seconds from that answer until the next window.
    """

    limit: int
    remaining: int
    reset: float


class Response:
    """An HTTP answer.

    Attributes:
        status: the HTTP status.
        headers: by name; not case-sensitive.
        body: the parsed JSON; None if there is none.
        empty: whether the answer has no body.
    """

    def __init__(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.status = status
        self.headers = headers
        self.empty = not content
        self.body = _parse(content)

    def __repr__(self) -> str:
        return f"Response(status={self.status})"

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    @property
    def own(self) -> bool:
        """Whether an error is Calendly's own, and not that of something between Calendly and us."""
        body = self.body
        return isinstance(body, dict) and any(isinstance(body.get(name), str) for name in _OWN_MEMBERS)

    @property
    def refuses_token(self) -> bool:
        """Whether Calendly itself refuses the access token (RFC 6750, 3), and not something in between."""
        return self.status == 401 and (self.own or "bearer" in self.headers.get("WWW-Authenticate", "").lower())

    @property
    def reset(self) -> float:
        """Seconds until the rate limit resets: a delta, not an epoch."""
        for name in ("X-RateLimit-Reset", "Retry-After"):
            try:
                seconds = float(self.headers.get(name, ""))
            except ValueError:
                continue
            if 0 <= seconds <= 3600:
                return seconds
        return DEFAULT_RESET

    @cached_property
    def rate_limit(self) -> RateLimit | None:
        """The rate limit in the headers, if present."""
        limit, remaining = (self.headers.get(f"X-RateLimit-{name}", "") for name in ("Limit", "Remaining"))
        if not (limit.isdecimal() and remaining.isdecimal()):
            return None
        return RateLimit(int(limit), int(remaining), self.reset)


class Transport:
    """Sends requests over one session. Created once per process; safe to share between threads.

    Args:
        http: the session; a new one if left out.
        sleep: waits for a number of seconds.
        jitter: returns a random number in [0, 1).
    """

    def __init__(
        self,
        http: Http | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._http = http or Http()
        self._sleep = sleep
        self._jitter = jitter
        self.requests_sent = 0
        self._last: Response | None = None

    @property
    def rate_limit(self) -> RateLimit | None:
        """The rate limit in Calendly's last answer, if present."""
        return None if self._last is None else self._last.rate_limit

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
        """Send a request, retry it as ``retries.decide`` says, and return the last answer, whatever its status.

        Args:
            operation: the endpoint.
            url: the full URL without the query string.
            deadline: nothing is sent or waited for after it.
            headers: additional headers.
            auth: user name and password for HTTP Basic.
            params: the query string; a list is a parameter that is repeated.
            document: a JSON body.
            form: a form body.
            repeat: False for a request that must be sent at most once.

        Raises:
            CalendlyUnavailableError: no answer to a read, or to a write that was not sent.
            OutcomeUnknownError: no answer to a write that may have been carried out.
        """
        address = f"{url}?{urlencode(params, doseq=True)}" if params else url
        sent, body = _content(headers, auth, document, form)
        attempt = 0
        while True:
            attempt += 1
            if deadline.remaining() <= SAFETY_MARGIN:
                raise CalendlyUnavailableError(f"No time was left to send {operation}. Call again.")
            response: Response | None = None
            reason = ""
            try:
                response = self._once(operation.method, address, sent, body, deadline)
                outcome = _outcome(response, operation)
                if outcome is None:
                    return response
            except NotSentError as error:
                outcome, reason = Outcome.NOT_SENT, f" ({error})"
            except AnswerTooLargeError:
                raise _too_large(operation) from None
            except LostError as error:
                outcome, reason = Outcome.LOST, f" ({error})"
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
                raise _no_answer(operation, outcome, reason)
            self._sleep(decision.wait)

    def _once(
        self, method: str, address: str, headers: Mapping[str, str], body: bytes | None, deadline: Deadline
    ) -> Response:
        self.requests_sent += 1
        answer = self._http.send(method, address, headers=headers, body=body, deadline=deadline.before(SAFETY_MARGIN))
        self._last = Response(answer.status, answer.headers, answer.body)
        return self._last


def _content(
    headers: Mapping[str, str] | None, auth: tuple[str, str] | None, document: Any, form: Mapping[str, str] | None
) -> tuple[dict[str, str], bytes | None]:
    """Headers and body."""
    sent = {"Accept": "application/json", **(headers or {})}
    if auth is not None:
        sent["Authorization"] = f"Basic {base64.b64encode(':'.join(auth).encode()).decode()}"
    if document is not None:
        sent["Content-Type"] = "application/json"
        return sent, codec.encode(document)
    if form is not None:
        sent["Content-Type"] = "application/x-www-form-urlencoded"
        return sent, urlencode(form).encode()
    return sent, None


def _parse(content: bytes) -> Any:
    try:
        return codec.decode(content) if content else None
    except ValueError:
        return None


def _outcome(response: Response, operation: Operation) -> Outcome | None:
    """What a status means for the retry decision; None for an answer to return."""
    if response.status == 429:
        return Outcome.RATE_LIMITED
    if response.status == 503 and response.own and not operation.may_act_on_failure:
        return Outcome.NOT_ACTED
    return Outcome.SERVER_ERROR if response.status >= 500 else None


def _no_answer(operation: Operation, outcome: Outcome, reason: str) -> CalendlyUnavailableError | OutcomeUnknownError:
    if operation.write and outcome is Outcome.LOST:
        return unknown_outcome(operation, f"{operation} was sent and its answer was lost{reason}")
    return CalendlyUnavailableError(
        f"Calendly could not be reached for {operation}: {outcome.value}{reason}. Try again later."
    )


def _too_large(operation: Operation) -> CalendlyUnavailableError | OutcomeUnknownError:
    said = f"The answer to {operation} is larger than 16 MB"
    if operation.write:
        return unknown_outcome(operation, said)
    return CalendlyUnavailableError(f"{said}. Ask for less, such as a smaller count.")


def unknown_outcome(operation: Operation, what: str) -> OutcomeUnknownError:
    """The error for a write that may or may not have been carried out.

    Args:
        operation: the write.
        what: what is known, as a sentence without its period.
    """
    if operation.repeatable:
        return OutcomeUnknownError(
            f"{what}: it may or may not have happened. Sending it again is safe and has the same effect.",
            repeatable=True,
        )
    return OutcomeUnknownError(
        f"{what}: it may or may not have happened. Look for its result before you send it again."
    )
