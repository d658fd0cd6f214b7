"""The one place that speaks HTTP, over ``requests``.

``requests`` brings proxies and CA bundles from the environment. Three things are added to it: a deadline for the whole
exchange, where its timeouts are for one read; the difference between a request that surely was not sent and one that
may have been; and a bound on how much of an answer is held in memory.

A connection knows the exchange that uses it. Before each read and each write it gives its socket no more time than the
exchange has left.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from functools import lru_cache
from http.client import HTTPException, HTTPResponse
from http.cookiejar import DefaultCookiePolicy
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
"""Seconds for each address of a host, and for the TLS handshake."""

READ_TIMEOUT = 20.0
"""Seconds to wait for each piece of an answer."""

MAX_ANSWER_BYTES = 16_000_000
"""The largest body, decompressed."""

POOL_SIZE = 32
"""Connections kept for later, of one origin."""

IDLE_SECONDS = 60
"""For how long. A frozen function does not hear the other side hang up, and would lose a request by it."""

_TARGET = re.compile(r"[!-~]*")

Auth = Callable[[requests.PreparedRequest], requests.PreparedRequest]


class NotSentError(Exception):
    """No connection was made, tunnel and TLS included, so that nobody can have acted on the request.

    The text is the name of the cause's class, without an address or a header.
    """


class LostError(Exception):
    """The request was sent, or a part of it, and no whole answer came back. The text is like NotSentError's."""


class AnswerTooLargeError(LostError):
    """The answer is larger than MAX_ANSWER_BYTES."""


class Answer(NamedTuple):
    """An HTTP answer.

    Attributes:
        status: of HTTP, 200 or above.
        headers: by name, in any case.
        body: whole and decompressed.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"Answer(status={self.status})"


class Http:
    """One ``requests.Session``. Made once per process; safe to share between threads."""

    def __init__(self) -> None:
        self._session = _Session()
        self._session.headers = CaseInsensitiveDict({"User-Agent": USER_AGENT, "Accept-Encoding": "gzip"})
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
        """Send one request, once, and read the whole answer. Redirects are answers like others.

        Args:
            method, url, headers, body: what to send. Host, length and encodings are added.
            deadline: nothing is waited for past it, however slowly an answer drips in.
            auth: signs the request when it is otherwise complete.

        Raises:
            NotSentError, LostError.
            ValueError: what is to be sent would not be one request.
        """
        _check(url, headers)
        exchange = _Exchange(deadline)
        token = _under_way.set(exchange)
        try:
            left = exchange.time_left()
            response = self._session.request(
                method,
                url,
                headers=headers,
                data=body,
                auth=auth,
                # Half of what is left, so that a host's next address has a turn.
                timeout=(min(CONNECT_TIMEOUT, left / 2), min(READ_TIMEOUT, left)),
                allow_redirects=False,
                stream=True,
            )
            with response:
                return Answer(response.status_code, response.headers, _body(response))
        except LostError:
            raise
        except Exception as error:
            # By what had happened, and not by the error's class, which says the same before and after. Its text is
            # left out, and the error with it, because it holds the address.
            reason = type(error).__name__ if deadline.remaining() else "Timeout"
            raise (LostError if exchange.is_connected else NotSentError)(reason) from None
        finally:
            _under_way.reset(token)


@lru_cache(maxsize=1)
def shared() -> Http:
    """The process's one session."""
    return Http()


def _check(url: str, headers: Mapping[str, str]) -> None:
    address = urlsplit(url)
    # urlsplit drops line breaks.
    if not _TARGET.fullmatch(address.path + address.query) or re.search(r"[\r\n\t]", url):
        raise ValueError("a path or query that is not encoded")
    head = "".join([*headers, *headers.values()])
    if re.search(r"[\r\n\0]", head):
        raise ValueError("a line break within a header")
    head.encode("latin-1")


def _body(response: requests.Response) -> bytes:
    """The rest of an answer.

    Raises:
        LostError: it is not whole, or says two things about where it ends.
        Exception: what the libraries raise where the other side hangs up.
    """
    raw = response.raw
    if response.status_code < 200:
        # http.client skips 100 alone. After any other the real answer may follow, on a connection that is closed here.
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
    def __init__(self) -> None:
        super().__init__()
        self._environment: dict[tuple[str, str], dict[str, Any]] = {}

    def prepare_request(self, request: requests.Request) -> requests.PreparedRequest:
        """The request with the session's headers, and nothing else of the session's or the environment's.

        A .netrc would replace the Authorization header, and no cookies are kept. Leaving out what merges them is also
        a tenth of a warm call.
        """
        prepared = requests.PreparedRequest()
        prepared.prepare_method(request.method)
        prepared.prepare_url(request.url, None)
        prepared.prepare_headers({**self.headers, **request.headers})
        prepared.prepare_body(request.data, None)
        if request.auth:
            prepared.prepare_auth(request.auth)
        return prepared

    def merge_environment_settings(self, url: str, *given: Any, **named: Any) -> dict[str, Any]:  # type: ignore[override]
        """The proxies and the CA bundle of a host. They are read once: a function's environment does not change."""
        address = urlsplit(url)
        origin = (address.scheme, address.netloc)
        if origin not in self._environment:
            self._environment[origin] = dict(super().merge_environment_settings(url, *given, **named))
        return dict(self._environment[origin])

    def get_redirect_target(self, resp: requests.Response) -> None:
        """None. Requests reads a redirect's whole body at once even where it does not follow."""


class _Exchange:
    """One request and its answer, under way on this thread.

    Attributes:
        connection: which it uses at the moment.
        is_connected: whether the request can have been sent.
        bundle: where the trusted certificates are.
    """

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self.connection: _Timed | None = None
        self.is_connected = False
        self.bundle = ""

    def time_left(self) -> float:
        """Seconds. Raises TimeoutError where there are none."""
        left = self._deadline.remaining()
        if not left:
            raise TimeoutError
        return left

    def answered(self, is_spoilt: bool) -> None:
        """An answer has been read, or given up; is_spoilt says whether something that nobody asked for lies behind."""
        if self.is_connected and self.connection is not None:
            self.connection.rest(is_spoilt)


_under_way: ContextVar[_Exchange] = ContextVar("exchange")


class _Response(HTTPResponse):
    """http.client's, with a reader that is strict, and whose every read is bounded by the exchange's deadline."""

    def __init__(self, sock: socket.socket, *args: Any, **how: Any) -> None:
        super().__init__(sock, *args, **how)
        exchange = _under_way.get()

        def before_read() -> None:
            sock.settimeout(min(READ_TIMEOUT, exchange.time_left()))

        self.fp = Reader(self.fp.detach(), before_read, exchange.answered)

    def begin(self) -> None:
        super().begin()
        if self.msg.defects:
            # Lines that are no headers hide those after them, such as a length. urllib3 goes on, and logs the address.
            raise HTTPException


class _Timed(HTTPConnection):
    """A connection that takes no longer than the exchange that uses it has left."""

    response_class = _Response

    def __init__(self, *args: Any, **how: Any) -> None:
        super().__init__(*args, **how)
        self._is_spoilt = False
        self._idle_since = 0.0

    def connect(self) -> None:
        exchange = self._enter()
        self._is_spoilt = False
        super().connect()
        exchange.is_connected = True

    @property
    def is_connected(self) -> bool:
        """Asked before a kept connection is used again."""
        return (
            not self._is_spoilt
            # By the clock on the wall: others stand still while a function is frozen.
            and time.time() - self._idle_since < IDLE_SECONDS
            and not (isinstance(self.sock, ssl.SSLSocket) and self.sock.pending())
            and super().is_connected
        )

    def request(self, *args: Any, **how: Any) -> None:
        exchange = self._enter()
        if not self.is_closed:
            exchange.is_connected = True
        super().request(*args, **how)

    def send(self, data: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(min(READ_TIMEOUT, _under_way.get().time_left()))
        super().send(data)

    def rest(self, is_spoilt: bool) -> None:
        """No longer in use."""
        self._is_spoilt = is_spoilt
        self._idle_since = time.time()

    def _enter(self) -> _Exchange:
        exchange = _under_way.get()
        exchange.connection = self
        return exchange


class _TimedTls(_Timed, HTTPSConnection):
    pass


class _TlsSocket(ssl.SSLSocket):
    """Bounds the handshake, during which the connection has no socket to give less time."""

    def do_handshake(self, block: bool = False) -> None:
        self.settimeout(min(CONNECT_TIMEOUT, _under_way.get().time_left()))
        super().do_handshake(block)


class _SocketOptions(list[tuple[int, int, int]]):
    """Read before each address of a host is tried, and thus the place to stop trying."""

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        _under_way.get().time_left()
        return super().__iter__()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Timed


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TimedTls


_POOLS: dict[str, type[HTTPConnectionPool]] = {"http": _Pool, "https": _TlsPool}

# Without delay also to a proxy: head and body are sent one after the other.
_OPTIONS = _SocketOptions([(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)])


class _Adapter(HTTPAdapter):
    """Makes timed connections, directly and through proxies, and loads a CA bundle once and not per connection."""

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
        # Only the host is of use here, and with a bundle's path the file is looked up for each request.
        host, _ = super().build_connection_pool_key_attributes(request, True, cert)
        _under_way.get().bundle = DEFAULT_CA_BUNDLE_PATH if verify is True else verify
        return host, {"ssl_context": _tls(_under_way.get().bundle)} if host["scheme"] == "https" else {}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Nothing: the pool's context has the bundle."""


@lru_cache(maxsize=4)
def _tls(bundle: str) -> ssl.SSLContext:
    context = create_urllib3_context()
    context.sslsocket_class = _TlsSocket
    place = "capath" if os.path.isdir(bundle) else "cafile"
    context.load_verify_locations(**{place: bundle})
    return context
