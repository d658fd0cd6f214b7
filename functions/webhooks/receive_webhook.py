"""Where Calendly delivers webhooks: each becomes one event on the stack's bus.

Anybody can send something here; what counts is the signature. Calendly delivers again, for a day, what is not answered
with 2xx, so that is the answer only once the bus has the event.
"""

from _delivery import MAX_BODY_BYTES, OversizedDeliveryError, identity, parse, put, to_event
from _keys import verify

from accounts.account import NAME
from accounts.settings import settings
from actions.doors import Call, Request
from actions.observability import count
from actions.repeats import InProgressError, only_once
from actions.runtime import Answer, receiver
from calendly.errors import AlreadyExistsError, NotFoundError


@receiver
def handler(input: Request, call: Call) -> Answer:
    request = input
    account = request.path_parameters.get("account", "")
    if not NAME.fullmatch(account):
        raise NotFoundError("There is no account of that name.")
    if len(request.body) > MAX_BODY_BYTES:
        raise OversizedDeliveryError(f"A delivery has at most {MAX_BODY_BYTES} bytes.")
    verify(request)
    document = parse(request)
    entry = to_event(document, account, settings().event_bus)
    try:
        delivered = only_once("webhook", identity(document, account), call.deadline, lambda: put(entry, call.deadline))
    except InProgressError:
        # Not known to be safe: Calendly is to deliver it again.
        raise AlreadyExistsError("The same delivery is being taken just now.") from None
    count("WebhooksDelivered" if delivered else "WebhooksDropped")
    return Answer({"event": document["event"], "duplicate": not delivered})
