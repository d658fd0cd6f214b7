"""How large the large tests are: a part in ``make test``, which takes minutes; all of it in ``make soak``."""

import os
from collections.abc import Iterable
from typing import TypeVar

FULL = os.environ.get("SIZES") == "full"

Step = TypeVar("Step")


def both_sides(steps: Iterable[Step]) -> list[tuple[Step, str]]:
    """Each step with ``before`` and ``after`` it; in ``make test`` with one of the two in turn."""
    sides = [(step, when) for step in steps for when in ("before", "after")]
    return sides if FULL else [sides[2 * number + number % 2] for number in range(len(sides) // 2)]


def size(part: int, full: int) -> int:
    return full if FULL else part
