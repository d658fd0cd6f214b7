"""Runs in a separate process with a stack's code: measures warm calls of its handler and the exchange in each."""

import gc
import importlib
import json
import os
import resource
import ssl
import sys
import time
import tracemalloc
from types import SimpleNamespace


class Context(SimpleNamespace):
    """A Lambda context."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class Exchange:
    """The start and end of the exchange at the socket. Every stack sends and receives through ``ssl.SSLSocket``.

    What a stack does in between overlaps with Calendly's work and costs no time.
    """

    def __init__(self) -> None:
        self.sent = self.received = 0.0
        for name in ("sendall", "send"):
            setattr(ssl.SSLSocket, name, self._sending(getattr(ssl.SSLSocket, name)))
        for name in ("recv", "recv_into"):
            setattr(ssl.SSLSocket, name, self._receiving(getattr(ssl.SSLSocket, name)))

    def seconds(self) -> float:
        """The duration of the exchange. The next one begins with the next send."""
        took, self.sent = self.received - self.sent, 0.0
        return took

    def _sending(self, call):
        def timed(*args, **kwargs):
            self.sent = self.sent or time.perf_counter()
            return call(*args, **kwargs)

        return timed

    def _receiving(self, call):
        def timed(*args, **kwargs):
            try:
                return call(*args, **kwargs)
            finally:
                self.received = time.perf_counter()

        return timed


def main() -> None:
    module, _, name = sys.argv[1].rpartition(".")
    event, calls = sys.argv[2], int(sys.argv[3])
    handler = getattr(importlib.import_module(module), name)
    exchange = Exchange()
    context = Context(aws_request_id="r", function_name="f", memory_limit_in_mb="512", invoked_function_arn="arn")
    real = os.fdopen(os.dup(1), "w")
    # The log is discarded, whoever writes it. A logger has kept the stream that it found when it was imported.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for _ in range(20):
        handler(json.loads(event), context)
        exchange.seconds()
    resident = _resident()
    whole, overhead = [], []
    for _ in range(calls):
        given = json.loads(event)
        started = time.perf_counter()
        handler(given, context)
        seconds = time.perf_counter() - started
        whole.append(seconds)
        overhead.append(seconds - exchange.seconds())
    gc.collect()
    tracemalloc.start()
    handler(json.loads(event), context)
    _, peak = tracemalloc.get_traced_memory()
    print(json.dumps({"whole": whole, "overhead": overhead, "peak": peak, "resident": resident}), file=real, flush=True)


def _resident() -> int:
    try:
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
