"""How large the large tests are: a part in ``make test``, which takes minutes; all of it in ``make soak``."""

import os

FULL = os.environ.get("SIZES") == "full"


def size(part: int, full: int) -> int:
    return full if FULL else part
