"""Refreshing many accounts in one scheduled run.

1,000 accounts are due at once, an exchange takes 200 ms at Calendly, and everything goes over HTTP on loopback. The floor
is the time of the exchanges alone, with the concurrency of a run. The conventional way is a loop: read the secret,
exchange, write the secret, one account after the other, without lease, intent or recovery.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

import requests

from accounts import aws
from accounts.rotation import AT_ONCE
from benchmarks.stage import STACK, RefreshStage, refresh_stage

LOOPED = 50
"""Accounts in the loop. The time per account does not depend on their number."""


@dataclass(frozen=True)
class Refreshed:
    """The time of a run, of the exchanges alone, and of a loop."""

    seconds: float
    floor: float
    loop: float
    exchanges: int
    reused: int
    most_a_minute: int


def measure(accounts: int, exchange_ms: int) -> Refreshed:
    """Refresh ``accounts`` accounts in one run."""
    with refresh_stage(LOOPED, exchange_ms / 1000) as stage:
        loop = _loop(stage) / LOOPED * accounts
    with refresh_stage(accounts, exchange_ms / 1000) as stage:
        started = time.perf_counter()
        run = stage.rotation.run(stage.deadline)
        seconds = time.perf_counter() - started
        outcomes = {result.outcome.value for result in run.results}
        if outcomes != {"refreshed"}:
            raise SystemExit(f"not all accounts were refreshed: {', '.join(sorted(outcomes))}")
        return Refreshed(
            seconds=seconds,
            floor=accounts * exchange_ms / 1000 / AT_ONCE,
            loop=loop,
            exchanges=stage.world.token_exchanges - accounts,
            reused=stage.world.refresh_tokens_reused,
            most_a_minute=stage.most_exchanges_a_minute(),
        )


def _loop(stage: RefreshStage) -> float:
    """Seconds to refresh all of a stage's accounts, one after the other."""
    secrets, session = aws.client("secretsmanager"), requests.Session()
    session.auth = stage.app.client_id, str(stage.app.client_secret)
    started = time.perf_counter()
    for number in range(LOOPED):
        name = f"{STACK}/accounts/account-{number:04}"
        account = json.loads(secrets.get_secret_value(SecretId=name)["SecretString"])
        form = {"grant_type": "refresh_token", "refresh_token": account["refresh_token"]}
        answer = session.post(f"{stage.origin}/oauth/token", data=form, timeout=20)
        answer.raise_for_status()
        secrets.put_secret_value(SecretId=name, SecretString=json.dumps({**account, **answer.json()}))
    return time.perf_counter() - started
