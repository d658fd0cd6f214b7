"""What other sides may answer, in part or in excess."""

from __future__ import annotations

import gzip
import io
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from calendly.http import (
    IDLE_SECONDS,
    Http,
    LostError,
)
from tests.integration.asking import CHUNKED, HEAD, OK, get
from tests.integration.serving import Authority

pytestmark = pytest.mark.usefixtures("environment")


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
    # A body that is as long as it says leaves the connection good; of all others, no more may come.
    is_long_enough = case in ("damaged gzip", "half of gzip")
    server.hang_up_after = None if is_long_enough else 1
    with caplog.at_level(logging.INFO), pytest.raises(LostError) as caught:
        get(http, server, "/path?secret")
    assert "secret" not in f"{caught.value}{caplog.text}"
    # Nor in what Python shows beside it.
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert get(http, server).body == b"{}"
    assert server.connections == (1 if is_long_enough else 2)


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
