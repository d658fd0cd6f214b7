"""``python -m local`` runs the stack until Ctrl-C or SIGTERM. ``python -m local demo`` runs it for a demonstration."""

from __future__ import annotations

import signal
import sys
import threading

from local.ports import Ports, PortTakenError


def main() -> int:
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
    from local import demo
    from local.stack import LocalStack

    with LocalStack(ports) as stack:
        if sys.argv[1:] == ["demo"]:
            return 0 if demo.run(stack) else 1
        ready.append(True)
        _tell(stack)
        stopped.wait()
    print("Stopped.")
    return 0


def _tell(stack: object) -> None:
    urls = vars(stack)
    print(
        f"""
  API (as API Gateway serves it)   {urls["api_url"]}
  Lambda Invoke API                {urls["lambda_url"]}
  AWS services                     {urls["aws_url"]}
  Calendly sandbox                 {urls["calendly_url"]}   its state: {urls["calendly_url"]}/_sandbox/state
  functions' logs                  {urls["logs"]}

Connect an account:  curl -s -X POST {urls["api_url"]}/accounts/default/connect
and open the authorize_url of the answer in a browser. Then, for example:
                     curl -s {urls["api_url"]}/accounts/default/users/me
Deliver webhooks:    curl -s {urls["api_url"]}/accounts/default/webhook_subscriptions \\
                     -d '{{"events": ["invitee.created"]}}'
and book something:  curl -s -X POST {urls["calendly_url"]}/_sandbox/bookings
Run a workflow:      aws --endpoint-url {urls["aws_url"]} stepfunctions start-execution --state-machine-arn \\
                     arn:aws:states:us-east-1:123456789012:stateMachine:local-send-booking-link \\
                     --input file://statemachines/inputs/send_booking_link.json

Ctrl-C stops everything.""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
