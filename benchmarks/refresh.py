"""Refreshing many accounts in one scheduled run: ``.venv/bin/python -m benchmarks.refresh``.

1,000 accounts due at once, an exchange taking 200 ms at Calendly; everything over real HTTP on loopback. The floor is
what the exchanges alone would take, as many at once as a run makes.
"""

from __future__ import annotations

import argparse
import time

from accounts.rotation import AT_ONCE
from benchmarks.stage import refresh_stage


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--exchange-ms", type=int, default=200)
    options = parser.parse_args()
    with refresh_stage(options.accounts, options.exchange_ms / 1000) as stage:
        print(f"{options.accounts} accounts, {options.exchange_ms} ms an exchange, {AT_ONCE} at once ...", flush=True)
        started = time.perf_counter()
        run = stage.rotation.run(stage.deadline)
        seconds = time.perf_counter() - started
        outcomes = {result.outcome.value for result in run.results}
        exchanges, reused = stage.world.token_exchanges - options.accounts, stage.world.refresh_tokens_reused
        most = stage.most_exchanges_a_minute()
    floor = options.accounts * options.exchange_ms / 1000 / AT_ONCE
    print(f"{'seconds':<34}{seconds:>8.1f}")
    print(f"{'floor: the exchanges alone':<34}{floor:>8.1f}")
    print(f"{'ratio to the floor':<34}{seconds / floor:>8.2f}")
    print(f"{'exchanges':<34}{exchanges:>8}")
    print(f"{'refresh tokens presented after use':<34}{reused:>8}")
    print(f"{'exchanges a minute, most of a user':<34}{most:>8}")
    print(f"{'outcomes':<34}{', '.join(sorted(outcomes)):>8}")


if __name__ == "__main__":
    main()
