"""Safe repeats, with Powertools' Idempotency over the stack's table.

A create that is sent again with the same key gets the first answer; a webhook that is delivered again is dropped.
Nothing here is imported, and nothing is written, unless one of the two is asked for.
"""

from __future__ import annotations

import hashlib
import json
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
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
from actions.earlier import Earlier
from actions.inputs import CreateInput
from actions.observability import log
from actions.records import Records
from calendly.deadline import Deadline
from calendly.errors import AccountUnavailableError, CalendlyError, InvalidRequestError, OutcomeUnknownError

KEY_SECONDS = 24 * 3600
"""How long a key is remembered."""

DELIVERY_SECONDS = 7 * 24 * 3600
"""How long a delivery is remembered: Calendly repeats one for a day, or until a day after its event."""

_WAIT_SECONDS = 25.0
"""How long a second call waits for the first one's answer."""


class InProgressError(Exception):
    """Another call does the same just now, and was not done within the time this one has."""


def first_answer(
    action: str,
    wanted: CreateInput,
    same: dict[str, Any],
    deadline: Deadline,
    create: Callable[[], dict[str, Any]],
    *,
    again: bool = False,
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
        again: whether ``create`` looks for what an earlier call made before it makes one. It then runs again, one call
            at a time, after an unknown outcome, and after a call that was killed.

    Raises:
        InvalidRequestError: the key was used with another input.
        OutcomeUnknownError: the first call's outcome is not known, or it is not done yet.
        AccountUnavailableError: DynamoDB refused.
    """
    attempt = _Attempt(create, forget_unknown=again)
    # A process that dies while it creates leaves an unknown outcome, too: its place is not given away, unless the next
    # one looks first.
    in_progress = deadline.remaining() + 1 if again else KEY_SECONDS
    config = _config(
        KEY_SECONDS, in_progress_seconds=in_progress, event_key_jmespath="key", payload_validation_jmespath="input"
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
        if again:
            raise OutcomeUnknownError(
                "Another call with this idempotency key has begun, and not ended. Call again with the same key: its "
                "result is looked for first.",
                repeatable=True,
                retry_after=30,
            ) from None
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


def only_once(partition: str, delivery: Any, deadline: Deadline, deliver: Callable[[], None]) -> bool:
    """Call ``deliver`` unless it succeeded for the same delivery before; returns whether it was called.

    Raises:
        InProgressError: another call is at it; nobody knows yet whether it succeeds.
        AccountUnavailableError: DynamoDB refused.
    """
    attempt = _Attempt(deliver)
    # Whoever dies at it gives its place away: twice is better than never.
    config = _config(DELIVERY_SECONDS, in_progress_seconds=deadline.remaining())
    # Calendly waits for 15 seconds, of which every call of the table is to take a few at most.
    client = aws.client("dynamodb", read_timeout=1.0, attempts=2)
    try:
        _once(partition, delivery, attempt, config, deadline, client=client, prefix=partition)
    except IdempotencyPersistenceLayerError as error:
        attempt.outcome(error)
    return attempt.result is not None


class FirstCall:
    """When the first call with an idempotency key began, remembered before anything is created.

    Args:
        action: a key belongs to one action and one account.
        wanted: the input, with its key.

    Raises:
        AccountUnavailableError: DynamoDB refused.
    """

    repeat = "with the same idempotency key"

    def __init__(self, action: str, wanted: CreateInput) -> None:
        said = hashlib.sha256(json.dumps([wanted.account, wanted.idempotency_key]).encode()).hexdigest()
        self._key = {"pk": {"S": f"idempotency#{action}#began"}, "sk": {"S": said}}
        self._client = aws.client("dynamodb", read_timeout=2.0, attempts=2)

    def begin(self, now: datetime) -> Earlier | None:
        """Remember ``now``, or return what is known of an earlier call; None if this is the first call."""
        owner = uuid.uuid4().hex
        item = {
            **self._key,
            "began": {"S": now.isoformat()},
            "owner": {"S": owner},
            "expires_at": {"N": str(int(time.time() + KEY_SECONDS + 60))},
        }
        try:
            with aws.faults("to remember the call in the table"):
                self._client.put_item(
                    TableName=settings().table,
                    Item=item,
                    ConditionExpression="attribute_not_exists(pk) OR expires_at < :now",
                    ExpressionAttributeValues={":now": {"N": str(int(time.time()))}},
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except AccountUnavailableError as error:
            response = getattr(error.__cause__, "response", {})
            earlier = response.get("Item")
            if not earlier:
                raise
            if earlier["owner"]["S"] == owner:  # boto3 sent it twice, and met what it wrote
                return None
            began = datetime.fromisoformat(earlier["began"]["S"])
            return Earlier(began, datetime.fromisoformat(earlier["lost"]["S"]) if "lost" in earlier else began)
        return None

    def lose(self, now: datetime) -> None:
        """Remember that an answer was lost. If that fails, the first call's beginning stands for it."""
        with suppress(AccountUnavailableError), aws.faults("to remember the call in the table"):
            self._client.update_item(
                TableName=settings().table,
                Key=self._key,
                UpdateExpression="SET lost = :now",
                ExpressionAttributeValues={":now": {"S": now.isoformat()}},
            )

    def forget(self) -> None:
        """Forget it, because nothing was created. If that fails, the next call looks for nothing."""
        with suppress(AccountUnavailableError), aws.faults("to forget the call in the table"):
            self._client.delete_item(TableName=settings().table, Key=self._key)


class _Attempt:
    """Does the work, and remembers what came of it, in case the table does not.

    Attributes:
        result: what it came to, as it is to be remembered; None if it was not done, or failed.
    """

    def __init__(self, work: Callable[[], Any], *, forget_unknown: bool = False) -> None:
        self._work = work
        self._forget_unknown = forget_unknown
        self._error: CalendlyError | None = None
        self.result: dict[str, Any] | None = None

    def __call__(self) -> dict[str, Any]:
        try:
            self.result = {"answer": self._work()}
        except OutcomeUnknownError as error:
            if self._forget_unknown:
                self._error = error
                raise
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
    partition: str,
    wanted: Any,
    run: Callable[[], Any],
    config: IdempotencyConfig,
    wait: Deadline,
    *,
    client: Any = None,
    prefix: str | None = None,
) -> Any:
    # Short, because somebody waits: API Gateway gives up after 29 seconds.
    client = client or aws.client("dynamodb", read_timeout=2.0, attempts=2)
    store = Records(client, settings().table, partition)

    # Without a prefix a record is one function's: what the receiver told, the backfill would tell again.
    @idempotent_function(  # type: ignore[untyped-decorator]
        data_keyword_argument="wanted", persistence_store=store, config=config, key_prefix=prefix
    )
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
