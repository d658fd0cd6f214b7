"""Connections, against a server that speaks what a test tells it to, byte by byte."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from calendly.connections import IDLE_SECONDS, Answer, Connections, Headers, LostError, NotSentError
from calendly.deadline import Deadline

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Thing: yes\r\n\r\n{}"


class Server:
    """Answers each request with what ``says`` gives, and counts connections. None hangs up instead."""

    def __init__(self, says: Callable[[int], bytes | None]) -> None:
        self.says = says
        self.connections = 0
        self.requests: list[bytes] = []
        self.hang_up_after: int | None = None
        self.drips = 0
        self.dripped: list[int] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            served = 0
            while True:
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    head += piece
                self.requests.append(head)
                said = self.says(len(self.requests))
                if said is None:
                    return
                connection.sendall(said)
                with contextlib.suppress(OSError):
                    for drip in range(self.drips):
                        time.sleep(0.05)
                        connection.sendall(b"x")
                        self.dripped.append(drip)
                served += 1
                if served == self.hang_up_after:
                    return


@pytest.fixture
def serving() -> Iterator[Callable[[Callable[[int], bytes | None]], Server]]:
    servers: list[Server] = []

    def serve(says: Callable[[int], bytes | None]) -> Server:
        servers.append(Server(says))
        return servers[-1]

    yield serve
    for server in servers:
        server.close()


def get(connections: Connections, server: Server, **how: object) -> Answer:
    usual = {"headers": {"A": "b"}, "body": None, "deadline": Deadline(2.0)}
    return connections.send("GET", f"{server.url}/path?q=1", **{**usual, **how})  # type: ignore[arg-type]


def test_a_connection_is_used_again(serving) -> None:  # type: ignore[no-untyped-def]
    server, connections = serving(lambda _: OK), Connections()
    answers = [get(connections, server) for _ in range(3)]
    assert [(answer.status, answer.body, answer.headers.get("x-thing")) for answer in answers] == [
        (200, b"{}", "yes")
    ] * 3
    assert server.connections == 1
    assert server.requests[0].startswith(b"GET /path?q=1 HTTP/1.1\r\n")


def test_one_that_the_other_side_closed_meanwhile_is_not(serving) -> None:  # type: ignore[no-untyped-def]
    """As after a freeze: no request is lost on it."""
    server, connections = serving(lambda _: OK), Connections()
    server.hang_up_after = 1
    for _ in range(3):
        assert get(connections, server).status == 200
        time.sleep(0.05)
    assert server.connections == 3


def test_threads_have_connections_of_their_own(serving) -> None:  # type: ignore[no-untyped-def]
    def slowly(_: int) -> bytes:
        time.sleep(0.1)
        return OK

    server, connections = serving(slowly), Connections()
    with ThreadPoolExecutor(4) as threads:
        assert {answer.status for answer in threads.map(lambda _: get(connections, server), range(8))} == {200}
    assert server.connections <= 4


def test_gzip_and_chunks_are_taken_apart(serving) -> None:  # type: ignore[no-untyped-def]
    body = gzip.compress(b'{"a": 1}')
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(body[i : i + 7]), body[i : i + 7]) for i in range(0, len(body), 7))
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    server = serving(lambda _: head + chunks + b"0\r\n\r\n")
    assert get(Connections(), server).body == b'{"a": 1}'
    assert b"Accept-Encoding: gzip" in server.requests[0]


def test_an_interim_answer_is_not_the_answer(serving) -> None:  # type: ignore[no-untyped-def]
    server, connections = serving(lambda _: b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK), Connections()
    for _ in range(2):
        answer = get(connections, server)
        assert (answer.status, answer.headers.get("link"), answer.body) == (200, "", b"{}")
    assert server.connections == 1


def test_an_answer_without_a_body_leaves_the_connection_good(serving) -> None:  # type: ignore[no-untyped-def]
    server, connections = serving(lambda _: b"HTTP/1.1 204 No Content\r\n\r\n"), Connections()
    assert [(get(connections, server).status, get(connections, server).body) for _ in range(2)] == [(204, b"")] * 2
    assert server.connections == 1


def test_a_body_without_a_length_ends_where_the_other_side_hangs_up(serving) -> None:  # type: ignore[no-untyped-def]
    server, connections = serving(lambda _: b"HTTP/1.1 200 OK\r\n\r\n{}"), Connections()
    server.hang_up_after = 1
    assert [get(connections, server).body for _ in range(2)] == [b"{}"] * 2
    assert server.connections == 2


@pytest.mark.parametrize("more", [OK, b"HTTP/1.1", b"\x00\xff garbage\r\n\r\n"], ids=["an answer", "half", "garbage"])
def test_what_comes_after_an_answer_is_not_taken_for_the_next(serving, more: bytes) -> None:  # type: ignore[no-untyped-def]
    def twice(number: int) -> bytes:
        return b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d" % number + more

    server, connections = serving(twice), Connections()
    assert [get(connections, server).body for _ in range(3)] == [b"1", b"2", b"3"]


def test_a_connection_that_is_to_be_closed_is_not_kept(serving) -> None:  # type: ignore[no-untyped-def]
    says = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
    server, connections = serving(lambda _: says), Connections()
    assert [get(connections, server).body for _ in range(2)] == [b"{}"] * 2
    assert server.connections == 2


def test_one_that_was_idle_for_too_long_is_not_used(  # type: ignore[no-untyped-def]
    serving, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frozen function hears nobody hang up."""
    server, connections = serving(lambda _: OK), Connections()
    get(connections, server)
    later = time.time() + IDLE_SECONDS
    monkeypatch.setattr("calendly.connections.time", SimpleNamespace(time=lambda: later))
    get(connections, server)
    assert server.connections == 2


def test_a_header_cannot_bring_another(serving) -> None:  # type: ignore[no-untyped-def]
    server = serving(lambda _: OK)
    with pytest.raises(ValueError, match="line break"):
        get(Connections(), server, headers={"Authorization": "Bearer x\r\nX-More: y"})
    assert server.requests == []


@pytest.mark.parametrize("path", ["/a b", "/caf\u00e9", "/a?q=\r\nX: y", "/a?q=\x00"])
def test_a_path_that_is_not_encoded_is_not_sent(serving, path: str) -> None:  # type: ignore[no-untyped-def]
    server = serving(lambda _: OK)
    with pytest.raises(ValueError, match="not encoded"):
        Connections().send("GET", f"{server.url}{path}", headers={}, body=None, deadline=Deadline(2.0))
    assert server.requests == []


def test_a_body_has_a_length_whatever_the_method(serving) -> None:  # type: ignore[no-untyped-def]
    server = serving(lambda _: OK)
    get(Connections(), server, body=b"{}")
    assert b"Content-Length: 2\r\n" in server.requests[0]


def test_a_trailer_is_no_header(serving) -> None:  # type: ignore[no-untyped-def]
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Content-Encoding\r\n\r\n"
    server, connections = serving(lambda _: head + b"2\r\n{}\r\n0\r\nContent-Encoding: gzip\r\n\r\n"), Connections()
    assert [get(connections, server).body for _ in range(2)] == [b"{}"] * 2
    assert server.connections == 1


def test_an_answer_does_not_show_what_is_in_it() -> None:
    assert "secret" not in repr(Answer(200, Headers({b"set-cookie": b"secret"}), b"secret"))


LOST = {
    "hung up": None,
    "half a body": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\nhalf",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "an interim answer alone": b"HTTP/1.1 103 Early Hints\r\n\r\n",
    "another protocol": b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    "half a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n64\r\nhalf",
    "no HTTP": b"SSH-2.0-OpenSSH\r\n\r\n",
    "damaged gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf",
    "silence": b"",
}


@pytest.mark.parametrize("case", LOST)
def test_an_answer_that_is_not_whole_is_lost(serving, case: str) -> None:  # type: ignore[no-untyped-def]
    server = serving(lambda _: LOST[case])
    server.hang_up_after = None if case == "silence" else 1
    with pytest.raises(LostError):
        get(Connections(), server, deadline=Deadline(0.5 if case == "silence" else 5))


@pytest.mark.parametrize("begins", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"], ids=["head", "body"])
def test_an_answer_that_drips_in_is_given_up_at_the_deadline(serving, begins: bytes) -> None:  # type: ignore[no-untyped-def]
    server = serving(lambda _: begins + b"x")
    server.drips = 100
    deadline = Deadline(0.5)
    with pytest.raises(LostError):
        get(Connections(), server, deadline=deadline)
    assert len(server.dripped) < 50


def test_nobody_there_means_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    usual = {"headers": {}, "body": None, "deadline": Deadline(2.0)}
    with pytest.raises(NotSentError):
        Connections().send("GET", f"http://127.0.0.1:{port}/", **usual)  # type: ignore[arg-type]


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
    server = serving(lambda _: OK)
    with socket.create_server(("127.0.0.1", 0)) as unused:
        refusing = unused.getsockname()[1]
    resolve(refusing, black_hole, int(server.url.rpartition(":")[2]))
    assert get(Connections(), server).status == 200


def test_all_addresses_share_the_time_there_is(  # type: ignore[no-untyped-def]
    serving, resolve: Callable[..., None], black_hole: int
) -> None:
    server = serving(lambda _: OK)
    resolve(*[black_hole] * 20)
    started = time.monotonic()
    with pytest.raises(NotSentError):
        get(Connections(), server, deadline=Deadline(0.4))
    assert time.monotonic() - started < 4, "each of twenty took the whole time"
    resolve()
    with pytest.raises(NotSentError):
        get(Connections(), server)


def test_a_certificate_that_nobody_vouches_for_means_not_sent(serving) -> None:  # type: ignore[no-untyped-def]
    """Whatever answers, it is not Calendly: nothing was told to it."""
    server = serving(lambda _: OK)
    usual = {"headers": {}, "body": b"secret", "deadline": Deadline(2.0)}
    with pytest.raises(NotSentError):
        Connections().send("POST", server.url.replace("http", "https"), **usual)  # type: ignore[arg-type]
    assert not any(b"secret" in request for request in server.requests)
