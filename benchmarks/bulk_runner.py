"""Runs in a process of its own: every event through ``all_pages``, answer by answer, and what it took."""

import importlib
import json
import os
import resource
import sys
import time

from warm_runner import Context


def main() -> None:
    handler = importlib.import_module("retrieve_events").handler
    context = Context(aws_request_id="r", function_name="f", memory_limit_in_mb="512", invoked_function_arn="arn")
    context.get_remaining_time_in_millis = lambda: 900_000
    real, sys.stdout = sys.stdout, open(os.devnull, "w")  # noqa: SIM115 - what functions log is written, and nobody reads it
    handler({"all_pages": True, "max_items": 1}, context)
    token, events, answers = None, 0, 0
    started = time.perf_counter()
    while True:
        answer = handler({"all_pages": True, "page_token": token}, context)
        answers += 1
        events += len(answer["collection"])
        token = answer["pagination"]["next_page_token"]
        if token is None:
            break
    seconds = time.perf_counter() - started
    sys.stdout = real
    print(json.dumps({"events": events, "answers": answers, "seconds": seconds, "peak": _peak()}))


def _peak() -> int:
    """Bytes of memory at most. Linux tells it for this program alone; getrusage counts what forked it, too."""
    try:
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    main()
