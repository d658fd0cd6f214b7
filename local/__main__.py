"""``python -m local`` runs the stack until Ctrl-C or SIGTERM. ``python -m local demo`` runs it for a demonstration."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from local.ports import Ports, PortTakenError

USAGE = """\
python -m local         keeps the stack up until Ctrl-C
python -m local demo    shows every action once

Environment:
  CONNECT=no              starts without an account; `default` is connected otherwise
  STATE=dir               keeps accounts, table, bucket and the sandbox's world in a folder from run to run
  CALENDLY=real           talks to Calendly itself; connect with a personal access token (docs/local.md)
  API_PORT, LAMBDA_PORT, AWS_PORT, CALENDLY_PORT
                          other ports than 3000, 3001, 4566 and 4010"""


def main() -> int:
    arguments = sys.argv[1:]
    if arguments in (["-h"], ["--help"]):
        print(USAGE)
        return 0
    if arguments not in ([], ["demo"]):
        print(f"Unknown: {' '.join(arguments)}\n\n{USAGE}", file=sys.stderr)
        return 2
    options = {"CONNECT": ("yes", "no"), "CALENDLY": ("sandbox", "real")}
    for name, values in options.items():
        if os.environ.get(name, values[0]) not in values:
            print(f"{name} must be {' or '.join(values)}, not {os.environ[name]!r}.", file=sys.stderr)
            return 2
    return _run(demonstrates=bool(arguments))


def _run(*, demonstrates: bool) -> int:
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set() if ready else sys.exit(130))
    ready: list[bool] = []
    try:
        ports = Ports.from_environment()
        ports.check()
    except PortTakenError as error:
        print(error, file=sys.stderr)
        return 1
    print("Starting the local stack ...", flush=True)
    # Imported late, so that a taken port is reported at once.
    from local import demo, operator
    from local.kept import StateError
    from local.stack import LocalStack

    state, real = os.environ.get("STATE"), os.environ.get("CALENDLY") == "real"
    kept = Path(state).resolve() if state else None
    told: dict[str, Any] = {} if demonstrates else {"tell": _line, "state": kept, "real": real}
    try:
        with LocalStack(ports, **told) as stack:
            if demonstrates:
                return 0 if demo.run(stack) else 1
            ready.append(True)
            _tell(stack, state)
            if not real and os.environ.get("CONNECT") != "no" and not operator.is_connected(stack):
                operator.connect(stack)
            stopped.wait()
    except StateError as error:
        print(error, file=sys.stderr)
        return 1
    print("Stopped.")
    return 0


def _line(text: str) -> None:
    print(f"  {text}", flush=True)


def _tell(stack: Any, state: str | None) -> None:
    api, aws, calendly = stack.api_url, stack.aws_url, stack.calendly_url
    python = os.path.relpath(sys.executable) if sys.prefix != sys.base_prefix else "python3"
    print(
        f"""
  Home page                        {api}/
  Every action, to try out         {api}/docs
  API (as API Gateway serves it)   {api}
  Lambda Invoke API                {stack.lambda_url}
  AWS services                     {aws}
  Calendly sandbox                 {calendly}
  Functions' logs                  {stack.logs}
  State                            {state or "not kept; STATE=dir keeps it"}

Call an action:      {python} -m calendly_actions --local call retrieve_events --status active
                     curl -s {api}/accounts/default/users/me
Connect another:     {python} -m calendly_actions --local connect sales
Deliver webhooks:    {python} -m calendly_actions --local call create_webhook_subscription --events invitee.created
and book something:  curl -s -X POST {calendly}/_sandbox/bookings
Run a workflow:      export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=us-east-1   # AWS CLI v2
                     aws --endpoint-url {aws} stepfunctions start-execution --state-machine-arn \\
                     arn:aws:states:us-east-1:123456789012:stateMachine:local-send-booking-link \\
                     --input file://statemachines/inputs/send_booking_link.json

Ctrl-C stops everything. What happens is told here:
""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
