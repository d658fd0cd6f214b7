"""Actors that run one port call at a time, so that a test decides how they interleave, and where they die."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class Dead(BaseException):
    """The process is gone: nothing it does has an effect any more, not even what stands in a ``finally``."""


class Actor:
    """A thread that stops before each call of a port until it is told to go on.

    Attributes:
        waiting_for: the call it stands before, such as ``vault.stage``; None once it is done.
        outcome: what the function returned.
        counted: whether what it did is unknown to others, and counted as that.
        history: the calls it made.
    """

    def __init__(self, work: Callable[[Actor], Any]) -> None:
        self._turn = threading.Semaphore(0)
        self._paused = threading.Semaphore(0)
        self._work = work
        self._order: str | BaseException = "go"
        self.dead = False
        self.counted = False
        self.history: list[str] = []
        self.waiting_for: str | None = "start"
        self.outcome: Any = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def port(self, name: str, target: Any, methods: tuple[str, ...]) -> Any:
        """A stand-in for ``target`` whose named methods wait for their turn."""
        return _Port(self, name, target, methods)

    def step(self, order: str | BaseException = "go") -> None:
        """Let it do its next call and stand before the one after.

        Args:
            order: ``go``; ``die`` before the call; ``act and die``; or an exception: ``fail`` the call with it,
                ``act and fail`` is an exception with ``acted`` set.
        """
        if self.waiting_for is None:
            return
        self._order = order
        self._turn.release()
        self._paused.acquire()

    def finish(self) -> None:
        """Let it run to its end."""
        while self.waiting_for is not None:
            self.step()

    def call(self, name: str, function: Callable[[], Any]) -> Any:
        if self.dead:
            raise Dead
        self.waiting_for = name
        self._paused.release()
        self._turn.acquire()
        order, self._order = self._order, "go"
        self.history.append(name)
        if order == "die":
            self.dead = True
            raise Dead
        if isinstance(order, BaseException):
            if getattr(order, "acted", False):
                function()
            raise order
        answer = function()
        if order == "act and die":
            self.dead = True
            raise Dead
        return answer

    def _run(self) -> None:
        self._turn.acquire()
        try:
            self.outcome = self._work(self)
        except Dead:
            self.dead = True
        finally:
            self.waiting_for = None
            self._paused.release()


class _Port:
    def __init__(self, actor: Actor, name: str, target: Any, methods: tuple[str, ...]) -> None:
        self._actor, self._name, self._target, self._methods = actor, name, target, methods

    def __getattr__(self, method: str) -> Any:
        found = getattr(self._target, method)
        if method not in self._methods:
            return found
        return lambda *args, **kwargs: self._actor.call(f"{self._name}.{method}", lambda: found(*args, **kwargs))
