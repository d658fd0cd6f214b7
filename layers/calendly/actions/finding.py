"""Finding one thing by what people call it: a user, an event type, an invitee."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from typing import Any, TypeVar

from actions.connected import Connected
from calendly.api import each_page
from calendly.documents import Page, Resource, to_timestamp
from calendly.errors import AmbiguousReferenceError, InvalidRequestError, NotFoundError, PermissionDeniedError
from calendly.references import uuid_of

R = TypeVar("R", bound=Resource)

Row = dict[str, Any]

MOST_REQUESTS = 60
"""Requests that one call makes: some of Calendly's limit is left to others."""

MOST_EVENTS = 50
"""Events whose invitees one call reads; one request each."""

_MOST_TOLD = 10
"""Candidates that a message names; the error has all."""


def find_user(connected: Connected, organization: str, *, email: str | None, name: str | None) -> str:
    """The URI of the organization's member with an e-mail address, or with a name or slug.

    Raises:
        NotFoundError, AmbiguousReferenceError: none, or several.
        InvalidRequestError: the organization is too large to look for a name.
    """
    pages = each_page(
        lambda page_token: connected.calendly.organization_memberships.list(
            organization=organization, email=email, count=100, page_token=page_token
        )
    )
    wanted = _plain(email or name)
    users = (row["user"] for row in _rows(pages, "name", "give the email") if isinstance(row.get("user"), dict))
    fields = ("email",) if email else ("name", "slug")
    found = [user for user in users if any(_plain(user.get(field)) == wanted for field in fields)]
    return str(_the_one(found, "user of the organization", "user")["uri"])


def find_event_type(
    connected: Connected,
    *,
    user: str | None,
    organization: str | None,
    team: str | None,
    active: bool | None,
    name: str,
) -> Row:
    """The event type with a name or a slug, of a user, an organization, or one of its teams.

    Raises:
        NotFoundError, AmbiguousReferenceError: none, or several.
        InvalidRequestError: there are too many event types to look for a name.
    """
    pages = each_page(
        lambda page_token: connected.calendly.event_types.list(
            user=user, organization=organization, active=active, count=100, page_token=page_token
        )
    )
    wanted = _plain(name)
    rows = [
        row
        for row in _rows(pages, "name", "give the user")
        if wanted in (_plain(row.get("name")), _plain(row.get("slug"))) and (team is None or _is_of_team(row, team))
    ]
    return _the_one(rows, "event type", "event_type")


def bookings(connected: Connected, events: Page[Any], email: str) -> list[Row]:
    """Each event of a page with its invitees of an e-mail address: ``{"event": {...}, "invitee": {...}}``."""
    found = []
    for event in events.rows:
        invitees = connected.calendly.invitees.list(event["uri"], email=email, count=100)
        found += [
            {"event": event, "invitee": row} for row in invitees.rows if _plain(row.get("email")) == _plain(email)
        ]
    return found


def find_invitee(connected: Connected, event: str | None, email: str | None) -> str:
    """The URI of the active invitee of an event, or of a past event, with an e-mail address.

    Args:
        connected: the account.
        event: the event; None for all past ones that the account may list.
        email: the invitee's; None for the only invitee of the event.

    Raises:
        NotFoundError, AmbiguousReferenceError: none, or several.
    """
    if event is not None:
        pages = each_page(
            lambda page_token: connected.calendly.invitees.list(
                event, status="active", email=email, count=100, page_token=page_token
            )
        )
        rows = list(_rows(pages, "event", "give the invitee"))
        return str(_the_one(rows, "active invitee of the event", "invitee")["uri"])
    # Of the latest events only: a mark is made soon after a meeting.
    past = _past_events(connected, str(email))
    found = [row for row in bookings(connected, past, str(email)) if row["invitee"].get("status") == "active"]
    named = [
        {"uri": row["invitee"]["uri"], "name": f"{row['event'].get('name')} of {row['event'].get('start_time')}"}
        for row in found
    ]
    return str(_the_one(named, "past booking with this e-mail address", "invitee")["uri"])


def _past_events(connected: Connected, email: str) -> Page[Any]:
    def events(**whose: str) -> Page[Any]:
        return connected.calendly.scheduled_events.list(
            **whose,
            invitee_email=email,
            status="active",
            sort="start_time:desc",
            max_start_time=to_timestamp(datetime.now(UTC)),
            count=MOST_EVENTS,
        )

    try:
        return events(organization=connected.organization(None))
    except PermissionDeniedError:
        return events(user=connected.user(None))


def _the_one(rows: list[Row], what: str, field: str) -> Row:
    if not rows:
        raise NotFoundError(f"There is no such {what}, or the account may not see it. Names are compared as a whole.")
    if len(rows) > 1:
        candidates = [_candidate(row) for row in rows]
        told = ", ".join(f"{each['uri']} ({each.get('name', 'without a name')})" for each in candidates[:_MOST_TOLD])
        more = f" and {len(candidates) - _MOST_TOLD} more" if len(candidates) > _MOST_TOLD else ""
        raise AmbiguousReferenceError(
            f"{len(rows)} match as {what}. Choose one, and give its URI as {field}: {told}{more}.",
            candidates=candidates,
        )
    return rows[0]


def _candidate(row: Row) -> dict[str, str]:
    """A URI and a name or slug. People's names may be e-mail addresses, which no message holds."""
    candidate = {"uri": str(row.get("uri"))}
    for field in ("name", "slug"):
        text = row.get(field)
        if isinstance(text, str) and text and "@" not in text:
            candidate[field] = " ".join(text.split())
    return candidate


def _is_of_team(event_type: Row, team: str) -> bool:
    profile = event_type.get("profile") or {}
    return profile.get("type") == "Team" and uuid_of(str(profile.get("owner"))) == uuid_of(team)


def _rows(pages: Iterable[Page[R]], field: str, instead: str) -> Iterator[Row]:
    for page in islice(pages, MOST_REQUESTS):
        yield from page.rows
        if page.next_page_token is None:
            return
    raise InvalidRequestError.for_field(
        field, f"is looked for in at most {100 * MOST_REQUESTS} rows: {instead} instead"
    )


def _plain(text: object) -> str:
    """A name as people compare it: without case, and with single spaces."""
    return " ".join(unicodedata.normalize("NFKC", str(text or "")).casefold().split())
