"""What goes wrong: at Calendly, at AWS, and with the functions' processes."""

from __future__ import annotations

import json
import multiprocessing
import random
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from werkzeug.test import run_wsgi_app

from local.ports import HOST
from local.stack import LocalStack
from sandbox.errors import error_body
from sandbox.server import serve

App = Callable[..., Iterable[bytes]]

KILL_SECONDS = 2.0
"""How often functions are killed: each time a half of all processes."""

OUTAGE_OF_ALL = 0.2
"""For which part of its time Calendly is down where everything goes wrong at once."""


class Answer(NamedTuple):
    """An answer of Calendly's, before it is sent."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    def raw(self, length: int) -> bytes:
        """As it is on the wire, with the first ``length`` bytes of the body, on a connection that ends with it."""
        kept = [(name, value) for name, value in self.headers if name.lower() not in ("content-length", "connection")]
        lines = [f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in kept)]
        head = "\r\n".join([*lines, f"Content-Length: {len(self.body)}", "Connection: close", "", ""])
        return head.encode("latin-1") + self.body[:length]


class Request(NamedTuple):
    """A request to Calendly that something happens to."""

    carry_out: Callable[[], Answer]
    socket: socket.socket
    chance: random.Random


Strike = Callable[[Request], Answer | None]
"""Something happens to a request; None where the connection was cut."""


def slow(request: Request) -> Answer:
    time.sleep(request.chance.uniform(0.2, 1.2))
    return request.carry_out()


def rate_limited(request: Request) -> Answer:
    reset = 60 if request.chance.random() < 0.2 else 1
    headers = {"X-RateLimit-Limit": "500", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(reset)}
    return _own(429, headers)


def server_error(request: Request) -> Answer:
    """Calendly's own or a gateway's. A 503 of Calendly's own says that it did not act; after any other it may have."""
    status = request.chance.choice((500, 502, 503))
    is_own = request.chance.random() < 0.5
    if not (is_own and status == 503) and request.chance.random() < 0.5:
        request.carry_out()
    return _own(status) if is_own else _html(f"{status} Bad Gateway")


def cut(request: Request) -> None:
    """Before Calendly acts, after it acted, or half-way through its answer."""
    place = request.chance.randrange(3)
    if place:
        answer = request.carry_out()
        if place == 2:
            request.socket.sendall(answer.raw(len(answer.body) // 2))
    request.socket.shutdown(socket.SHUT_RDWR)


def drip(request: Request) -> None:
    """The body comes whole, in ten pieces over one or two seconds."""
    answer = request.carry_out()
    text = answer.raw(len(answer.body))
    pause, size = request.chance.uniform(0.1, 0.2), max(1, len(text) // 10)
    for start in range(0, len(text), size):
        request.socket.sendall(text[start : start + size])
        time.sleep(pause)
    request.socket.shutdown(socket.SHUT_RDWR)


def broken(request: Request) -> Answer:
    """A success that is cut off within its JSON, is no object, is a page of HTML, or is empty."""
    answer = request.carry_out()
    bodies = (answer.body[: len(answer.body) // 2], b"[]", b"<html>Welcome</html>", b"")
    headers = [(name, value) for name, value in answer.headers if name.lower() != "content-length"]
    return Answer(answer.status, headers, request.chance.choice(bodies))


def anything(request: Request) -> Answer | None:
    return request.chance.choice((slow, rate_limited, server_error, cut, drip, broken))(request)


def _own(status: int, headers: dict[str, str] | None = None) -> Answer:
    body = json.dumps(error_body(status)).encode()
    return Answer(f"{status} Error", [("Content-Type", "application/json"), *(headers or {}).items()], body)


def _html(status: str) -> Answer:
    body = f"<html><body><h1>{status}</h1></body></html>".encode()
    return Answer(status, [("Content-Type", "text/html")], body)


@dataclass(frozen=True)
class Fault:
    """One kind of trouble.

    Attributes:
        name: as the tables call it.
        does: what it does, for the page.
        sees: what a caller sees of it, for the page.
        calendly: what happens to a share of the requests to Calendly.
        share: of those requests.
        throttled: the share of the calls of DynamoDB, Secrets Manager and EventBridge that are refused.
        kills: whether processes of functions are killed.
        down: for which part of the time Calendly listens to nobody.
    """

    name: str
    does: str
    sees: str
    calendly: Strike | None = None
    share: float = 0.4
    throttled: float = 0.0
    kills: bool = False
    down: float = 0.0

    @property
    def may_put_again(self) -> bool:
        """Whether an event may come onto the bus again: what records it may fail (docs/step-functions.md)."""
        return self.kills or self.throttled > 0


@dataclass
class Trouble:
    """Makes the fault of the moment happen to a stack: it wraps Calendly and AWS."""

    fault: Fault | None = None
    _chance: random.Random = field(default_factory=lambda: random.Random(1))  # noqa: S311 - a benchmark's

    def calendly(self, app: App) -> App:
        def troubled(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            fault = self.fault
            is_control = environ["PATH_INFO"].startswith("/_sandbox")
            if fault is None or fault.calendly is None or is_control or self._chance.random() >= fault.share:
                return app(environ, start_response)

            def carry_out() -> Answer:
                body, status, headers = run_wsgi_app(app, environ, buffered=True)
                return Answer(status, list(headers), b"".join(body))

            answer = fault.calendly(Request(carry_out, environ["werkzeug.socket"], self._chance))
            if answer is None:
                # The connection is cut, so this goes nowhere.
                start_response("500 Cut", [])
                return []
            start_response(answer.status, answer.headers)
            return [answer.body]

        return troubled

    def aws(self, app: App) -> App:
        def throttled(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            fault, target = self.fault, environ.get("HTTP_X_AMZ_TARGET", "")
            is_meant = target.startswith(("DynamoDB", "secretsmanager")) or target == "AWSEvents.PutEvents"
            if fault is None or not is_meant or self._chance.random() >= fault.throttled:
                return app(environ, start_response)
            start_response("400 Bad Request", [("Content-Type", "application/x-amz-json-1.1")])
            return [b'{"__type": "ThrottlingException", "message": "Rate exceeded"}']

        return throttled

    @contextmanager
    def during(self, stack: LocalStack, fault: Fault, seconds: float) -> Any:
        """The fault happens for as long as the block lasts, which is to be about so many seconds."""
        with ExitStack() as ending:
            if fault.throttled:
                # The next calls read their secrets, which functions keep for a while.
                stack.pool.recycle()
            if fault.kills:
                ending.enter_context(_repeated(self._kill))
            if fault.down == 1:
                ending.enter_context(_outage(stack))
            elif fault.down:
                wait = threading.Timer(seconds / 3, lambda: _short_outage(stack, seconds * fault.down))
                wait.start()
                ending.callback(wait.join)
            self.fault = fault
            try:
                yield
            finally:
                self.fault = None

    def _kill(self) -> None:
        functions = multiprocessing.active_children()
        for process in self._chance.sample(functions, (len(functions) + 1) // 2):
            process.kill()


@contextmanager
def _repeated(action: Callable[[], None]) -> Any:
    ended = threading.Event()

    def work() -> None:
        while not ended.wait(KILL_SECONDS):
            action()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextmanager
def _outage(stack: LocalStack) -> Any:
    """Nobody listens at Calendly's port, and what was connected is cut."""
    port = stack.ports.calendly
    server = stack.servers[port]
    server.shutdown()
    server.server_close()
    with socket.socket() as place:
        # It is bound and does not listen, so that no other program gets the port meanwhile.
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        place.bind((HOST, port))
        try:
            yield
        finally:
            stack.servers[port] = serve(server.app, port)


def _short_outage(stack: LocalStack, seconds: float) -> None:
    with _outage(stack):
        time.sleep(seconds)


FAULTS = (
    Fault("none", "Nothing goes wrong; the others are compared with this.", "Right answers."),
    Fault(
        "slow answers",
        "Calendly takes 0.2 to 1.2 s longer for every answer.",
        "Right answers, later by what Calendly takes, times the requests that an action sends.",
        calendly=slow,
        share=1.0,
    ),
    Fault(
        "rate limit",
        "429 with `X-RateLimit-Reset`: one second in four of five cases, otherwise a minute.",
        "Right answers, a second or two later. Where the reset is further away than the call may wait, `RateLimitedError` with "
        "`retry_after`, for reads and writes alike: nothing was done.",
        calendly=rate_limited,
    ),
    Fault(
        "server errors",
        "500, 502 and 503, half with Calendly's body and half with a gateway's HTML; half after Calendly acted, except for its own 503.",
        "Reads are repeated and mostly right, otherwise `CalendlyUnavailableError`. Writes are `OutcomeUnknownError` unless "
        "Calendly itself says 503. A booking whose answer was lost is looked for, so most of them are answered right.",
        calendly=server_error,
    ),
    Fault(
        "cut connections",
        "Cut before Calendly acts, after it acted, or half-way through the body.",
        "The same as with server errors: nobody can tell a write that was lost from one whose answer was.",
        calendly=cut,
    ),
    Fault(
        "slow bodies",
        "The body drips in, in ten pieces over one to two seconds.",
        "Right answers, later by as much.",
        calendly=drip,
    ),
    Fault(
        "broken JSON",
        "A success whose body is cut off, a list, a page of HTML, or empty.",
        "`CalendlyUnavailableError` for reads, at once, and `OutcomeUnknownError` for writes. Never half an answer.",
        calendly=broken,
    ),
    Fault(
        "AWS throttles",
        "DynamoDB, Secrets Manager and EventBridge answer 40 % of all calls with ThrottlingException, and no function has read its "
        "secret yet.",
        "Mostly right answers, because calls of AWS are repeated. Otherwise `AccountUnavailableError`, and nothing was done. "
        "Where the answer of a create could not be remembered, the caller has it, but a repeat with the same key waits for it in "
        "vain, 25 s at most, and makes nothing. Webhooks are delivered again until they are on the bus.",
        throttled=0.4,
    ),
    Fault(
        "functions killed",
        "Every two seconds a half of all functions' processes get SIGKILL.",
        "Lambda's own `Runtime.ExitError` (over HTTP a 5xx without a problem document) for calls under way, and cold starts. A key that "
        "a killed call held stays taken, so nothing is made twice ([errors](errors.md)).",
        kills=True,
    ),
    Fault(
        "Calendly down",
        "Nobody listens at Calendly's address, for the whole time.",
        "`CalendlyUnavailableError`, for reads and writes alike, after three repeats: nothing was sent.",
        down=1,
    ),
    Fault(
        "all at once",
        "Each of the above: 40 % of the requests to Calendly, 20 % of the calls of AWS, processes killed, and Calendly down for a "
        "fifth of the time.",
        "All of the above.",
        calendly=anything,
        throttled=0.2,
        kills=True,
        down=OUTAGE_OF_ALL,
    ),
)
