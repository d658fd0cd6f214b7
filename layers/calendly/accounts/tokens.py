"""Access tokens for the functions that use them: read, cached, and renewed by asking, never by exchanging."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from accounts import aws
from accounts.account import Account, how_to_connect
from accounts.outcome import Outcome, Result
from accounts.store import AccountStore
from calendly.deadline import Deadline
from calendly.errors import AccountUnavailableError, ReauthenticationRequiredError

FRESH_SECONDS = 120
"""A cached token with less time left is read again: the schedule has long replaced it."""

CACHE_SECONDS = 300
"""A cached account is read again after so long: it may be connected anew, as somebody else, or be disconnected."""

USABLE_SECONDS = 5
"""A token with less time left is not worth sending."""


class AskRotation(Protocol):
    """Asks ``rotate_tokens`` to refresh an account if ``generation`` is still its current one."""

    def __call__(self, account: str, generation: int, deadline: Deadline) -> Result: ...


class TokenCache:
    """The accounts this process has read, and a lock for each, so that threads do not read one twice.

    Attributes:
        accounts: by name, and when each was read.
        refused: by name, the generation that Calendly refused although it was fresh.
    """

    def __init__(self) -> None:
        self._locks: dict[str, threading.RLock] = {}
        self.accounts: dict[str, tuple[Account, float]] = {}
        self.refused: dict[str, int] = {}

    def lock(self, name: str) -> threading.RLock:
        # In one step: no two threads get different locks.
        return self._locks.setdefault(name, threading.RLock())


class AccountTokens:
    """A ``calendly.TokenSource`` for one connected account, for the length of one call."""

    def __init__(
        self,
        name: str,
        *,
        store: AccountStore,
        cache: TokenCache,
        ask_rotation: AskRotation,
        deadline: Deadline,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._name = name
        self._asked = False
        self._store = store
        self._cache = cache
        self._ask_rotation = ask_rotation
        self._deadline = deadline
        self._now = now
        self._sleep = sleep

    def account(self) -> Account:
        """The account with a token that is worth sending.

        Raises:
            AccountNotFoundError, AccountUnavailableError, ReauthenticationRequiredError.
        """
        fresh = self._fresh()
        if fresh is not None:
            return fresh
        with self._cache.lock(self._name):
            # Another thread may have read it meanwhile.
            account = self._fresh() or self._read()
            if account.seconds_left(self._now()) < USABLE_SECONDS:
                account = self._renewed(account)
            return account

    def reread(self) -> Account:
        """The account as it is stored now, for whoever doubts the cached one."""
        with self._cache.lock(self._name):
            self._cache.accounts.pop(self._name, None)
            return self.account()

    def token(self) -> str:
        return self.account().access_token

    def renew(self, refused: str) -> str:
        with self._cache.lock(self._name):
            account = self._cached()
            if account is None or account.access_token == refused:
                account = self._read()
            if account.access_token == refused:
                if self._asked:
                    self._cache.refused[self._name] = account.generation
                if self._cache.refused.get(self._name) == account.generation:
                    raise ReauthenticationRequiredError(
                        f"Calendly refuses a fresh access token. {how_to_connect(self._name)}"
                    )
                account = self._renewed(account)
            return account.access_token

    def _fresh(self) -> Account | None:
        account = self._cached()
        return account if account and account.seconds_left(self._now()) >= FRESH_SECONDS else None

    def _cached(self) -> Account | None:
        account, read_at = self._cache.accounts.get(self._name, (None, 0.0))
        return account if self._now() - read_at < CACHE_SECONDS else None

    def _read(self) -> Account:
        # Forgotten first: an account that was disconnected must not live on in the cache.
        self._cache.accounts.pop(self._name, None)
        account = self._store.read(self._name)
        self._cache.accounts[self._name] = (account, self._now())
        return account

    def _renewed(self, refused: Account) -> Account:
        """Ask for new tokens and wait for them, within the time this call has."""
        self._asked = True
        wait = 0.2
        while True:
            result = self._ask_rotation(self._name, refused.generation, self._deadline)
            if result.outcome is Outcome.NEEDS_REAUTHENTICATION:
                raise ReauthenticationRequiredError(self._gone(refused, result.reason))
            account = self._read()
            if account.generation > refused.generation:
                return account
            if result.outcome in (Outcome.FAILED, Outcome.PARKED, Outcome.WRONG_APPLICATION):
                raise AccountUnavailableError(
                    f"The tokens of '{self._name}' could not be renewed. {result.reason or ''} Try again later.",
                    retry_after=result.retry_after,
                )
            if refused.kind != "oauth" and result.outcome is Outcome.NOT_DUE:
                # Asked a second time, Calendly took it. Nothing can be renewed, and nothing needs to be.
                raise AccountUnavailableError(
                    f"Calendly refused the personal access token of '{self._name}', and took it a moment later. "
                    "Try again."
                )
            if self._deadline.remaining() < wait + 1:
                raise AccountUnavailableError(
                    f"The tokens of '{self._name}' are being renewed by another function. Try again."
                )
            self._sleep(wait)
            wait = min(2 * wait, 2.0)

    def _gone(self, refused: Account, reason: str | None) -> str:
        if refused.kind != "oauth":
            return (
                f"Calendly refused the personal access token of '{self._name}': it is revoked, or its owner changed "
                f"their login. Make a new one in Calendly. {how_to_connect(self._name)}"
            )
        return f"{reason or 'The authorization is gone.'} {how_to_connect(self._name)}"


def invoke_rotate_tokens(function: str, correlation_id: str) -> AskRotation:
    """Ask by a direct invoke of ``function``, waiting for its answer; it logs the caller's correlation id."""

    def ask(account: str, generation: int, deadline: Deadline) -> Result:
        asked = {"account": account, "refused_generation": generation, "correlation_id": correlation_id}
        # Whole tens of seconds, so that a process makes a handful of clients and not one for every call.
        timeout = max(5.0, deadline.remaining() // 10 * 10)
        client = aws.client("lambda", read_timeout=timeout, attempts=1)
        with aws.faults("to invoke rotate_tokens"):
            try:
                answer = client.invoke(FunctionName=function, Payload=json.dumps(asked).encode())
            except client.exceptions.TooManyRequestsException:
                # As many functions run as may; the account is as good as busy.
                return Result(account, Outcome.BUSY_ELSEWHERE)
            document: Any = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            return Result(account, Outcome.FAILED, reason=f"rotate_tokens failed: {document.get('errorMessage', '')}")
        result = document["accounts"][0]
        return Result(
            account,
            Outcome(result["outcome"]),
            reason=result.get("reason"),
            retry_after=result.get("retry_after"),
        )

    return ask
