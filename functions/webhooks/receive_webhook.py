"""Where Calendly delivers webhooks: each becomes one event on the stack's bus.

Anybody can send something here; what counts is the signature, and then whose subscription it is for. Calendly delivers
again, for a day, what is not answered with 2xx, and then ends the subscription. So 2xx is the answer only once the bus
has the event, and what can never be an event is answered 2xx as well, once it is kept and told of.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from _delivery import MalformedDeliveryError, parse
from _keys import NoKeyError, signed_at, verify
from _ownership import UnknownCreatorError, check, connected, subscriptions

from accounts.account import NAME
from actions.bus import RefusedEventError
from actions.deliveries import PARTITION, publish, tell_not_understood, tell_unknown_creator
from actions.doors import Call, Request
from actions.observability import count, log
from actions.repeats import InProgressError, only_once
from actions.runtime import Answer, receiver
from calendly.deadline import Deadline
from calendly.errors import AccountUnavailableError, AlreadyExistsError, CalendlyError, NotFoundError
from calendly.facts import identity
from calendly.webhooks import StaleDeliveryError

ANSWER_SECONDS = 12.0
"""For everything: Calendly waits for 15 seconds."""

NOTE_SECONDS = 3600
DAY = 24 * 3600

_noted: dict[str, float] = {}
"""When the last delivery of an account was noted by this process."""


@receiver
def handler(input: Request, call: Call) -> Answer:
    request, deadline = input, call.deadline.sooner(ANSWER_SECONDS)
    account = request.path_parameters.get("account", "")
    if not NAME.fullmatch(account):
        raise NotFoundError("There is no account of that name.")
    with _counted():
        try:
            verify(request, deadline)
        except StaleDeliveryError as error:
            if _is_lost(request, account, error, deadline):
                count("WebhooksStale")
            raise
        return _take(request.body, account, deadline)


def _take(body: bytes, account: str, deadline: Deadline) -> Answer:
    entry = connected(account)
    try:
        try:
            document = parse(body)
            _check_creator(entry, document, deadline)
            delivered = publish(document, account, deadline, body=body)
        except (MalformedDeliveryError, RefusedEventError) as error:
            count("WebhooksNotUnderstood")
            told = tell_not_understood(body, account, error.message, deadline)
            return Answer({"event": None, "duplicate": not told, "understood": False})
    except InProgressError:
        # Not known to be safe: Calendly is to deliver it again.
        raise AlreadyExistsError("The same delivery is being taken just now.") from None
    count("WebhooksDelivered" if delivered else "WebhooksDropped")
    _note(account, deadline)
    return Answer({"event": document["event"], "duplicate": not delivered})


def _check_creator(entry: Any, document: dict[str, Any], deadline: Deadline) -> None:
    try:
        check(entry, document["created_by"])
    except UnknownCreatorError:
        day = datetime.now(UTC).date().isoformat()
        with suppress(CalendlyError, InProgressError):
            # The refusal is counted, whether it can be told or not.
            tell_unknown_creator(document, entry.name, day, deadline)
        raise


def _is_lost(request: Request, account: str, error: StaleDeliveryError, deadline: Deadline) -> bool:
    """Whether a delivery that is too old was never taken; one of days ago is a recording that somebody plays."""
    if abs(time.time() - signed_at(request)) > DAY:
        return False

    def refuse() -> None:
        raise error

    try:
        only_once(PARTITION, identity(parse(request.body), account), deadline, refuse)
    except StaleDeliveryError:
        return True
    except (CalendlyError, InProgressError):
        return False
    return False


def _note(account: str, deadline: Deadline) -> None:
    """Note that a delivery was taken, now and then: the event is safe, and this must not keep Calendly waiting."""
    now = time.time()
    if now - _noted.get(account, 0) < NOTE_SECONDS or deadline.remaining() < 5:
        return
    try:
        subscriptions().note_delivery(account)
    except CalendlyError as error:
        log.warning("not noted", noted_account=account, reason=error.message)
    _noted[account] = now


@contextmanager
def _counted() -> Iterator[None]:
    """Count what the alarms are about. A signature that does not agree is no such thing: strangers make those."""
    try:
        yield
    except AccountUnavailableError as error:
        if not isinstance(error, NoKeyError):
            count("WebhooksUndecided")
        raise
    except CalendlyError:
        raise
    except Exception:
        count("WebhooksUnexpected")
        raise
