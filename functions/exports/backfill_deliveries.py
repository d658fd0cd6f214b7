"""Put on the bus what the webhook receiver never saw: the work of the workflow ``backfill``.

A range is of deliveries, and Calendly lists events by their start time: so events are listed from before the range
on, with no end, and of them those invitees are told of who booked, were canceled or were marked as a no-show in the
range. Each is told as the receiver would have told it, with the same id, and not at all if it was told before.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from _rows import PART_EVENTS, with_invitees
from pydantic import Field

from accounts.settings import settings
from accounts.subscriptions import Subscriptions
from accounts.table import Table
from actions.cursors import Cursor
from actions.deliveries import publish
from actions.inputs import GroupRef, Input, OrganizationRef, PagedInput, PageToken, Timestamp, UserRef
from actions.lists import Fetch, Order
from actions.observability import count
from actions.repeats import InProgressError
from actions.runtime import Answer, Connected, task
from calendly.documents import to_timestamp
from calendly.errors import AccountUnavailableError, InvalidRequestError
from calendly.scheduled_events import ScheduledEvent

BEFORE = timedelta(days=30)
"""What started so long before the range may have been canceled or marked within it."""

SECONDS_FOR_A_PART = 75.0
"""A part may have to wait for the rate limit to reset, which takes a minute."""

SECONDS_FOR_A_FACT = 12.0

READ_BACK = ("invitee.created", "invitee.canceled", "invitee_no_show.created")

Row = dict[str, Any]


class BackfillDeliveries(Input):
    """Which deliveries.

    Attributes:
        since, until: when they would have come.
        events: their names; all that can be read back if left out.
        scope, organization, user, group: of the subscription; what is known of the account's if left out.
        page_token: where to go on.
    """

    since: Timestamp
    until: Timestamp
    events: Annotated[list[str], Field(max_length=100)] = list(READ_BACK)
    scope: Literal["user", "group", "organization"] | None = None
    organization: OrganizationRef | None = None
    user: UserRef | None = None
    group: GroupRef | None = None
    page_token: PageToken | None = None


@task(scope="scheduled_events:read")
def handler(input: BackfillDeliveries, connected: Connected) -> Answer:
    if not input.since < input.until:
        raise InvalidRequestError.for_field("until", "must be later than since")
    cursor, told, seen, first = input.page_token, 0, 0, True
    # At least one part, however little time there is: or it would never end.
    while first or (cursor and connected.call.deadline.remaining() > SECONDS_FOR_A_PART):
        events, cursor = _events(input, connected, cursor)
        for event in with_invitees(events, connected):
            for document in _facts(event, input, connected):
                seen += 1
                told += _tell(document, connected)
        first = False
    count("WebhooksBackfilled", told)
    return Answer({"told": told, "known": seen - told, "page_token": cursor, "done": cursor is None})


def _events(input: BackfillDeliveries, connected: Connected, cursor: str | None) -> tuple[list[Row], str | None]:
    """The next events, of both statuses, and where to go on; None when there are no more."""
    begin = to_timestamp(datetime.fromisoformat(input.since) - BEFORE)
    whose = _whose(input, connected)

    def events_from(start_time: str | None) -> Fetch[ScheduledEvent]:
        return lambda size, page_token: connected.calendly.scheduled_events.list(
            **whose,
            sort="start_time:asc",
            min_start_time=start_time or begin,
            count=size,
            page_token=page_token,
        )

    page = PagedInput(all_pages=True, max_items=PART_EVENTS, page_token=cursor)
    listed = connected.list(page, events_from(None), Order("start_time", events_from))
    following = listed.next_page_token
    return listed.rows, str(Cursor.parse(following).by_place()) if following else None


def _whose(input: BackfillDeliveries, connected: Connected) -> dict[str, Any]:
    """Whose events the deliveries were about."""
    scope, group = input.scope, input.group
    if scope is None:
        known = Subscriptions(Table(settings().table)).state(connected.account.name).subscriptions
        scopes = {each.scope for each in known}
        groups = [each.group for each in known if each.group]
        # The widest: what is told twice is told once.
        scope = "organization" if "organization" in scopes else "group" if groups and "user" not in scopes else "user"
        group = groups[0] if scope == "group" else None
    organization = connected.organization(input.organization)
    if scope == "organization":
        return {"organization": organization}
    if scope == "group":
        return {"organization": organization, "group": group}
    user = connected.user(input.user)
    return {"user": user} if connected.is_me(user) else {"user": user, "organization": organization}


def _facts(event: Row, input: BackfillDeliveries, connected: Connected) -> list[Row]:
    """What happened in the range to the invitees of an event, as Calendly would have delivered it."""
    scheduled = {name: value for name, value in event.items() if name not in ("invitees", "calendar_event")}
    found = []
    for invitee in event["invitees"]:
        moments = {
            "invitee.created": invitee.get("created_at"),
            "invitee.canceled": _member(invitee, "cancellation") if invitee.get("status") == "canceled" else None,
            "invitee_no_show.created": _member(invitee, "no_show"),
        }
        for name, moment in moments.items():
            if name in input.events and moment and _within(moment, input):
                found.append(
                    {
                        "event": name,
                        "created_at": moment,
                        "created_by": connected.account.owner,
                        "payload": {**invitee, "scheduled_event": scheduled},
                    }
                )
    return found


def _tell(document: Row, connected: Connected) -> bool:
    try:
        return publish(
            document, connected.account.name, connected.call.deadline.sooner(SECONDS_FOR_A_FACT), backfilled=True
        )
    except InProgressError:
        raise AccountUnavailableError("The same fact is being told just now. Try again.") from None


def _member(invitee: Row, name: str) -> Any:
    """When something happened to an invitee."""
    member = invitee.get(name)
    return member.get("created_at") if isinstance(member, dict) else None


def _within(moment: Any, input: BackfillDeliveries) -> bool:
    try:
        at = datetime.fromisoformat(moment)
    except (TypeError, ValueError):
        return False
    return datetime.fromisoformat(input.since) <= at <= datetime.fromisoformat(input.until)
