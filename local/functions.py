"""Runs functions as processes under AWS's ``awslambdaric``. A process takes one call at a time; calls start others."""

from __future__ import annotations

import json
import os
import threading
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local import execution
from local.runtime_api import Invocation, RuntimeApi, now

MOST_PROCESSES = 4
"""Processes per function. Lambda would start one per concurrent call, which is too many for a laptop."""


MOST_IDLE = 16
"""Idle processes of all functions together; each takes about 75 MB."""


@dataclass(frozen=True)
class FunctionSpec:
    """A function's properties in the template, resolved."""

    name: str
    handler: str
    code: Path
    layers: tuple[Path, ...]
    environment: Mapping[str, str]
    timeout: float


class FunctionProcess:
    """One execution environment of a function."""

    def __init__(self, spec: FunctionSpec, log: Path) -> None:
        self.spec = spec
        self.served = False
        self.retired = False
        self.idle_since = 0.0
        self.runtime = RuntimeApi()
        environment = {
            "PATH": os.environ.get("PATH", ""),
            **spec.environment,
            "AWS_LAMBDA_RUNTIME_API": self.runtime.address,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "LAMBDA_TASK_ROOT": str(spec.code),
        }
        self.process = execution.start(spec.handler, spec.code, spec.layers, environment, log)

    @property
    def alive(self) -> bool:
        return self.process.is_alive()

    def invoke(self, event: bytes, client_context: str = "") -> tuple[bytes, bool] | None:
        """Run one call; returns the answer and whether it is an error. A crash or timeout ends the process.

        Returns None if the process died before it took the call.
        """
        invocation = Invocation(
            request_id=str(uuid.uuid4()),
            event=event,
            deadline=now() + self.spec.timeout,
            arn=f"arn:aws:lambda:us-east-1:123456789012:function:{self.spec.name}",
            trace_id=f"Root=1-{int(now()):08x}-{uuid.uuid4().hex[:24]};Sampled=0",
            client_context=client_context,
        )
        self.runtime.pending.put(invocation)
        while not invocation.done.wait(0.05):
            if not self.alive:
                # It may have answered just before it died.
                invocation.done.wait(0.05)
                if self.runtime.current is not invocation and self.runtime.init_error is None and self.served:
                    return None
                invocation.finish(self._last_words(), failed=True)
            elif now() > invocation.deadline:
                invocation.finish(
                    _error("Sandbox.Timedout", f"Task timed out after {self.spec.timeout:.2f} seconds"), failed=True
                )
                self.stop(force=True)
        self.served = True
        return invocation.answer, invocation.failed

    def stop(self, *, force: bool = False) -> None:
        if self.alive:
            self.process.kill() if force else self.process.terminate()
        self.process.join(5)
        if self.alive:
            self.process.kill()
            self.process.join()
        self.runtime.close()

    def _last_words(self) -> bytes:
        return self.runtime.init_error or _error("Runtime.ExitError", "The function's process ended before it answered")


class FunctionPool:
    """The processes of all functions: started on demand, kept warm, and stopped at the end."""

    def __init__(self, logs: Path) -> None:
        self.most_idle = MOST_IDLE
        self._logs = logs
        self._lock = threading.Lock()
        self._idle: dict[str, list[FunctionProcess]] = {}
        self._places: dict[str, threading.Semaphore] = {}
        self._all: list[FunctionProcess] = []
        self._closed = False

    def invoke(self, spec: FunctionSpec, event: bytes, client_context: str = "") -> tuple[bytes, bool]:
        """Call a function and wait for its answer. ``client_context`` is JSON, as the caller's client wrote it."""
        with self._lock:
            places = self._places.setdefault(spec.name, threading.Semaphore(MOST_PROCESSES))
        with places:
            answer = None
            while answer is None:
                process = self._take(spec)
                try:
                    answer = process.invoke(event, client_context)
                finally:
                    self._give_back(process)
            return answer

    def close(self) -> None:
        with self._lock:
            self._closed = True
            processes, self._all = self._all, []
        for process in processes:
            if process.alive:
                process.process.terminate()
        for process in processes:
            process.stop()

    def processes(self, function: str) -> list[FunctionProcess]:
        """The processes of one function, idle or not."""
        with self._lock:
            return [process for process in self._all if process.spec.name == function]

    def recycle(self) -> None:
        """Stop the processes, those at work when they are done: the next call of every function is a cold start."""
        with self._lock:
            idle = [process for processes in self._idle.values() for process in processes]
            self._idle.clear()
            self._all = [process for process in self._all if process not in idle]
            for process in self._all:
                process.retired = True
        for process in idle:
            process.stop()

    def _take(self, spec: FunctionSpec) -> FunctionProcess:
        with self._lock:
            if self._closed:
                raise RuntimeError("The local stack is stopping.")
            idle = self._idle.setdefault(spec.name, [])
            while idle:
                process = idle.pop()
                if process.alive:
                    return process
                self._all.remove(process)
                _stop_meanwhile(process)
            process = FunctionProcess(spec, self._logs / f"{spec.name}.log")
            self._all.append(process)
            return process

    def _give_back(self, process: FunctionProcess) -> None:
        gone: FunctionProcess | None = process
        with self._lock:
            if process.alive and not process.retired and not self._closed:
                process.idle_since = time.monotonic()
                self._idle.setdefault(process.spec.name, []).append(process)
                gone = self._surplus()
            if gone in self._all:
                self._all.remove(gone)
        if gone:
            _stop_meanwhile(gone)

    def _surplus(self) -> FunctionProcess | None:
        """The idle process that was used least recently, where there are too many; it is nobody's from now on."""
        idle = [each for processes in self._idle.values() for each in processes]
        if len(idle) <= self.most_idle:
            return None
        oldest = min(idle, key=lambda each: each.idle_since)
        self._idle[oldest.spec.name].remove(oldest)
        return oldest


def _stop_meanwhile(process: FunctionProcess) -> None:
    """Whoever waits for an answer does not wait for this. A process that died still has its Runtime API."""
    threading.Thread(target=process.stop, daemon=True).start()


def _error(kind: str, message: str) -> bytes:
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()
