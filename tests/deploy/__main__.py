"""``python -m tests.deploy`` runs the steps and prints a line for each; the exit code is 1 if one fails."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from local.ports import HOST
from tests.deploy import building, calls, life, policies, texts, workflows
from tests.deploy.calendly import Calendly
from tests.deploy.check import Check
from tests.deploy.emulator import PYTHON, Emulator
from tests.deploy.stack import Stack


@dataclass(frozen=True)
class Step:
    """A step of the check.

    Attributes:
        run: does it, and returns what it saw; a first line, and more below it. Any exception is a failure.
        as_text: why the emulator cannot show it; the template's text is checked instead.
        needed: whether all that follows needs it.
    """

    title: str
    run: Callable[[Check], str]
    as_text: str = ""
    needed: bool = False


STEPS = (
    Step("build for Lambda", building.build_for_lambda),
    Step("build for this machine", building.build_for_here, needed=True),
    Step("first deployment", calls.first_deployment, needed=True),
    Step("second deployment", calls.second_deployment, needed=True),
    Step("unsigned calls", calls.unsigned),
    Step("connect", calls.connects, needed=True),
    Step("refresh", calls.refreshes),
    Step("doctor", calls.doctor),
    Step("webhook to workflow", workflows.on_booking),
    Step("other workflows", workflows.others),
    Step("approval of a write", workflows.approval),
    Step("documented policies", policies.documented),
    Step("policy of an agent", policies.agent),
    Step("an agent's arguments", policies.arguments),
    Step("policy of a reader", policies.reader),
    Step("policy of a gateway", policies.gateway),
    Step("the key within services", texts.key_through_services, "the emulator does not check keys within its services"),
    Step("roles of workflows", texts.workflow_roles, "the emulator runs workflows without their roles"),
    Step("nothing without TLS", texts.without_tls, "the emulator speaks HTTP"),
    Step("what doctor may read", texts.doctor_looks, "the emulator names schedules and alarms differently in policies"),
    Step("retries by name", texts.retries, "the emulator calls every exception Runtime.HandlerError"),
    Step("book-and-wait", texts.book_and_wait, "the emulator takes no JSONata for TimeoutSeconds"),
    Step("export-events", texts.export_events, "the emulator has no JSONata in a distributed Map"),
    Step("update, and back", life.update),
    Step("stack for agents", life.agents),
    Step("uninstall", life.uninstall, needed=True),
    Step("install again", life.redeploy, needed=True),
    Step("failed first deployment", life.failed_deployment),
)


def main() -> int:
    if not PYTHON.exists():
        sys.exit("The emulator is not installed. Run `make deploy-check`, which installs it.")
    # What is called here is on this machine. A proxy is for packages.
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = ",".join(filter(None, (os.environ.get("no_proxy"), HOST)))
    failed = []
    with Emulator() as emulator, Calendly() as calendly:
        check = Check(emulator, calendly, Stack(emulator, "calendly"))
        for step in STEPS:
            if not run_step(step, check):
                failed.append(step.title)
                if step.needed:
                    break
    if failed:
        print(f"\nFailed: {', '.join(failed)}. The emulator's log: {emulator.log}")
    return 1 if failed else 0


def run_step(step: Step, check: Check) -> bool:
    """Run a step and print its line; returns whether it was found to be so."""
    started = time.monotonic()
    result = "as text" if step.as_text else "ok"
    try:
        said = step.run(check)
    except Exception as error:
        result, said = "FAILED", f"{type(error).__name__}: {error}"
    if step.as_text and result != "FAILED":
        said = f"{said}\n{step.as_text}"
    first, *more = said.splitlines() or [""]
    print(f"{step.title:<28}  {result:<7}  {time.monotonic() - started:5.1f} s  {first}", flush=True)
    for line in more:
        print(f"{'':<28}  {'':<7}  {'':>7}  - {line}", flush=True)
    return result != "FAILED"


if __name__ == "__main__":
    sys.exit(main())
