"""Open a wait of the workflow ``book-and-wait``, if a webhook subscription could end it."""

from accounts.endings import listed
from accounts.settings import settings
from accounts.table import Table
from actions.address import receivers_of
from actions.inputs import Input, Timestamp, UserRef
from actions.runtime import Answer, Connected, task
from actions.waits import WaitId, Waits
from calendly.errors import CalendlyError

EVENTS = {"invitee.created", "invitee.canceled"}


class NoSubscriptionError(CalendlyError):
    """Nothing would tell this stack of the booking."""

    http_status = 409


class OpenWait(Input):
    """What is waited for.

    Attributes:
        wait: the wait's id.
        user: with whom the booking will be.
        until: when it ends.
    """

    wait: WaitId
    user: UserRef = "me"
    until: Timestamp


@task(scope="webhooks:read")
def handler(input: OpenWait, connected: Connected) -> Answer:
    account = connected.account
    receivers = receivers_of(connected.call, account.name)
    # A user's own subscription tells of bookings with that user alone, and an account lists none of others.
    scopes = (
        {"user", "group", "organization"} if connected.is_me(connected.user(input.user)) else {"group", "organization"}
    )
    telling = (
        row
        for row in listed(connected.calendly, account.owner, account.organization, ())
        if row.get("callback_url") in receivers
        and row.get("state") == "active"
        and row.get("scope") in scopes
        and set(row.get("events") or ()) >= EVENTS
    )
    found = next(telling, None)
    if found is None:
        raise NoSubscriptionError(
            "No active webhook subscription delivers this booking to this stack. Call create_webhook_subscription with "
            f'{{"account": "{account.name}", "events": ["invitee.created", "invitee.canceled"]'
            + ("" if "user" in scopes else ', "scope": "organization"')
            + "}, and start again."
        )
    Waits(Table(settings().table)).keep(input.wait, account.name, input.until)
    return Answer({"subscription": found["uri"]})
