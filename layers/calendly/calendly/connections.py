"""Kept-alive connections over the standard library, each used by one thread at a time.

``requests`` and what it stands on take as long to import as the rest of an action, and half a millisecond of every call
(docs/decisions.md). What is needed of it is little: no redirects, no cookies, no proxies, no encodings but gzip.
"""

from __future__ import annotations

import http.client
import select
import threading
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

PIECE = 65536
MOST_IDLE = 32
"""Connections kept for later, of one origin."""


class NotSentError(Exception):
    """No connection was made, so that nobody can have acted on the request."""


class LostError(Exception):
    """The request was sent, or a part of it, and no whole answer came back."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, its body whole and decoded. ``headers`` are found whatever the case of their names."""

    status: int
    headers: Any = field(repr=False)
    body: bytes = field(repr=False)


class Connections:
    """A pool. Safe to share between threads."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, str], list[http.client.HTTPConnection]] = {}
        self._lock = threading.Lock()

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        timeouts: tuple[float, float],
        out_of_time: Callable[[], bool],
    ) -> Answer:
        """Send one request, once, and read the whole answer.

        Args:
            method, url, headers, body: what to send. Encodings and lengths are added.
            timeouts: seconds to connect, and to wait for each piece of the answer.
            out_of_time: asked between pieces: a timeout alone begins anew with each byte that drips in.

        Raises:
            NotSentError, LostError.
        """
        address = urlsplit(url)
        target = f"{address.path or '/'}{f'?{address.query}' if address.query else ''}"
        connection = self._take(address.scheme, address.netloc, timeouts)
        try:
            connection.request(method, target, body, {**headers, "Accept-Encoding": "gzip"})
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, _read(response, out_of_time))
        except (OSError, http.client.HTTPException, zlib.error) as error:
            connection.close()
            raise LostError(type(error).__name__) from error
        except BaseException:
            connection.close()
            raise
        if response.will_close:
            connection.close()
        else:
            self._keep(address.scheme, address.netloc, connection)
        return answer

    def _take(self, scheme: str, netloc: str, timeouts: tuple[float, float]) -> http.client.HTTPConnection:
        connect, read = timeouts
        while (connection := self._pop(scheme, netloc)) is not None:
            if _is_open(connection):
                break
            connection.close()
        else:
            connection = open_connection(scheme, netloc, connect)
            try:
                connection.connect()
            except OSError as error:
                connection.close()
                raise NotSentError(type(error).__name__) from error
        connection.sock.settimeout(read)
        return connection

    def _pop(self, scheme: str, netloc: str) -> http.client.HTTPConnection | None:
        with self._lock:
            idle = self._idle.get((scheme, netloc))
            return idle.pop() if idle else None

    def _keep(self, scheme: str, netloc: str, connection: http.client.HTTPConnection) -> None:
        with self._lock:
            idle = self._idle.setdefault((scheme, netloc), [])
            if len(idle) < MOST_IDLE:
                idle.append(connection)
                return
        connection.close()


def open_connection(scheme: str, netloc: str, timeout: float) -> http.client.HTTPConnection:
    """A connection that is not made yet."""
    if scheme == "http":
        return http.client.HTTPConnection(netloc, timeout=timeout)
    return http.client.HTTPSConnection(netloc, timeout=timeout, context=_tls())


@lru_cache(maxsize=1)
def _tls() -> Any:
    """Loading the certificates takes a while, and is done once for Calendly and AWS."""
    import ssl

    return ssl.create_default_context()


def _is_open(connection: http.client.HTTPConnection) -> bool:
    """Whether an idle connection may be used again: one that can be read has been closed by the other side."""
    if connection.sock is None:
        return False
    poll = select.poll()
    poll.register(connection.sock, select.POLLIN)
    return not poll.poll(0)


def _read(response: http.client.HTTPResponse, out_of_time: Callable[[], bool]) -> bytes:
    pieces = []
    while piece := response.read1(PIECE):
        pieces.append(piece)
        if out_of_time():
            raise TimeoutError("the body took too long")
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    # Reading piece by piece does not tell the connection that the answer is over.
    response.close()
    body = b"".join(pieces)
    if body and response.headers.get("Content-Encoding", "").lower() == "gzip":
        return zlib.decompress(body, zlib.MAX_WBITS | 16)
    return body
