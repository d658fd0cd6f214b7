"""Faults of AWS's, for ``world.gate``: which answer goes wrong, and how."""

from __future__ import annotations

import time
from collections.abc import Callable

from werkzeug.wrappers import Response

from sandbox.faults import cut_connection
from tests.faults.world import AWS_ERRORS, READ_SECONDS, Trap, aws_error


def cut() -> Response:
    cut_connection()
    return Response(status=500)


def slow() -> Response:
    time.sleep(READ_SECONDS + 0.3)
    return Response(status=500)


def nonsense() -> Response:
    return Response("<html>", 200, content_type="application/x-amz-json-1.1")


FAULTS: dict[str, tuple[bool, Callable[[], Response]]] = {
    **{kind: (False, lambda kind=kind: aws_error(kind)) for kind in AWS_ERRORS},
    "cut before it acted": (False, cut),
    "cut after it acted": (True, cut),
    "timeout": (False, slow),
    "timeout after it acted": (True, slow),
    "malformed answer": (True, nonsense),
}
"""Whether the call acts, and what it answers."""


def failing(step: tuple[str, int], fault: str, *, for_good: bool) -> Trap:
    """A trap for one call, given by its operation and which one it is, or for that and all that follow."""
    operation, position = step
    acts, answer = FAULTS[fault]

    def trap(called: str, count: int, let_through: Callable[[], None]) -> Response | None:
        if called != operation or count < position or (count > position and not for_good):
            return None
        if acts:
            let_through()
        return answer()

    return trap
