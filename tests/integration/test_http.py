"""HTTP, against servers and proxies that speak what a test tells them to."""

from __future__ import annotations

import base64
import gzip
import io
import logging
import os
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from calendly.deadline import Deadline
from calendly.http import (
    IDLE_SECONDS,
    MAX_ANSWER_BYTES,
    USER_AGENT,
    Answer,
    AnswerTooLargeError,
    Http,
    LostError,
    NotSentError,
    shared,
)
from tests.integration.serving import Authority, Listening, Proxy, Says, Server, drip

HEAD = b"HTTP/1.1 200 OK\r\n"
OK = HEAD + b"Content-Length: 2\r\nX-Thing: yes\r\n\r\n{}"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
SLACK = 0.3
"""Seconds past a deadline."""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy and no bundle but a test's."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.endswith("_CA_BUNDLE"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Authority:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
    return authority


@pytest.fixture
def listening() -> Iterator[Callable[[Listening], Any]]:
    all_of_them: list[Listening] = []

    def keep(each: Listening) -> Listening:
        all_of_them.append(each)
        return each

    yield keep
    for each in all_of_them:
        each.close()


@pytest.fixture
def serving(listening: Callable[[Listening], Any]) -> Callable[..., Server]:
    def serve(says: Callable[[int], Says] = lambda _: OK, **how: Any) -> Server:
        return listening(Server(says, **how))  # type: ignore[no-any-return]

    return serve


def get(http: Http, server: Server, path: str = "/path?q=1", **how: Any) -> Answer:
    return send(http, f"{server.url}{path}", **how)


def send(http: Http, url: str, *, method: str = "GET", **how: Any) -> Answer:
    usual: dict[str, Any] = {"headers": {"A": "b"}, "body": None, "deadline": Deadline(2.0)}
    return http.send(method, url, **{**usual, **how})


def took_until(deadline: float, error: type[Exception], call: Callable[[Deadline], object]) -> None:
    """The call is given up at its deadline, and not long before or after."""
    started = time.monotonic()
    with pytest.raises(error):
        call(Deadline(deadline))
    assert deadline - 0.1 < time.monotonic() - started < deadline + SLACK


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


# The other side hangs up, or says more than it was asked for


def test_a_connection_that_the_other_side_closed_is_not_used_again(serving) -> None:  # type: ignore[no-untyped-def]
    """As after a freeze: no request is lost on it."""
    server, http = serving(), Http()
    server.hang_up_after = 1
    for _ in range(3):
        assert get(http, server).status == 200
        time.sleep(0.05)
    assert server.connections == 3


def test_one_that_was_idle_for_too_long_is_not_used(  # type: ignore[no-untyped-def]
    serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frozen function hears nobody hang up."""
    server, http = serving(), Http()
    get(http, server)
    now = time.time()
    for seconds, connections in ((IDLE_SECONDS - 5, 1), (2 * IDLE_SECONDS, 2)):
        monkeypatch.setattr("calendly.http.time", SimpleNamespace(time=lambda seconds=seconds: now + seconds))
        get(http, server)
        assert server.connections == connections


def test_one_that_is_to_be_closed_is_not_kept(serving) -> None:  # type: ignore[no-untyped-def]
    server, http = serving(lambda _: HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}"), Http()
    assert [get(http, server).body for _ in range(2)] == [b"{}"] * 2
    assert server.connections == 2


@pytest.mark.parametrize("more", [OK, b"HTTP/1.1", b"\x00\xff garbage\r\n\r\n", b"x"])
@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("is_tls", [False, True])
def test_what_comes_after_an_answer_is_not_taken_for_the_next(  # type: ignore[no-untyped-def]
    serving, trusted: Authority, more: bytes, late: bool, is_tls: bool
) -> None:
    def twice(number: int) -> Iterator[bytes]:
        answer = HEAD + b"Content-Length: 1\r\n\r\n%d" % number
        if late:
            # The junk's first byte comes with the answer, and the rest when the next request may be under way.
            yield answer + more[:1]
            time.sleep(0.02)
            yield more[1:]
        else:
            yield answer + more

    server, http = serving(twice, tls=trusted.tls if is_tls else None), Http()
    assert [get(http, server).body for _ in range(3)] == [b"1", b"2", b"3"]


def test_junk_behind_a_long_answer_is_seen_within_tls(serving, trusted: Authority) -> None:  # type: ignore[no-untyped-def]
    """The rest of a record waits in the TLS layer, where a socket that can be read does not show it."""

    def twice(number: int) -> bytes:
        head = HEAD + b"Content-Length: %d\r\n\r\n"
        # The answer fills the buffer above TLS, so that nothing of the junk is in it.
        length = io.DEFAULT_BUFFER_SIZE - len(head % 1000)
        return head % length + (b"%d" % number).rjust(length) + OK

    server, http = serving(twice, tls=trusted.tls), Http()
    assert [get(http, server).body.strip() for _ in range(3)] == [b"1", b"2", b"3"]


def test_an_answer_without_a_body_leaves_the_connection_good(serving) -> None:  # type: ignore[no-untyped-def]
    server, http = serving(lambda _: b"HTTP/1.1 204 No Content\r\n\r\n"), Http()
    assert [tuple(get(http, server))[::2] for _ in range(2)] == [(204, b"")] * 2
    assert server.connections == 1


def test_a_body_where_none_may_be_is_not_taken_for_the_next_answer(serving) -> None:  # type: ignore[no-untyped-def]
    server, http = serving(lambda _: b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}"), Http()
    assert [get(http, server).status for _ in range(2)] == [204] * 2


def test_a_body_without_a_length_ends_where_the_other_side_hangs_up(serving) -> None:  # type: ignore[no-untyped-def]
    server, http = serving(lambda _: HEAD + b"\r\n{}"), Http()
    server.hang_up_after = 1
    assert [get(http, server).body for _ in range(2)] == [b"{}"] * 2
    assert server.connections == 2


def test_gzip_and_chunks_are_taken_apart(serving) -> None:  # type: ignore[no-untyped-def]
    body = gzip.compress(b'{"a": ') + gzip.compress(b"1}")
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(body[i : i + 7]), body[i : i + 7]) for i in range(0, len(body), 7))
    head = HEAD + b"Content-Encoding: GZIP\r\nTransfer-Encoding: Chunked\r\n\r\n"
    server, http = serving(lambda _: head + chunks + b"0\r\n\r\n"), Http()
    assert [get(http, server).body for _ in range(2)] == [b'{"a": 1}'] * 2
    assert server.connections == 1


def test_a_trailer_is_no_header(serving) -> None:  # type: ignore[no-untyped-def]
    trailer = b"2\r\n{}\r\n0\r\nContent-Encoding: gzip\r\nX-More: y\r\n\r\n"
    server, http = serving(lambda _: CHUNKED + trailer), Http()
    answers = [get(http, server) for _ in range(2)]
    assert [(answer.body, answer.headers.get("x-more")) for answer in answers] == [(b"{}", None)] * 2
    assert server.connections == 1


LOST: dict[str, bytes | None] = {
    "hung up": None,
    "half a body": HEAD + b"Content-Length: 100\r\n\r\nhalf",
    "half a status line": b"HTTP/1.1 2",
    "half a head": HEAD + b"Content-Le",
    "half a head, by lines": HEAD + b"X-Thing: yes\r\n",
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "an interim answer alone": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "a 100 alone": b"HTTP/1.1 100 Continue\r\n\r\n",
    "half a chunk": CHUNKED + b"64\r\nhalf",
    "no last chunk": CHUNKED + b"2\r\n{}\r\n",
    "half a trailer": CHUNKED + b"2\r\n{}\r\n0\r\nX-Mo",
    "a chunk of no length": CHUNKED + b"x\r\n{}\r\n0\r\n\r\n",
    "a chunk of -1": CHUNKED + b"-1\r\n{}\r\n0\r\n\r\n",
    "a chunk longer than it says": CHUNKED + b"2\r\n{    }\r\n0\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 2\r\nContent-Length: 4\r\n\r\n{}  ",
    "two lengths in one": HEAD + b"Content-Length: 2, 4\r\n\r\n{}  ",
    "a length that is none": HEAD + b"Content-Length: two\r\n\r\n{}",
    "a length below nothing": HEAD + b"Content-Length: -2\r\n\r\n{}",
    "a transfer that is not known": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "a line that is no header": HEAD + b"no header\r\nContent-Length: 100\r\n\r\nhalf",
    "no HTTP": b"SSH-2.0-OpenSSH\r\n\r\n",
    "no status": b"HTTP/1.1 OK\r\n\r\n",
    "damaged gzip": HEAD + b"Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf",
    "half of gzip": HEAD + b"Content-Encoding: gzip\r\nContent-Length: 15\r\n\r\n" + gzip.compress(b"{}" * 99)[:15],
    "more than gzip": HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}") + b"junk",
    "endless headers": HEAD + b"X-Thing: yes\r\n" * 1000 + b"\r\n",
    "an endless header": HEAD + b"X-Thing: " + b"x" * 100_000 + b"\r\n\r\n",
    "an endless trailer": CHUNKED + b"0\r\nX-Thing: " + b"x" * 100_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("case", LOST)
def test_an_answer_that_is_not_whole_is_lost(  # type: ignore[no-untyped-def]
    serving, caplog: pytest.LogCaptureFixture, case: str
) -> None:
    server, http = serving(lambda number: LOST[case] if number == 1 else OK), Http()
    server.hang_up_after = 1
    with caplog.at_level(logging.INFO), pytest.raises(LostError) as caught:
        get(http, server, "/path?secret")
    assert "secret" not in f"{caught.value}{caplog.text}"
    # Nor in what Python shows beside it.
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert get(http, server).body == b"{}"
    assert server.connections == 2


def test_a_100_is_skipped(serving) -> None:  # type: ignore[no-untyped-def]
    server, http = serving(lambda _: b"HTTP/1.1 100 Continue\r\nX-More: y\r\n\r\n" + OK), Http()
    answers = [get(http, server) for _ in range(2)]
    assert [(answer.status, answer.headers.get("x-more"), answer.body) for answer in answers] == [
        (200, None, b"{}")
    ] * 2
    assert server.connections == 1


@pytest.mark.parametrize("seconds", [0, 0.05])
def test_the_answer_behind_an_interim_one_is_not_taken_for_the_next(serving, seconds: float) -> None:  # type: ignore[no-untyped-def]
    def says(number: int) -> Iterator[bytes]:
        if number == 1:
            yield b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
            time.sleep(seconds)
        yield HEAD + b"Content-Length: 1\r\n\r\n%d" % number

    server, http = serving(says), Http()
    with pytest.raises(LostError):
        get(http, server)
    assert [get(http, server).body for _ in range(2)] == [b"2", b"3"]


def test_a_redirect_is_an_answer(serving) -> None:  # type: ignore[no-untyped-def]
    says = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 2\r\n\r\n{}"
    server, http = serving(lambda _: says), Http()
    answers = [get(http, server) for _ in range(2)]
    assert [(answer.status, answer.headers.get("Location"), answer.body) for answer in answers] == [
        (302, "http://127.0.0.1:1/", b"{}")
    ] * 2
    assert server.connections == 1


def test_a_cookie_is_not_sent_back(serving) -> None:  # type: ignore[no-untyped-def]
    server, http = serving(lambda _: HEAD + b"Set-Cookie: a=b; Path=/\r\nContent-Length: 2\r\n\r\n{}"), Http()
    for _ in range(2):
        get(http, server)
    assert b"cookie" not in server.requests[1].lower()


def test_credentials_in_netrc_are_not_used(  # type: ignore[no-untyped-def]
    serving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server, http = serving(), Http()
    get(http, server, headers={"Authorization": "Bearer x"})
    get(http, server)
    assert b"Authorization: Bearer x\r\n" in server.requests[0]
    assert b"authorization" not in server.requests[1].lower()


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


# Certificates


def test_a_certificate_that_nobody_vouches_for_means_not_sent(serving, authority: Authority) -> None:  # type: ignore[no-untyped-def]
    """Whatever answers, it is not Calendly: nothing was told to it."""
    server = serving(tls=authority.tls)
    with pytest.raises(NotSentError) as caught:
        send(Http(), server.url, method="POST", body=b"secret")
    assert str(caught.value) == "SSLError"
    assert server.requests == []


def test_a_certificate_of_another_name_means_not_sent(  # type: ignore[no-untyped-def]
    serving, trusted: Authority
) -> None:
    server = serving(tls=trusted.tls)
    with pytest.raises(NotSentError) as caught:
        send(Http(), f"https://localhost:{server.port}/")
    assert str(caught.value) == "SSLError"
    assert server.requests == []


def test_no_tls_where_tls_is_asked_for_means_not_sent(serving) -> None:  # type: ignore[no-untyped-def]
    server = serving(lambda _: OK)
    with pytest.raises(NotSentError):
        send(Http(), server.url.replace("http", "https"), method="POST", body=b"secret", deadline=Deadline(0.5))
    assert not any(b"secret" in request for request in server.requests)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_is_taken_from_the_environment(  # type: ignore[no-untyped-def]
    serving, authority: Authority, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, str(authority.bundle))
    assert get(Http(), serving(tls=authority.tls)).status == 200


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_a_bundle_that_is_none_means_not_sent(  # type: ignore[no-untyped-def]
    serving, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None
) -> None:
    bundle = tmp_path / "bundle.pem"
    if content:
        bundle.write_text(content)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    server = serving(tls=authority.tls)
    with pytest.raises(NotSentError):
        get(Http(), server)
    assert server.connections == 0


# Proxies

ACTION = "https://api.calendly.test/users/me"


@pytest.mark.parametrize("is_tls", [False, True], ids=["plain proxy", "TLS proxy"])
def test_https_goes_through_a_tunnel(  # type: ignore[no-untyped-def]
    serving, listening, trusted: Authority, monkeypatch: pytest.MonkeyPatch, is_tls: bool
) -> None:
    server, http = serving(tls=trusted.tls), Http()
    proxy = listening(Proxy(server.port, tls=trusted.tls if is_tls else None))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("//", "//user:word@"))
    answers = [send(http, ACTION, method="POST", body=b"{}", headers={"Authorization": "x"}) for _ in range(2)]
    assert [answer.body for answer in answers] == [b"{}"] * 2
    assert (server.connections, proxy.connections) == (1, 1)
    assert server.requests[0].startswith(b"POST /users/me HTTP/1.1\r\nHost: api.calendly.test\r\n")
    assert b"proxy-authorization" not in server.requests[0].lower()
    assert b"\r\nAuthorization" not in proxy.requests[0]
    assert proxy.requests[0].startswith(b"CONNECT api.calendly.test:443 HTTP/1.")
    assert b"Proxy-Authorization: Basic " + base64.b64encode(b"user:word") in proxy.requests[0]


def test_a_tunnel_is_made_anew_after_a_hang_up(  # type: ignore[no-untyped-def]
    serving, listening, trusted: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, http = serving(tls=trusted.tls), Http()
    server.hang_up_after = 1
    proxy = listening(Proxy(server.port))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    for _ in range(3):
        assert send(http, ACTION).body == b"{}"
        time.sleep(0.05)
    assert [request.split()[1] for request in proxy.requests] == [b"api.calendly.test:443"] * 3


def test_http_is_handed_to_a_proxy(serving, listening, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    server = serving()
    proxy = listening(Proxy(server.port))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    assert send(Http(), "http://api.calendly.test/users/me").body == b"{}"
    assert proxy.requests[0].startswith(b"GET http://api.calendly.test/users/me HTTP/1.1\r\n")


@pytest.mark.parametrize("is_trusted", [False, True])
def test_http_is_handed_to_a_tls_proxy_that_is_trusted(  # type: ignore[no-untyped-def]
    serving, listening, authority: Authority, monkeypatch: pytest.MonkeyPatch, is_trusted: bool
) -> None:
    server = serving()
    proxy = listening(Proxy(server.port, tls=authority.tls))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    if is_trusted:
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.bundle))
        assert send(Http(), "http://api.calendly.test/users/me").body == b"{}"
    else:
        with pytest.raises(NotSentError):
            send(Http(), "http://api.calendly.test/users/me")
    assert len(server.requests) == is_trusted


def test_hosts_can_be_kept_from_a_proxy(serving, listening, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    server = serving()
    proxy = listening(Proxy(server.port))
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    assert get(Http(), server).body == b"{}"
    assert proxy.connections == 0


def say(text: bytes) -> Callable[[], Iterator[bytes]]:
    return lambda: iter([text])


REFUSING: dict[str, dict[str, Any]] = {
    "refused": {"says": say(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")},
    "unavailable": {"says": say(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")},
    "hung up": {"says": say(b""), "hangs_up": True},
    "hung up half-way": {"says": say(b"HTTP/1.1 200 OK\r\nX-Th"), "hangs_up": True},
    "hung up afterwards": {"says": say(b"HTTP/1.1 200 OK\r\n\r\n"), "hangs_up": True},
    "no HTTP": {"says": say(b"SSH-2.0-OpenSSH\r\n\r\n")},
}


@pytest.mark.parametrize("case", REFUSING)
def test_no_tunnel_means_not_sent(  # type: ignore[no-untyped-def]
    serving, listening, trusted: Authority, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    server = serving(tls=trusted.tls)
    proxy = listening(Proxy(server.port, **REFUSING[case]))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    with pytest.raises(NotSentError):
        send(Http(), ACTION)
    assert (proxy.connections, server.requests) == (1, [])


def test_a_tunnel_that_drips_in_is_given_up_at_the_deadline(  # type: ignore[no-untyped-def]
    serving, listening, trusted: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serving(tls=trusted.tls)
    proxy = listening(Proxy(server.port, lambda: drip(HEAD, b"X-Thing: yes\r\n" * 10)))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    took_until(0.5, NotSentError, lambda deadline: send(Http(), ACTION, deadline=deadline))


@pytest.mark.parametrize("is_tls", [False, True], ids=["plain proxy", "TLS proxy"])
def test_what_drips_through_a_tunnel_is_given_up_at_the_deadline(  # type: ignore[no-untyped-def]
    serving, listening, trusted: Authority, monkeypatch: pytest.MonkeyPatch, is_tls: bool
) -> None:
    server = serving(lambda _: drip(*SLOW["the body"]), tls=trusted.tls)
    proxy = listening(Proxy(server.port, tls=trusted.tls if is_tls else None))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url)
    took_until(0.5, LostError, lambda deadline: send(Http(), ACTION, deadline=deadline))


@pytest.mark.parametrize("proxy", ["http://", "http://127.0.0.1:1", "socks5://127.0.0.1:1", "://", "http://a b:x/"])
def test_a_proxy_that_is_none_means_not_sent(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(NotSentError) as caught:
        send(Http(), ACTION)
    assert "127" not in str(caught.value)
