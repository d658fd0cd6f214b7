"""Refreshing many accounts in one scheduled run: ``.venv/bin/python -m benchmarks.refresh``.

1,000 accounts due at once, an exchange taking 200 ms at Calendly; everything over real HTTP on loopback. The floor is
what the exchanges alone would take, as many at once as a run makes.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

from accounts.rotation import AT_ONCE
from benchmarks.stage import refresh_stage


@dataclass(frozen=True)
class Refreshed:
    """What a run took, and what the exchanges alone would."""

    seconds: float
    floor: float
    exchanges: int
    reused: int
    most_a_minute: int
    outcomes: list[str]

    @property
    def ratio(self) -> float:
        return self.seconds / self.floor


def measure(accounts: int, exchange_ms: int) -> Refreshed:
    """Refresh so many accounts in one run."""
    with refresh_stage(accounts, exchange_ms / 1000) as stage:
        started = time.perf_counter()
        run = stage.rotation.run(stage.deadline)
        return Refreshed(
            seconds=time.perf_counter() - started,
            floor=accounts * exchange_ms / 1000 / AT_ONCE,
            exchanges=stage.world.token_exchanges - accounts,
            reused=stage.world.refresh_tokens_reused,
            most_a_minute=stage.most_exchanges_a_minute(),
            outcomes=sorted({result.outcome.value for result in run.results}),
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--exchange-ms", type=int, default=200)
    options = parser.parse_args()
    print(f"{options.accounts} accounts, {options.exchange_ms} ms an exchange, {AT_ONCE} at once ...", flush=True)
    found = measure(options.accounts, options.exchange_ms)
    print(f"{'seconds':<34}{found.seconds:>8.1f}")
    print(f"{'floor: the exchanges alone':<34}{found.floor:>8.1f}")
    print(f"{'ratio to the floor':<34}{found.ratio:>8.2f}")
    print(f"{'exchanges':<34}{found.exchanges:>8}")
    print(f"{'refresh tokens presented after use':<34}{found.reused:>8}")
    print(f"{'exchanges a minute, most of a user':<34}{found.most_a_minute:>8}")
    print(f"{'outcomes':<34}{', '.join(found.outcomes):>8}")


if __name__ == "__main__":
    main()
