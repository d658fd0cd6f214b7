"""HTTP, against servers and proxies that speak what a test tells them to."""

from __future__ import annotations

import gzip
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from calendly.deadline import Deadline
from calendly.http import (
    MAX_ANSWER_BYTES,
    USER_AGENT,
    Answer,
    AnswerTooLargeError,
    Http,
    LostError,
    NotSentError,
    shared,
)
from tests.integration.asking import CHUNKED, HEAD, OK, get, send, took_until
from tests.integration.serving import Authority, Listening, Says, drip

pytestmark = pytest.mark.usefixtures("environment")


# One request, one answer


def test_a_connection_is_used_again(serving) -> None:  # type: ignore[no-untyped-def]
    server, http = serving(), Http()
    answers = [get(http, server) for _ in range(3)]
    assert [(answer.status, answer.body, answer.headers.get("x-thing")) for answer in answers] == [
        (200, b"{}", "yes")
    ] * 3
    assert server.connections == 1
    assert server.requests[0].startswith(b"GET /path?q=1 HTTP/1.1\r\n")


def test_so_is_one_with_tls(serving, trusted: Authority) -> None:  # type: ignore[no-untyped-def]
    server, http = serving(tls=trusted.tls), Http()
    assert [get(http, server).body for _ in range(3)] == [b"{}"] * 3
    assert server.connections == 1


def test_a_request_says_who_sends_it_and_what_is_understood(serving) -> None:  # type: ignore[no-untyped-def]
    server = serving()
    get(Http(), server, headers={"Authorization": "Bearer x"})
    lines = set(server.requests[0].rstrip(b"\r\n").split(b"\r\n")[1:])
    assert lines == {
        f"Host: 127.0.0.1:{server.port}".encode(),
        f"User-Agent: {USER_AGENT}".encode(),
        b"Accept-Encoding: gzip",
        b"Authorization: Bearer x",
    }


def test_a_body_has_a_length_whatever_the_method(serving) -> None:  # type: ignore[no-untyped-def]
    server, http = serving(), Http()
    get(http, server, body=b"{}")
    send(http, server.url, method="POST")
    assert b"Content-Length: 2\r\n" in server.requests[0]
    assert server.requests[0].endswith(b"\r\n\r\n{}")
    assert b"Content-Length: 0\r\n" in server.requests[1]


def test_a_signature_is_made_of_the_request_as_it_is_sent(serving) -> None:  # type: ignore[no-untyped-def]
    def sign(request: Any) -> Any:
        request.headers["Authorization"] = f"{request.method} {request.url} {request.body.decode()}"
        return request

    server = serving()
    send(Http(), f"{server.url}/", method="POST", body=b"{}", auth=sign)
    assert f"Authorization: POST {server.url}/ {{}}\r\n".encode() in server.requests[0]


def test_a_process_has_one_session() -> None:
    assert shared() is shared()


def test_an_answer_does_not_show_what_is_in_it() -> None:
    assert repr(Answer(200, {"set-cookie": "secret"}, b"secret")) == "Answer(status=200)"


def test_threads_share_a_session(serving) -> None:  # type: ignore[no-untyped-def]
    def slowly(_: int) -> bytes:
        time.sleep(0.1)
        return OK

    server, http = serving(slowly), Http()
    with ThreadPoolExecutor(16) as threads:
        assert [answer.body for answer in threads.map(lambda _: get(http, server), range(32))] == [b"{}"] * 32
    assert server.connections <= 16


def test_no_thread_is_left(serving) -> None:  # type: ignore[no-untyped-def]
    server, http = serving(lambda number: OK if number < 3 else b""), Http()
    before = set(threading.enumerate())
    for _ in range(2):
        get(http, server)
    with pytest.raises(LostError):
        get(http, server, deadline=Deadline(0.2))
    assert [each for each in threading.enumerate() if each not in before and each.name != "server"] == []


# What is not sent


@pytest.mark.parametrize(
    "headers",
    [{"Authorization": "Bearer x\r\nX-More: y"}, {"A": "b\n c"}, {"A\r\nB": "c"}, {"A": "\u20ac"}, {"A": "b\rc"}],
)
def test_a_header_cannot_bring_another(serving, headers: dict[str, str]) -> None:  # type: ignore[no-untyped-def]
    server = serving()
    with pytest.raises(ValueError, match=r"line break|latin-1"):
        get(Http(), server, headers=headers)
    assert server.connections == 0


@pytest.mark.parametrize("path", ["/a b", "/caf\u00e9", "/a?q=\r\nX: y", "/a?q=\x00", "/a\tb", "/a?\n"])
def test_a_path_that_is_not_encoded_is_not_sent(serving, path: str) -> None:  # type: ignore[no-untyped-def]
    server = serving()
    with pytest.raises(ValueError, match="not encoded"):
        get(Http(), server, path)
    assert server.connections == 0


def test_nobody_there_means_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(NotSentError) as caught:
        send(Http(), f"http://127.0.0.1:{port}/?secret")
    assert str(caught.value) == "ConnectionError"


@pytest.mark.parametrize("url", ["http://", "ftp://127.0.0.1/", "http://no.such.host.invalid/", "http://127.0.0.1:x/"])
def test_an_address_that_leads_nowhere_means_not_sent(url: str) -> None:
    with pytest.raises(NotSentError):
        send(Http(), url)


def test_no_time_left_means_not_sent(serving) -> None:  # type: ignore[no-untyped-def]
    server, http = serving(), Http()
    get(http, server)
    with pytest.raises(NotSentError):
        get(http, server, deadline=Deadline(0))
    assert len(server.requests) == 1


@pytest.mark.parametrize("is_kept", [False, True])
def test_time_that_runs_out_before_anything_is_sent_means_not_sent(serving, is_kept: bool) -> None:  # type: ignore[no-untyped-def]
    def sign_slowly(request: Any) -> Any:
        time.sleep(0.15)
        return request

    server, http = serving(), Http()
    if is_kept:
        get(http, server)
    with pytest.raises(NotSentError):
        get(http, server, deadline=Deadline(0.1), auth=sign_slowly)
    assert len(server.requests) == is_kept


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have a host of several addresses."""

    def to(*ports: int) -> None:
        found = [(socket.AF_INET, socket.SOCK_STREAM, 0, "", ("127.0.0.1", port)) for port in ports]
        monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)

    return to


@pytest.fixture
def black_hole() -> Iterator[int]:
    """The port of somebody who never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening:
        address = listening.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        yield address[1]
        for each in waiting:
            each.close()


def test_the_next_address_is_tried_where_one_does_not_answer(  # type: ignore[no-untyped-def]
    serving, resolve: Callable[..., None], black_hole: int
) -> None:
    server = serving()
    with socket.create_server(("127.0.0.1", 0)) as unused:
        refusing = unused.getsockname()[1]
    resolve(refusing, black_hole, server.port)
    assert get(Http(), server, deadline=Deadline(1.0)).status == 200


def test_all_addresses_share_the_time_there_is(resolve: Callable[..., None], black_hole: int) -> None:
    resolve(*[black_hole] * 20)
    took_until(0.4, NotSentError, lambda deadline: send(Http(), f"http://127.0.0.1:{black_hole}", deadline=deadline))
    resolve()
    with pytest.raises(NotSentError):
        send(Http(), f"http://127.0.0.1:{black_hole}")


# The deadline

SLOW = {
    "silence": (b"", b""),
    "the status line": (b"", b"H" * 100),
    "the headers": (HEAD, b"X-Thing: " + b"x" * 100),
    "the body": (HEAD + b"Content-Length: 1000\r\n\r\n", b"x" * 100),
    "a body without a length": (HEAD + b"\r\n", b"x" * 100),
    "a body before a hang-up": (HEAD + b"Connection: close\r\nContent-Length: 1000\r\n\r\n", b"x" * 100),
    "chunks": (CHUNKED, b"1\r\nx\r\n" * 20),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 4),
    "trailers": (CHUNKED + b"0\r\n", b"X: y\r\n" * 20),
}


@pytest.mark.parametrize("is_tls", [False, True], ids=["plain", "tls"])
@pytest.mark.parametrize("case", SLOW)
def test_what_drips_in_is_given_up_at_the_deadline(  # type: ignore[no-untyped-def]
    serving, trusted: Authority, case: str, is_tls: bool
) -> None:
    def slowly(number: int) -> Says:
        return drip(*SLOW[case]) if number == 1 else OK

    server, http = serving(slowly, tls=trusted.tls if is_tls else None), Http()
    took_until(0.3, LostError, lambda deadline: get(http, server, deadline=deadline))
    assert get(http, server).body == b"{}"


def test_a_request_that_nobody_takes_is_given_up_at_the_deadline(listening) -> None:  # type: ignore[no-untyped-def]
    class Deaf(Listening):
        def serve(self, connection: socket.socket) -> None:
            time.sleep(1.5)

    url = f"http://127.0.0.1:{listening(Deaf()).port}/"
    body = b"x" * 30_000_000
    took_until(0.5, LostError, lambda deadline: send(Http(), url, method="POST", body=body, deadline=deadline))


def test_tls_that_never_completes_is_given_up_at_the_deadline(serving) -> None:  # type: ignore[no-untyped-def]
    class Deaf(Listening):
        def serve(self, connection: socket.socket) -> None:
            # A record that says it is long, and comes slowly.
            for piece in drip(b"\x16\x03\x03\x40\x00", b"\x02" * 60):
                connection.sendall(piece)

    deaf = Deaf()
    took_until(0.5, NotSentError, lambda deadline: send(Http(), f"https://127.0.0.1:{deaf.port}/", deadline=deadline))
    deaf.close()


# How much of an answer is read


def peak(call: Callable[[], object]) -> int:
    """Bytes of memory that a call takes at most."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def plenty() -> Iterator[bytes]:
    yield HEAD + b"Content-Length: 100000000\r\n\r\n"
    for _ in range(100):
        yield b"x" * 1_000_000


def chunks() -> Iterator[bytes]:
    yield CHUNKED
    for _ in range(100):
        yield b"f4240\r\n" + b"x" * 1_000_000 + b"\r\n"


def all_at_once() -> Iterator[bytes]:
    yield CHUNKED + b"-1\r\n"
    for _ in range(100):
        yield b"x" * 1_000_000


BOMB = gzip.compress(b"\0" * 100_000_000, 9)


def bomb() -> Iterator[bytes]:
    yield HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB) + BOMB


def redirected() -> Iterator[bytes]:
    yield b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 100000000\r\n\r\n"
    for _ in range(100):
        yield b"x" * 1_000_000


@pytest.mark.parametrize("much", [plenty, chunks, all_at_once, bomb, redirected], ids=lambda much: much.__name__)
def test_an_answer_that_is_too_large_is_cut_off(serving, much: Callable[[], Iterator[bytes]]) -> None:  # type: ignore[no-untyped-def]
    server, http = serving(lambda number: much() if number == 1 else OK), Http()

    def call() -> None:
        with pytest.raises(LostError) as caught:
            get(http, server, deadline=Deadline(10))
        assert isinstance(caught.value, AnswerTooLargeError) or much is all_at_once

    assert peak(call) < 45_000_000
    assert get(http, server).body == b"{}"
    assert server.connections == 2


def test_the_largest_answer_is_read(serving) -> None:  # type: ignore[no-untyped-def]
    body = gzip.compress(b"x" * MAX_ANSWER_BYTES, 1)
    says = HEAD + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    assert len(get(Http(), serving(lambda _: says)).body) == MAX_ANSWER_BYTES
