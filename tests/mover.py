"""A process that forks: each child calls a function, and dies with SIGKILL after so many of its writes.

It reads calls from its input, one JSON object a line, and answers each with what became of it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

import requests.adapters
from botocore.httpsession import URLLib3Session

from accounts import aws
from accounts.account import Account
from actions.connected import Connected
from actions.doors import Call
from calendly import Api, Calendly, StaticToken, Transport
from calendly.errors import CalendlyError
from calendly.event_type_available_times import EventTypeAvailableTime
from calendly.event_types import EventType
from calendly.invitees import Invitee
from calendly.scheduled_events import ScheduledEvent
from generate.catalog import FUNCTIONS, load
from tests.unit.test_doors import Context

READS = ("GetItem", "Query")


def main() -> None:
    import actions.rescheduling
    import actions.runtime

    account = Account(**json.loads(sys.argv[1]))
    transport = Transport()

    def connect(call: Call, *_: Any, dry_run: bool = False) -> Connected:
        api = Api(
            transport, StaticToken(account.access_token), deadline=call.deadline, api=os.environ["CALENDLY_API_URL"]
        )
        return Connected(call, account, Calendly(api))

    actions.runtime.connect = actions.rescheduling.connect = connect  # type: ignore[assignment]
    handlers = {name: load(FUNCTIONS / "scheduled_events" / f"{name}.py").handler for name in sys.argv[2:]}
    # What no child is to make for itself.
    for model in (ScheduledEvent, Invitee, EventType, EventTypeAvailableTime):
        model.model_rebuild()
    aws.client("dynamodb", read_timeout=2.0, attempts=2), aws.client("dynamodb")
    aws.client("events", read_timeout=3.0, attempts=1)
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the log
    for line in sys.stdin:
        call = json.loads(line)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            die_after(call["writes"])
            with open(write, "w") as told:
                json.dump(result(handlers[call["function"]], call["input"]), told)
            os._exit(0)
        os.close(write)
        with open(read) as told:
            answer = told.read()
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        print(
            json.dumps({"killed": killed, "answer": json.loads(answer) if answer else None}), file=answers, flush=True
        )


def result(handler: Any, input: Any) -> Any:
    try:
        return handler(input, Context(seconds=300))
    except CalendlyError as error:
        return {"errorType": type(error).__name__, "errorMessage": error.message}


def die_after(most: int | None) -> None:
    """Die once so many writes, to Calendly or to AWS, are answered. A read between two of them changes nothing."""
    answered = 0

    def counted(send: Any) -> Any:
        def sent(session: Any, request: Any, **how: Any) -> Any:
            nonlocal answered
            response = send(session, request, **how)
            target = request.headers.get("X-Amz-Target", "")
            target = target.decode() if isinstance(target, bytes) else target
            answered += request.method != "GET" and not target.endswith(READS)
            if answered == most:
                os.kill(os.getpid(), signal.SIGKILL)
            return response

        return sent

    for kind in (requests.adapters.HTTPAdapter, URLLib3Session):
        kind.send = counted(kind.send)  # type: ignore[method-assign]


if __name__ == "__main__":
    main()
