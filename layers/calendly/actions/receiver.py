"""This stack's own webhook receiver, and the subscriptions to it: made, replaced, and known."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from accounts.account import Account
from accounts.application import Application
from accounts.endings import listed
from accounts.settings import settings
from accounts.subscriptions import OWNER, Replacement, Subscription, Subscriptions, fingerprint
from accounts.table import Table
from actions.address import receiver_of, receivers_of
from actions.bus import OURS, entry_of, put
from actions.connected import Connected, store
from calendly.documents import Document, to_timestamp
from calendly.errors import CalendlyError, InvalidRequestError, NotFoundError, PermissionDeniedError
from calendly.webhook_subscriptions import WebhookSubscription

HEALED = "Calendly subscription healed"

MARGIN = timedelta(minutes=15)
"""A fact is older than the delivery of it that failed first; what is read back twice is told once."""

DISABLED_AFTER = timedelta(hours=25)
"""Calendly disables what failed for a day."""

READ_BACK = ("invitee.created", "invitee.canceled", "invitee_no_show.created")
"""What Calendly's API still tells of later. Of other events nothing can be read back."""


def subscribe(
    connected: Connected, *, url: str | None, events: list[str], owner: dict[str, Any], dry_run: bool
) -> Document[WebhookSubscription]:
    """Subscribe, or find the identical subscription. One to this stack that is failing or disabled is replaced.

    Args:
        connected: the account.
        url: where to deliver; this stack's own receiver if None.
        events: names such as ``invitee.created``.
        owner: whose events: scope, organization, user, group.
        dry_run: nothing is written down, because nothing is sent.

    Raises:
        InvalidRequestError: the receiver would have no key.
        AlreadyExistsError: the address is subscribed to other events.
        AccountUnavailableError: AWS refuses.
    """
    subscriptions = connected.calendly.webhook_subscriptions
    mine = receiver_of(connected.call, connected.account.name)
    application = store().application()
    if url in (None, mine) and not application.webhook_signing_key:
        raise InvalidRequestError.for_field(
            "url",
            "this stack's own receiver needs a key to check deliveries with: store Calendly's webhook_signing_key "
            f"in the secret {settings().oauth_app_secret}",
        )
    key = _key(connected.account, application)
    if url not in (None, mine):
        return subscriptions.create(url=url, events=events, **owner, signing_key=key)
    known = Subscriptions(Table(settings().table))
    if not dry_run:
        for unfinished in known.replacing(connected.account.name):
            replace(connected, known, unfinished, application)
    found = subscriptions.same(mine, events, owner)
    if found is not None and is_dead(found, known, connected.account, application):
        if dry_run:
            subscriptions.delete(found["uri"])
            return Document({"resource": found}, WebhookSubscription)
        return replace(connected, known, replacement_of(connected.account.name, found, events), application)
    if found is not None:
        document = Document({"resource": found}, WebhookSubscription)
        if dry_run:
            return document
        note(connected.account, known, found)
    else:
        document = subscriptions.create(url=mine, events=events, **owner, signing_key=key)
        note(connected.account, known, document.body["resource"], made=True, key=key)
    if owner["scope"] != "user":
        # Others of the organization may have subscribed this receiver, too: whose deliveries are theirs is learned.
        with suppress(CalendlyError):
            look(connected, known)
    return document


def replace(
    connected: Connected, known: Subscriptions, replacement: Replacement, application: Application
) -> Document[WebhookSubscription]:
    """Replace a subscription, or finish a replacement that stopped half-way; tells the range that may be missing.

    It is written down before the old one goes. Whatever fails afterwards leaves that, and the next one goes on.
    """
    subscriptions, account = connected.calendly.webhook_subscriptions, connected.account
    known.begin_replacement(replacement)
    try:
        with suppress(NotFoundError):
            subscriptions.delete(replacement.old)
    except PermissionDeniedError:
        known.end_replacement(replacement)
        raise
    key = _key(account, application)
    document = subscriptions.create(
        url=replacement.url, events=list(replacement.events), **replacement.owner, signing_key=key
    )
    resource = document.body["resource"]
    note(account, known, resource, made=True, key=key)
    known.forget(account.name, replacement.old)
    detail = {
        "account": account.name,
        "subscription": resource["uri"],
        "replaced": replacement.old,
        **replacement.owner,
        "events": list(replacement.events),
        "since": replacement.since,
        "until": to_timestamp(datetime.now(UTC) + timedelta(minutes=1)),
        "cannot_be_read_back": [name for name in replacement.events if name not in READ_BACK],
    }
    put(entry_of(OURS, HEALED, detail), connected.call.deadline)
    known.end_replacement(replacement)
    return document


def replacement_of(account: str, found: dict[str, Any], events: list[str]) -> Replacement:
    """How a subscription is to be replaced, and since when deliveries may be missing."""
    since = _moment(found.get("retry_started_at"))
    if since is None and found.get("state") == "disabled":
        changed = _moment(found.get("updated_at"))
        since = changed - DISABLED_AFTER if changed else None
    owner = {name: found.get(name) for name in OWNER}
    start = (since or datetime.now(UTC)) - MARGIN
    return Replacement(account, found["uri"], found["callback_url"], tuple(events), owner, to_timestamp(start))


def is_dead(found: dict[str, Any], known: Subscriptions, account: Account, application: Application) -> bool:
    """Whether a subscription is disabled, failing, or made with a key that is not stored any more."""
    if found.get("state") == "disabled" or found.get("retry_started_at"):
        return True
    if account.kind == "oauth":
        return False
    noted = next((each for each in known.state(account.name).subscriptions if each.uri == found["uri"]), None)
    keys = {fingerprint(key, account.owner) for key in application.signing_keys}
    return noted is not None and noted.key is not None and noted.key not in keys


def look(connected: Connected, known: Subscriptions) -> list[dict[str, Any]]:
    """Look at the account's subscriptions to this stack, and keep what is seen. Returns them as Calendly has them.

    Raises:
        CalendlyError: Calendly or AWS refuses.
    """
    account = connected.account
    receivers = receivers_of(connected.call, account.name)
    before = {each.uri: each for each in known.state(account.name).subscriptions}
    groups = {each.group for each in before.values() if each.group}
    rows = {
        row["uri"]: row
        for row in listed(connected.calendly, account.owner, account.organization, groups)
        if row.get("callback_url") in receivers or row["uri"] in before
    }
    for row in rows.values():
        note(account, known, row)
    for uri in before:
        if uri not in rows:
            known.forget(account.name, uri)
    return list(rows.values())


def note(
    account: Account, known: Subscriptions, row: dict[str, Any], *, made: bool = False, key: str | None = None
) -> None:
    """Keep a subscription as it is now, and of one that was known before who made it with which key."""
    before = next((each for each in known.state(account.name).subscriptions if each.uri == row["uri"]), None)
    print_of_key = fingerprint(key, account.owner) if key else None
    known.note(
        Subscription.of(
            account.name,
            row,
            made=made or (before.made if before else False),
            key=print_of_key or (before.key if before else None),
        )
    )


def _key(account: Account, application: Application) -> str | None:
    """The key to subscribe with, for accounts whose deliveries Calendly would not sign with the application's own."""
    return None if account.kind == "oauth" else application.webhook_signing_key


def _moment(text: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
