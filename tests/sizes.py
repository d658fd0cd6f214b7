"""How large the large tests are: a part in ``make test``, which takes minutes; all of it in ``make soak``."""

import os
from collections.abc import Iterable
from itertools import product
from typing import Any

FULL = os.environ.get("SIZES") == "full"


def size(part: int, full: int) -> int:
    return full if FULL else part


def cases(first: Iterable[Any], *others: Iterable[Any]) -> list[tuple[Any, ...]]:
    """Every combination; in ``make test`` every third one, so that each value is tried with some of the others."""
    found = list(product(first, *others))
    return found if FULL else [case for number, case in enumerate(found) if sum(_digits(number, others)) % 3 == 0]


def _digits(number: int, others: tuple[Iterable[Any], ...]) -> Iterable[int]:
    """The places of a combination's values in their lists."""
    for values in reversed([list(each) for each in others]):
        number, digit = divmod(number, len(values))
        yield digit
    yield number
