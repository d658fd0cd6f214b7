"""Safe repeats, with Powertools' Idempotency over the stack's table.

A create that is sent again with the same key gets the first answer; a webhook that is delivered again is dropped.
Nothing here is imported, and nothing is written, unless one of the two is asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.utilities.idempotency import IdempotencyConfig, idempotent_function
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyInconsistentStateError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)

from accounts import aws
from accounts.settings import settings
from actions.inputs import CreateInput
from actions.observability import log
from actions.records import Records
from calendly.deadline import Deadline
from calendly.errors import CalendlyError, InvalidRequestError, OutcomeUnknownError

KEY_SECONDS = 24 * 3600
"""How long a key is remembered."""

DELIVERY_SECONDS = 7 * 24 * 3600
"""How long a delivery is remembered: Calendly repeats one for a day, or until a day after its event."""

_WAIT_SECONDS = 25.0
"""How long a second call waits for the first one's answer."""


class InProgressError(Exception):
    """Another call does the same just now, and was not done within the time this one has."""


def first_answer(
    action: str, wanted: CreateInput, same: dict[str, Any], deadline: Deadline, create: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """What ``create`` answered when it was first called with this key; it is called now if it never was.

    Of two calls at once, one creates, and the other waits for its answer. A create that fails is forgotten, so that
    a repeat tries it anew; one whose outcome is unknown is not, so that a repeat never makes a second.

    Args:
        action: a key is one action's and one account's alone.
        wanted: the input, with its key.
        same: the input in the one form of all its spellings.
        deadline: nothing is waited for past it.
        create: makes it, and answers JSON.

    Raises:
        InvalidRequestError: the key was used with another input.
        OutcomeUnknownError: the first call's outcome is not known, or it is not done yet.
        AccountUnavailableError: DynamoDB refused.
    """
    attempt = _Attempt(create)
    # A process that dies while it creates leaves an unknown outcome, too: its place is not given away.
    config = _config(
        KEY_SECONDS, in_progress_seconds=KEY_SECONDS, event_key_jmespath="key", payload_validation_jmespath="input"
    )
    call = {
        "key": [wanted.account, wanted.idempotency_key],
        "input": same,
    }
    try:
        result = _once(f"idempotency#{action}", call, attempt, config, deadline.sooner(_WAIT_SECONDS))
    except IdempotencyValidationError:
        raise InvalidRequestError.for_field("idempotency_key", "was used with a different input before") from None
    except InProgressError:
        raise OutcomeUnknownError(
            "Another call with this idempotency key has begun, and not ended. Call again for its answer; if there is "
            "none, look for its result and use another key."
        ) from None
    except IdempotencyPersistenceLayerError as error:
        result = attempt.outcome(error)
    if "unknown" in result:
        raise OutcomeUnknownError(f"{result['unknown']} Then use another idempotency key.")
    answer: dict[str, Any] = result["answer"]
    return answer


def only_once(partition: str, delivery: dict[str, Any], deadline: Deadline, deliver: Callable[[], None]) -> bool:
    """Call ``deliver`` unless it succeeded for the same delivery before; returns whether it was called.

    Raises:
        InProgressError: another call is at it; nobody knows yet whether it succeeds.
        AccountUnavailableError: DynamoDB refused.
    """
    attempt = _Attempt(deliver)
    # Whoever dies at it gives its place away: twice is better than never.
    config = _config(DELIVERY_SECONDS, in_progress_seconds=deadline.remaining())
    try:
        _once(partition, delivery, attempt, config, deadline)
    except IdempotencyPersistenceLayerError as error:
        attempt.outcome(error)
    return attempt.result is not None


class _Attempt:
    """Does the work, and remembers what came of it, in case the table does not.

    Attributes:
        result: what it came to, as it is to be remembered; None if it was not done, or failed.
    """

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._error: CalendlyError | None = None
        self.result: dict[str, Any] | None = None

    def __call__(self) -> dict[str, Any]:
        try:
            self.result = {"answer": self._work()}
        except OutcomeUnknownError as error:
            self.result = {"unknown": error.message}
        except CalendlyError as error:
            self._error = error
            raise
        return self.result

    def outcome(self, refusal: Exception) -> dict[str, Any]:
        """What came of it although the table refused something: the caller is to know.

        Raises:
            CalendlyError: the work failed.
            AccountUnavailableError: it was not begun.
        """
        reason = aws.error_code(refusal.__cause__ or refusal)
        if self._error is not None:
            raise self._error
        if self.result is None:
            raise aws.refused("to remember the call in the table", reason) from refusal
        log.warning("not remembered", reason=reason)
        return self.result


@dataclass(frozen=True)
class _InProgress:
    """Stands in for a Lambda context, of which Powertools asks one thing: when a call that never ends is over."""

    seconds: float

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


def _config(keep_seconds: int, *, in_progress_seconds: float, **how: str) -> IdempotencyConfig:
    config = IdempotencyConfig(expires_after_seconds=keep_seconds, hash_function="sha256", **how)  # type: ignore[arg-type]
    config.register_lambda_context(_InProgress(in_progress_seconds))  # type: ignore[arg-type]
    return config


def _once(
    partition: str, wanted: dict[str, Any], run: Callable[[], Any], config: IdempotencyConfig, wait: Deadline
) -> Any:
    # Short, because somebody waits: API Gateway for 29 seconds, Calendly for 15.
    store = Records(aws.client("dynamodb", read_timeout=2.0, attempts=2), settings().table, partition)

    @idempotent_function(data_keyword_argument="wanted", persistence_store=store, config=config)  # type: ignore[untyped-decorator]
    def once(*, wanted: dict[str, Any]) -> Any:  # noqa: ARG001 - what Powertools knows the call by
        return run()

    pause = 0.05
    while True:
        try:
            return once(wanted=wanted)
        except (IdempotencyAlreadyInProgressError, IdempotencyInconsistentStateError):
            if wait.remaining() < pause + 1:
                raise InProgressError from None
        time.sleep(pause)
        pause = min(2 * pause, 1.0)
