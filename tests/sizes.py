"""How large the large tests are: a part in ``make test``, which takes minutes; all of it in ``make soak``."""

import os
from collections.abc import Iterable
from itertools import product
from typing import Any

FULL = os.environ.get("SIZES") == "full"


def size(part: int, full: int) -> int:
    return full if FULL else part


def cases(*lists: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Every combination; in ``make test`` every third, or second of short lists, so that each value is tried."""
    kept = [list(enumerate(values)) for values in lists]
    part = 3 if sum(len(values) >= 3 for values in kept) >= 2 else 2
    found = product(*kept)
    return [tuple(value for _, value in case) for case in found if FULL or sum(place for place, _ in case) % part == 0]
