"""Kept-alive HTTP/1.1 connections, each used by one thread at a time.

Bytes go out over a socket and what comes back is taken apart by ``httptools`` (llhttp, the parser of Node.js). What is
needed of an HTTP library is little: no redirects, no cookies, no proxies, no encodings but gzip; ``requests`` costs as
much as the rest of an action, and the parser of ``http.client`` as much as a warm call (docs/decisions.md).
"""

from __future__ import annotations

import re
import select
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import urlsplit

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from calendly.deadline import Deadline

CONNECT_TIMEOUT = 3.05
READ_TIMEOUT = 20.0
"""Seconds to wait for each piece of an answer, where there are so many."""

PIECE = 16384
"""Bytes read at once: what a TLS record holds."""

MOST_IDLE = 32
"""Connections kept for later, of one origin."""

IDLE_SECONDS = 60
"""For how long. A function that is frozen does not hear the other side hang up, and would lose a request by it."""

Origin = tuple[str, str]
"""Scheme, and host with port."""

_TARGET = re.compile(r"[!-~]+")


class NotSentError(Exception):
    """No connection was made, so that nobody can have acted on the request."""


class LostError(Exception):
    """The request was sent, or a part of it, and no whole answer came back."""


class Headers:
    """An answer's headers. Of the twenty or so that come, one or two are looked at, and only they are decoded.

    Args:
        fields: values by name in lower case.
    """

    def __init__(self, fields: Mapping[bytes, bytes]) -> None:
        self._fields = fields

    def get(self, name: str) -> str:
        """A header's value, by its name in lower case; empty for one that is not there."""
        return self._fields.get(name.encode(), b"").decode("latin-1").strip()


class Answer(NamedTuple):
    """An HTTP answer, its body whole and decoded."""

    status: int
    headers: Headers
    body: bytes

    def __repr__(self) -> str:
        return f"Answer(status={self.status})"


class Connections:
    """A pool. Safe to share between threads."""

    def __init__(self) -> None:
        self._idle: dict[Origin, list[_Connection]] = {}
        self._lock = threading.Lock()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: Deadline,
    ) -> Answer:
        """Send one request, once, and read the whole answer.

        Args:
            method, url, headers, body: what to send. Host, length and encodings are added.
            deadline: nothing is waited for past it, however slowly an answer drips in.

        Raises:
            NotSentError, LostError.
            ValueError: what is to be sent would not be one request.
        """
        address = urlsplit(url)
        origin = address.scheme, address.netloc
        target = f"{address.path or '/'}?{address.query}" if address.query else address.path or "/"
        request = _request(method, target, address.netloc, headers, body)
        connection = self._idle_one(origin) or _Connection(origin, deadline.sooner(CONNECT_TIMEOUT))
        try:
            answer = connection.exchange(request, deadline)
        except (OSError, HttpParserError, zlib.error) as error:
            connection.close()
            raise LostError(type(error).__name__) from error
        except BaseException:
            connection.close()
            raise
        self._keep(origin, connection)
        return answer

    def _idle_one(self, origin: Origin) -> _Connection | None:
        while True:
            with self._lock:
                idle = self._idle.get(origin)
                connection = idle.pop() if idle else None
            if connection is None or connection.is_usable():
                return connection
            connection.close()

    def _keep(self, origin: Origin, connection: _Connection) -> None:
        if connection.keeps_alive:
            connection.idle_since = time.time()
            with self._lock:
                idle = self._idle.setdefault(origin, [])
                if len(idle) < MOST_IDLE:
                    idle.append(connection)
                    return
        connection.close()


class _Connection:
    """A connection that is made. The methods called ``on_...`` are llhttp's, which tells of an answer as it comes in.

    Attributes:
        keeps_alive: whether it is good for another exchange.
        idle_since: by the clock on the wall: others stand still while a function is frozen.
    """

    def __init__(self, origin: Origin, deadline: Deadline) -> None:
        """Raises NotSentError."""
        scheme, netloc = origin
        address = urlsplit(f"//{netloc}")
        host, port = str(address.hostname), address.port or (443 if scheme == "https" else 80)
        try:
            plain = _dial(host, port, deadline)
            self._socket = _tls().wrap_socket(plain, server_hostname=host) if scheme == "https" else plain
        except OSError as error:
            raise NotSentError(type(error).__name__) from error
        self._readable = select.poll()
        self._readable.register(self._socket, select.POLLIN)
        self._fields: dict[bytes, bytes] = {}
        self.on_header = self._fields.__setitem__
        self._pieces: list[bytes] = []
        self.on_body = self._pieces.append
        self._parser = HttpResponseParser(self)
        self.keeps_alive = False
        self.idle_since = 0.0

    def is_usable(self) -> bool:
        """Whether an idle connection may be used again: one that can be read has been closed by the other side."""
        return time.time() - self.idle_since < IDLE_SECONDS and not self._readable.poll(0)

    def close(self) -> None:
        self._socket.close()

    def exchange(self, request: bytes, deadline: Deadline) -> Answer:
        """Send a request and read its answer.

        Raises:
            OSError, HttpParserError, zlib.error: the answer is not whole, or is none.
        """
        self._status, self._headers = 0, Headers({})
        self._is_over = self.keeps_alive = False
        self._wait_within(deadline)
        self._socket.sendall(request)
        while not self._is_over:
            self._wait_within(deadline)
            piece = self._socket.recv(PIECE)
            if not piece:
                self._hung_up()
                break
            self._feed(piece)
        body = b"".join(self._pieces)
        self._pieces.clear()
        if body and self._headers.get("content-encoding").lower() == "gzip":
            body = zlib.decompress(body, zlib.MAX_WBITS | 16)
        return Answer(self._status, self._headers, body)

    def _wait_within(self, deadline: Deadline) -> None:
        left = deadline.remaining()
        if not left:
            raise TimeoutError("the answer took too long")
        self._socket.settimeout(min(READ_TIMEOUT, left))

    def _feed(self, piece: bytes) -> None:
        try:
            self._parser.feed_data(piece)
        except (HttpParserError, HttpParserUpgrade) as error:
            # What comes after a whole answer spoils the connection, and not the answer.
            self.keeps_alive = False
            if not self._is_over:
                raise HttpParserError("no HTTP answer to what was asked") from error

    def _hung_up(self) -> None:
        """The other side did, which is how a body without a length ends; any other is not whole."""
        if self._status < 200 or self._headers.get("content-length") or self._headers.get("transfer-encoding"):
            raise ConnectionResetError("the answer is not whole")

    def on_message_begin(self) -> None:
        if self._is_over:
            raise HttpParserError("an answer that nobody asked for")
        # Interim answers (1xx) come before the one that counts.
        self._fields.clear()

    def on_headers_complete(self) -> None:
        self._status = self._parser.get_status_code()
        # Here, because trailers are told of in the same way.
        self._headers = Headers({name.lower(): value for name, value in self._fields.items()})

    def on_message_complete(self) -> None:
        if self._status >= 200:
            self._is_over = True
            self.keeps_alive = self._parser.should_keep_alive()


def _dial(host: str, port: int, deadline: Deadline) -> socket.socket:
    """A connection to the first of a host's addresses that answers. They share the time there is."""
    problem = OSError("the host has no address")
    addresses = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for left, (family, kind, protocol, _, address) in zip(range(len(addresses), 0, -1), addresses, strict=True):
        dialing = None
        try:
            dialing = socket.socket(family, kind, protocol)
            dialing.settimeout(max(deadline.remaining() / left, 0.001))
            dialing.connect(address)
            dialing.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            dialing.settimeout(max(deadline.remaining(), 0.001))
            return dialing
        except OSError as error:
            problem = error
            if dialing is not None:
                dialing.close()
    raise problem


def _request(method: str, target: str, host: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
    if not _TARGET.fullmatch(target):
        raise ValueError("a path or query that is not encoded")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}", "Accept-Encoding: gzip"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body is not None or method != "GET":
        lines.append(f"Content-Length: {len(body or b'')}")
    head = "\r\n".join(lines)
    if head.count("\r") != len(lines) - 1 or head.count("\n") != len(lines) - 1:
        raise ValueError("a line break within a header")
    return f"{head}\r\n\r\n".encode("latin-1") + (body or b"")


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Loading the certificates takes a while, and is done once for Calendly and AWS."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    return context
