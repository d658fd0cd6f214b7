"""Runs in a separate process with a stack's code: fetches every event of a long list and reports the cost."""

import importlib
import json
import os
import resource
import sys
import time
from urllib.request import urlopen

from warm_runner import Context


def main() -> None:
    module, _, name = sys.argv[1].rpartition(".")
    call = getattr(importlib.import_module(module), name)
    pages = call if name == "pages" else lambda: answers(call)
    real, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: SIM115 - discards the log
    # A first call before the measurement reads the secret and opens the connection.
    next(iter(pages()))
    before = _requests()
    started = time.perf_counter()
    events = sum(len(page) for page in pages())
    seconds = time.perf_counter() - started
    sys.stdout = real
    print(json.dumps({"events": events, "calls": _requests() - before, "seconds": seconds, "peak": _peak()}))


def answers(handler):
    """The answers of an action, one after the other, as a workflow receives them."""
    context = Context(aws_request_id="r", function_name="f", memory_limit_in_mb="512", invoked_function_arn="arn")
    context.get_remaining_time_in_millis = lambda: 900_000
    token = None
    while True:
        answer = handler({"all_pages": True, "page_token": token}, context)
        yield answer["collection"]
        token = answer["pagination"]["next_page_token"]
        if token is None:
            return


def _requests() -> int:
    """The number of requests to Calendly so far."""
    with urlopen(f"{os.environ['CALENDLY_API_URL']}/_requests") as answer:  # noqa: S310 - the loopback's
        return int(answer.read())


def _peak() -> int:
    """Peak memory in bytes. Linux reports it for this program only; getrusage includes the process that forked it."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
