"""Look at each account's webhook subscriptions, hourly: keep how they are, and make anew what Calendly disabled.

A subscription that is replaced is told of on the bus, with the range of time in which deliveries may be missing; the
workflow ``backfill`` reads back what can be read back.
"""

from collections import Counter

from accounts.directory import Directory
from accounts.settings import settings
from accounts.subscriptions import Subscriptions
from accounts.table import Table
from actions.connected import Connected, connect, store
from actions.doors import Call
from actions.inputs import AccountName, Common
from actions.observability import count, log
from actions.receiver import look, replace, replacement_of
from actions.runtime import Answer, endpoint
from calendly.errors import CalendlyError

SECONDS_FOR_ONE = 30.0
"""For one account."""


class HealSubscriptions(Common):
    """Which accounts; the schedule names none.

    Attributes:
        account: only this one; all if left out.
    """

    account: AccountName | None = None


@endpoint
def handler(input: HealSubscriptions, call: Call) -> Answer:
    table = Table(settings().table)
    known, seen, results = Subscriptions(table), Counter[str](), []
    for entry in Directory(table).list():
        if input.account not in (None, entry.name):
            continue
        if call.deadline.remaining() < SECONDS_FOR_ONE:
            seen["SubscriptionsUnseen"] += 1
            continue
        try:
            healed = _heal(connect(call, entry.name, "webhooks:read"), known, seen)
            results.append({"account": entry.name, "healed": healed})
        except CalendlyError as error:
            if known.state(entry.name).subscriptions:
                seen["SubscriptionsUnseen"] += 1
            log.warning("not healed", healed_account=entry.name, reason=error.message)
            results.append({"account": entry.name, "healed": [], "reason": error.message})
    for name in ("SubscriptionsFailing", "SubscriptionsDisabled", "SubscriptionsUnseen"):
        count(name, seen[name])
    return Answer({"accounts": results})


def _heal(connected: Connected, known: Subscriptions, seen: Counter[str]) -> list[str]:
    """Heal one account's subscriptions; returns the URIs of those that were made."""
    application = store().application()
    account, made = connected.account, []
    for unfinished in known.replacing(account.name):
        made.append(str(replace(connected, known, unfinished, application).body["resource"]["uri"]))
    for row in look(connected, known):
        ours = any(each.uri == row["uri"] and each.made for each in known.state(account.name).subscriptions)
        if row.get("state") == "disabled":
            if ours:
                replacement = replacement_of(account.name, row, list(row.get("events") or ()))
                made.append(str(replace(connected, known, replacement, application).body["resource"]["uri"]))
            else:
                seen["SubscriptionsDisabled"] += 1
        elif row.get("retry_started_at"):
            seen["SubscriptionsFailing"] += 1
    return made
