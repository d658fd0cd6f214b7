"""Cold start: from the start of a process under ``awslambdaric`` to its first answer."""

from __future__ import annotations

import json
import subprocess
import time

from benchmarks.loopback import Loopback
from benchmarks.stacks import ACTIONS, Stack, proxy_event
from local.runtime_api import Invocation, RuntimeApi


def cold_starts(stacks: list[Stack], service: Loopback, rounds: int) -> dict[str, dict[str, list[float]]]:
    """Milliseconds by action and stack. The stacks take turns."""
    able = {action: [stack for stack in stacks if action in stack.handlers] for action in ACTIONS}
    found: dict[str, dict[str, list[float]]] = {
        action: {stack.name: [] for stack in able[action]} for action in ACTIONS
    }
    for _ in range(rounds):
        for action in ACTIONS:
            for stack in able[action]:
                found[action][stack.name].append(_once(stack, action, service))
    return found


def _once(stack: Stack, action: str, service: Loopback) -> float:
    runtime = RuntimeApi()
    event = json.dumps(proxy_event(action)).encode()
    invocation = Invocation(
        "request", event, time.time() + 60, "arn:aws:lambda:us-east-1:1:function:benchmark", "Root=1"
    )
    runtime.pending.put(invocation)
    environment = {**stack.environment(action, service), "AWS_LAMBDA_RUNTIME_API": runtime.address}
    started = time.perf_counter()
    process = subprocess.Popen(
        [stack.python, "-m", "awslambdaric", stack.handlers[action]],
        cwd=stack.code[action],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    invocation.done.wait(60)
    milliseconds = (time.perf_counter() - started) * 1000
    process.kill()
    process.wait()
    runtime.close()
    _expect_good(stack, action, invocation)
    return milliseconds


def _expect_good(stack: Stack, action: str, invocation: Invocation) -> None:
    answer = json.loads(invocation.answer or b"{}")
    if invocation.failed or answer.get("statusCode") not in (200, 201):
        raise SystemExit(f"{stack.name} did not answer {action}: {invocation.answer[:500]!r}")
