"""The only module that sends HTTP requests, over ``requests``.

``requests`` takes proxies and CA bundles from the environment. This module adds a deadline for the whole exchange (the
timeouts of ``requests`` apply to one read), the distinction between a request that was certainly not sent and one that
may have been, and a limit on the size of an answer.

A connection knows the exchange that uses it, and a thread shuts down its socket at the exchange's deadline.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from contextvars import ContextVar
from functools import lru_cache
from http.client import HTTPException, HTTPResponse
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.ssl_ import create_urllib3_context

from calendly.deadline import Deadline
from calendly.reading import PIECE, Reader, gunzip
from calendly.version import VERSION

USER_AGENT = f"calendly-actions/{VERSION}"

CONNECT_TIMEOUT = 3.05
"""Seconds to connect to each address of a host, and for the TLS handshake."""

READ_TIMEOUT = 20.0
"""Seconds to wait for each piece of an answer."""

MAX_ANSWER_BYTES = 16_000_000
"""The largest body, decompressed."""

POOL_SIZE = 32
"""Connections kept open per origin."""

IDLE_SECONDS = 60
"""Seconds a connection is kept. A frozen function misses that the other side closed it, and would lose a request."""

_CUT_AGAIN_SECONDS = 0.05
_TARGET = re.compile(r"[!-~]*")

Auth = Callable[[requests.PreparedRequest], requests.PreparedRequest]


class NotSentError(Exception):
    """No connection was made, including proxy tunnel and TLS, so the request cannot have been acted on.

    The text is the class name of the cause, without a URL or a header.
    """


class LostError(Exception):
    """The request may have been sent, and no complete answer came back. The text is like NotSentError's."""


class AnswerTooLargeError(LostError):
    """The answer is larger than MAX_ANSWER_BYTES."""


class Answer(NamedTuple):
    """An HTTP answer.

    Attributes:
        status: the HTTP status, 200 or above.
        headers: by name; not case-sensitive.
        body: complete and decompressed.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"Answer(status={self.status})"


class Http:
    """One ``requests.Session``. Created once per process; safe to share between threads."""

    def __init__(self) -> None:
        self._session = _Session()
        self._session.headers = CaseInsensitiveDict({"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"})
        # Without an auth, requests reads one from .netrc, which would replace the Authorization header.
        self._session.auth = _as_it_is
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = _Adapter(pool_maxsize=POOL_SIZE, max_retries=0)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: Deadline,
        auth: Auth | None = None,
    ) -> Answer:
        """Send one request, once, and read the whole answer. A redirect is returned and not followed.

        Args:
            method, url, headers, body: what to send. Host, length and encodings are added.
            deadline: the exchange ends here, however slowly the answer arrives.
            auth: signs the request when it is otherwise complete.

        Raises:
            NotSentError, LostError.
            ValueError: the URL or a header would break the request.
        """
        _check(url, headers)
        exchange = _Exchange(deadline)
        try:
            with exchange:
                left = exchange.time_left()
                response = self._session.request(
                    method,
                    url,
                    headers=headers,
                    data=body,
                    auth=auth,
                    # Half of the time left, so that a host's next address gets a chance.
                    timeout=(min(CONNECT_TIMEOUT, left / 2), min(READ_TIMEOUT, left)),
                    allow_redirects=False,
                    stream=True,
                )
                with response:
                    return Answer(response.status_code, response.headers, _body(response))
        except LostError:
            raise
        except Exception as error:
            # Decided by what had happened, because the same error class is raised before and after sending. The error
            # and its text are left out, because they contain the URL.
            reason = "Timeout" if exchange.is_over else type(error).__name__
            raise (LostError if exchange.is_connected else NotSentError)(reason) from None


@lru_cache(maxsize=1)
def shared() -> Http:
    """The session of this process."""
    return Http()


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _check(url: str, headers: Mapping[str, str]) -> None:
    address = urlsplit(url)
    # urlsplit drops line breaks.
    if not _TARGET.fullmatch(address.path + address.query) or re.search(r"[\r\n\t]", url):
        raise ValueError("the path or query is not encoded")
    head = "".join([*headers, *headers.values()])
    if re.search(r"[\r\n\0]", head):
        raise ValueError("a header contains a line break")
    head.encode("latin-1")


def _body(response: requests.Response) -> bytes:
    """The body of an answer.

    Raises:
        LostError: it is incomplete, or its length is ambiguous.
        Exception: what the libraries raise when the other side closes the connection.
    """
    raw = response.raw
    if response.status_code < 200:
        # http.client skips only status 100. After any other 1xx the real answer may follow on this connection.
        raise LostError("InterimAnswer")
    lengths = set(raw.headers.getlist("content-length"))
    if lengths and not (len(lengths) == 1 and lengths.pop().isdecimal()):
        raise LostError("InvalidHeader")
    if raw.headers.get("transfer-encoding", "chunked").lower() != "chunked":
        raise LostError("InvalidHeader")
    is_gzip = raw.headers.get("content-encoding", "").lower() in ("gzip", "x-gzip")
    pieces = iter(lambda: raw.read(PIECE, decode_content=False), b"")
    body = bytearray()
    for piece in gunzip(pieces) if is_gzip else pieces:
        body += piece
        if len(body) > MAX_ANSWER_BYTES:
            raise AnswerTooLargeError("AnswerTooLarge")
    return bytes(body)


class _Session(requests.Session):
    def get_redirect_target(self, resp: requests.Response) -> None:
        """None: requests would read a redirect's whole body at once even if it does not follow it."""


class _Exchange:
    """One request and its answer, in progress on the thread that entered it.

    Attributes:
        connection: the connection in use.
        is_connected: whether the request may have been sent.
        is_over: whether the deadline has passed.
        bundle: the path of the CA bundle.
    """

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._has_ended = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self.connection: _Watched | None = None
        self.is_connected = False
        self.is_over = False
        self.bundle = ""

    def __enter__(self) -> None:
        self._watcher.start()
        self._token = _under_way.set(self)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _under_way.reset(self._token)
        self._has_ended.set()
        self._watcher.join()
        if self.is_over and kind is None:
            # The shutdown may have cut off the end of what was read.
            raise TimeoutError

    def time_left(self) -> float:
        """Seconds left. Raises TimeoutError if there are none."""
        left = self._deadline.remaining()
        if self.is_over or not left:
            self.is_over = True
            raise TimeoutError
        return left

    def answered(self, is_spoilt: bool) -> None:
        """The answer has been read or abandoned; is_spoilt says whether unexpected bytes follow."""
        if self.is_connected and self.connection is not None:
            self.connection.rest(is_spoilt)

    def _watch(self) -> None:
        seconds = self._deadline.remaining()
        # Repeated, because there may be no socket to shut down at a given moment.
        while not self._has_ended.wait(seconds):
            self.is_over = True
            if self.connection is not None:
                self.connection.cut(self)
            seconds = _CUT_AGAIN_SECONDS


_under_way: ContextVar[_Exchange] = ContextVar("exchange")


class _Response(HTTPResponse):
    """http.client's response, with a reader that does not treat the end of the stream as the end of a line."""

    def __init__(self, sock: socket.socket, *args: Any, **how: Any) -> None:
        super().__init__(sock, *args, **how)
        self.fp = Reader(self.fp.detach(), _under_way.get().answered)

    def begin(self) -> None:
        super().begin()
        if self.msg.defects:
            # A malformed line hides the headers after it, such as a length. urllib3 would continue and log the URL.
            raise HTTPException


class _Watched(HTTPConnection):
    """A connection whose socket is shut down at the deadline of the exchange that uses it.

    Attributes:
        wire: the innermost socket, once it is known.
    """

    response_class = _Response

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self.wire: socket.socket | None = None
        self._lock = threading.Lock()
        self._exchange: _Exchange | None = None
        self._is_spoilt = False
        self._idle_since = 0.0

    def connect(self) -> None:
        exchange = self._enter()
        self.wire, self._is_spoilt = None, False
        super().connect()
        self.wire = self.wire or self.sock
        self.timeout = min(READ_TIMEOUT, exchange.time_left())
        self.sock.settimeout(self.timeout)
        exchange.is_connected = True

    @property
    def is_connected(self) -> bool:
        """Whether a kept connection can be used again; urllib3 asks before it does so."""
        # First, so that the previous exchange cannot cut this one after the check.
        self._enter()
        return (
            not self._is_spoilt
            # Wall-clock time, because monotonic clocks may stop while a function is frozen.
            and time.time() - self._idle_since < IDLE_SECONDS
            and not (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending())
            and super().is_connected
        )

    def request(self, *args: Any, **how: Any) -> None:
        if not self.is_closed:
            exchange = self._enter()
            # urllib3 would apply the connect timeout to sending the whole request.
            self.timeout = min(READ_TIMEOUT, exchange.time_left())
            exchange.is_connected = True
        super().request(*args, **how)

    def rest(self, is_spoilt: bool) -> None:
        """The connection is idle from now on."""
        self._is_spoilt = is_spoilt
        self._idle_since = time.time()

    def cut(self, exchange: _Exchange) -> None:
        """Shut down the socket, unless another exchange uses it by now."""
        with self._lock:
            wire = self.wire or self.sock
            if self._exchange is exchange and wire is not None:
                with suppress(OSError):
                    # The plain socket's shutdown: the TLS socket's changes state that the other thread is reading with.
                    socket.socket.shutdown(wire, socket.SHUT_RDWR)

    def _enter(self) -> _Exchange:
        exchange = _under_way.get()
        with self._lock:
            self._exchange = exchange
        exchange.connection = self
        return exchange


class _WatchedTls(_Watched, HTTPSConnection):
    pass


class _TlsSocket(ssl.SSLSocket):
    """A TLS socket that registers itself with the connection at its handshake, because it detached the plain socket."""

    def do_handshake(self, block: bool = False) -> None:
        exchange = _under_way.get()
        if exchange.connection is not None:
            exchange.connection.wire = self
        self.settimeout(min(CONNECT_TIMEOUT, exchange.time_left()))
        super().do_handshake(block)


class _SocketOptions(list[tuple[int, int, int]]):
    """Iterated before each address of a host is tried, which makes it the place to check the deadline."""

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        _under_way.get().time_left()
        return super().__iter__()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Watched


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _WatchedTls


_POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _Pool, "https": _TlsPool}

# No delay, also to a proxy: head and body are sent one after the other.
_OPTIONS = _SocketOptions([(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)])


class _Adapter(HTTPAdapter):
    """Creates watched connections, direct or through proxies, and loads a CA bundle once instead of per connection."""

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **how: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, socket_options=_OPTIONS, **how)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, proxy: str, **how: Any) -> Any:
        scheme = urlsplit(proxy).scheme
        if scheme not in ("http", "https"):
            raise requests.exceptions.InvalidProxyURL
        if scheme == "https":
            how["proxy_ssl_context"] = _tls(_under_way.get().bundle)
        manager = super().proxy_manager_for(proxy, socket_options=_OPTIONS, **how)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        host, _ = super().build_connection_pool_key_attributes(request, verify, cert)
        _under_way.get().bundle = DEFAULT_CA_BUNDLE_PATH if verify is True else verify
        return host, {"ssl_context": _tls(_under_way.get().bundle)} if host["scheme"] == "https" else {}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Does nothing: the pool's TLS context has the bundle."""


@lru_cache(maxsize=4)
def _tls(bundle: str) -> ssl.SSLContext:
    context = create_urllib3_context()
    context.sslsocket_class = _TlsSocket
    place = "capath" if os.path.isdir(bundle) else "cafile"
    context.load_verify_locations(**{place: bundle})
    return context
