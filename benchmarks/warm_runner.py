"""Runs in a process of its own, with a stack's code: warm calls of its handler, and bare round trips in between."""

import gc
import importlib
import json
import os
import resource
import socket
import ssl
import sys
import time
import tracemalloc
from types import SimpleNamespace
from urllib.parse import urlsplit


class Context(SimpleNamespace):
    """A Lambda context."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class RoundTrip:
    """The bare exchange: bytes out over a kept-alive TLS connection, and the whole answer in."""

    def __init__(self, url: str, target: str) -> None:
        address = urlsplit(url)
        plain = socket.create_connection((address.hostname, address.port))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = ssl.create_default_context().wrap_socket(plain, server_hostname=address.hostname)
        headers = f"Host: {address.netloc}\r\nAuthorization: Bearer eyJ{'x' * 360}\r\nAccept: application/json\r\n"
        self._request = f"GET {target} HTTP/1.1\r\n{headers}\r\n".encode()

    def __call__(self) -> None:
        self._socket.sendall(self._request)
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._socket.recv(65536)
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._socket.recv(65536)


def main() -> None:
    module, _, name = sys.argv[1].rpartition(".")
    event, target, calls = json.loads(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    handler = getattr(importlib.import_module(module), name)
    trip = RoundTrip(os.environ["CALENDLY_API_URL"], target)
    context = Context(aws_request_id="r", function_name="f", memory_limit_in_mb="512", invoked_function_arn="arn")
    real, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: SIM115 - what functions log is written, and nobody reads it
    for _ in range(20):
        handler(json.loads(json.dumps(event)), context)
        trip()
    resident = _resident()
    inside, bare = [], []
    for _ in range(calls):
        given = json.loads(json.dumps(event))
        started = time.perf_counter()
        handler(given, context)
        middle = time.perf_counter()
        trip()
        inside.append(middle - started)
        bare.append(time.perf_counter() - middle)
    gc.collect()
    tracemalloc.start()
    handler(json.loads(json.dumps(event)), context)
    _, peak = tracemalloc.get_traced_memory()
    sys.stdout = real
    print(json.dumps({"inside": inside, "bare": bare, "peak": peak, "resident": resident}))


def _resident() -> int:
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
