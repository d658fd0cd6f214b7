"""The local stack as a person meets it: starts, says what is wrong, stops, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from botocore.config import Config

from local.examples import examples
from local.ports import HOST, Ports
from tests.sizes import FULL, size

ROOT = Path(__file__).parents[2]


def environment(ports: Ports) -> dict[str, str]:
    numbers = {
        "API_PORT": ports.api,
        "LAMBDA_PORT": ports.lambda_,
        "AWS_PORT": ports.aws,
        "CALENDLY_PORT": ports.calendly,
    }
    return {**os.environ, **{name: str(port) for name, port in numbers.items()}}


def start(ports: Ports, *arguments: str, state: str | None = None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "local", *arguments],
        cwd=ROOT,
        env=environment(ports) | ({"STATE": state} if state else {"CONNECT": "no"}),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def wait_until_up(ports: Ports) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((HOST, ports.lambda_)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the stack did not come up")


def processes_of(stack: subprocess.Popen[str], ports: Ports) -> list[str]:
    """Command lines of the processes that a stack started, whoever is their parent now."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            environ = (entry / "environ").read_bytes()
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if int(entry.name) != stack.pid and f"\0API_PORT={ports.api}\0".encode() in b"\0" + environ:
            found.append(command)
    return found


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
@pytest.mark.parametrize("how", [signal.SIGKILL, *([signal.SIGINT, signal.SIGTERM] if FULL else [])])
def test_stops_with_all_its_processes(how: signal.Signals) -> None:
    ports = Ports.free()
    process = start(ports)
    wait_until_up(ports)
    assert requests.get(f"{ports.url(ports.api)}/accounts", timeout=30).status_code == 200
    assert processes_of(process, ports)
    process.send_signal(how)
    output, _ = process.communicate(timeout=30)
    if how is not signal.SIGKILL:
        assert process.returncode == 0, output
        assert output.rstrip().endswith("Stopped.")
    deadline = time.monotonic() + 10
    while processes_of(process, ports) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_of(process, ports) == []
    ports.check()


def test_says_which_port_is_taken_and_how_to_choose_another() -> None:
    ports = Ports.free()
    with socket.socket() as taken:
        taken.bind((HOST, ports.aws))
        taken.listen()
        process = start(ports)
        output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert output.strip() == (
        f"Port {ports.aws} is taken by another program. Stop it, or choose another port with AWS_PORT=..."
    )


def test_the_demo_shows_every_action_and_exits_0() -> None:
    process = start(Ports.free(), "demo")
    output, _ = process.communicate(timeout=600)
    assert process.returncode == 0, output
    rows = [line for line in output.splitlines() if line.endswith("  ok")]
    assert len(rows) == len(examples())
    assert f"{len(rows)} of {len(rows)} actions gave the expected answer over both doors." in output
    for workflow in ("on-booking", "send-booking-link", "export-events"):
        assert f"{workflow} " in output


def test_a_function_that_is_killed_is_replaced(running) -> None:  # type: ignore[no-untyped-def]
    """What the Invoke API says of it is what Lambda says."""
    running.stack.pool.recycle()
    running.direct("RetrieveUser")
    running.sandbox("faults", path="/users/me", delay=30)
    import threading

    def kill() -> None:
        time.sleep(0.5)
        for process in running.stack.pool.processes("RetrieveUser"):
            process.process.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    answer = running.direct("RetrieveUser")
    killer.join()
    assert answer["errorType"] == "Runtime.ExitError"
    assert "resource" in running.direct("RetrieveUser")


def test_a_function_that_was_killed_while_idle_leaves_nothing_behind(running) -> None:  # type: ignore[no-untyped-def]
    running.stack.pool.recycle()
    running.direct("RetrieveUser")
    (killed,) = running.stack.pool.processes("RetrieveUser")
    killed.process.kill()
    killed.process.join()
    assert "resource" in running.direct("RetrieveUser")
    assert killed not in running.stack.pool.processes("RetrieveUser")
    host, port = killed.runtime.address.split(":")
    end = time.monotonic() + 10
    while listens(host, int(port)):
        assert time.monotonic() < end, "its Runtime API is still there"
        time.sleep(0.05)


def listens(host: str, port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((host, port)) == 0


def test_a_conditional_write_is_one_step(running) -> None:  # type: ignore[no-untyped-def]
    """Of eight callers who each want to be the first, one is."""
    from concurrent.futures import ThreadPoolExecutor

    table = running.stack.aws.client("dynamodb", Config(max_pool_connections=8))

    def first(key: str) -> bool:
        try:
            item = {"pk": {"S": "first"}, "sk": {"S": key}}
            table.put_item(TableName="Table", Item=item, ConditionExpression="attribute_not_exists(pk)")
        except table.exceptions.ConditionalCheckFailedException:
            return False
        return True

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)  # moto runs in this process: its threads take turns where they never do otherwise
    try:
        with ThreadPoolExecutor(8) as threads:
            for key in map(str, range(size(25, 100))):
                assert list(threads.map(first, [key] * 8)).count(True) == 1
    finally:
        sys.setswitchinterval(usual)
