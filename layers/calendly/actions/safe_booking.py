"""Booking that books once: rules first, and a lost answer is looked for before anything is booked again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice

from actions.booking_rules import check
from actions.bookings import BookingInput
from actions.connected import Connected
from actions.earlier import Earlier, Memory
from calendly.api import each_page
from calendly.bounds import moment_of
from calendly.documents import Document, to_timestamp
from calendly.errors import (
    CalendlyError,
    InsufficientScopeError,
    OutcomeUnknownError,
    PermissionDeniedError,
    RateLimitedError,
    SlotUnavailableError,
)
from calendly.event_types import EventType
from calendly.invitees import Invitee

LOOK_AGAIN_SECONDS = 120
"""A booking may show late: how long to wait before it is looked for again."""

MOST_EVENTS = 30
"""Events of one invitee that are looked through; one request each."""

MOST_SLOTS = 10
"""Slots that one call tries, when each is taken meanwhile."""

_FORBIDDEN = (InsufficientScopeError, PermissionDeniedError)

_POOLS = ("round_robin", "multi_pool")
"""Of which one of several hosts is booked."""

_GONE = "The time is taken, or is not offered: choose another of the event type's available times."

_LIMITS = (
    "Calendly limits the bookings that a user makes through its API: 10 a minute, 50 an hour and 100 a day on paid "
    "plans (Enterprise: 500 a minute; trial: 5 a day)."
)


class Booking:
    """One booking of an event type for an invitee, in one call.

    Args:
        action: the action's name. An idempotency key belongs to it.
        wanted: the input.
        connected: the account that books.
        first, last: the range of the start times that it may get.
        memory: remembers the call; by default its idempotency key does, if it has one.
        event_type: what is booked, if it was read already.
    """

    def __init__(
        self,
        action: str,
        wanted: BookingInput,
        connected: Connected,
        first: str,
        last: str,
        *,
        memory: Memory | None = None,
        event_type: EventType | None = None,
    ) -> None:
        self._action = action
        self._wanted = wanted
        self._connected = connected
        self._range = first, last
        self._type = event_type
        self._record = memory

    def book(self, start_times: Callable[[], Iterable[str]]) -> Document[Invitee]:
        """Book the first of the start times that is free.

        A repeat first looks for what an earlier call made, if that is remembered.

        Args:
            start_times: returns the times to try, in order. Called after the check.

        Raises:
            InvalidRequestError: the event type asks for more, or for something else.
            SlotUnavailableError: all of them are taken, or there are none.
            OutcomeUnknownError: a booking was sent, its answer was lost, and it does not show (yet).
            RateLimitedError: one of the limits of bookings is reached.
        """
        self._type = self._type or event_type_of(self._connected, self._wanted.event_type)
        now = self._connected.calendly.api.now
        record = self._record = self._record or self._remember()
        earlier = record.begin(now) if record else None
        try:
            if earlier:
                return self._again(earlier, now, start_times)
            return self._first_free(start_times, now)
        except OutcomeUnknownError:
            raise
        except CalendlyError:
            # Nothing was booked by this call. What an earlier one made may still show.
            if record and not earlier:
                record.forget()
            raise

    def look(self, since: datetime) -> Document[Invitee] | None:
        """What was booked since a moment of Calendly's clock, without booking anything.

        Raises:
            PermissionDeniedError, InsufficientScopeError: the account may not list the host's events.
        """
        self._type = self._type or event_type_of(self._connected, self._wanted.event_type)
        return self._find(since)

    def is_offered(self, start_time: str) -> bool:
        """Whether Calendly offers the time now; True where the account may not ask, or it is too near to ask."""
        start = datetime.fromisoformat(start_time)
        times = self._connected.calendly.event_type_available_times
        try:
            page = times.piece(
                event_type=self._wanted.event_type,
                start_time=to_timestamp(start - timedelta(seconds=1)),
                end_time=to_timestamp(start + timedelta(minutes=1)),
            )
        except _FORBIDDEN:
            return True
        if start - self._connected.calendly.api.now < timedelta(seconds=10):
            return True
        return any(moment_of(row.start_time) == start for row in page)

    def _again(self, earlier: Earlier, now: datetime, start_times: Callable[[], Iterable[str]]) -> Document[Invitee]:
        """What an earlier call booked; if there is nothing, book.

        A booking may show late. Until then a taken time may be taken by it. Where another time, seat or host may be
        free, booking again could make a second: nothing is sent until then.
        """
        may_be_booked = "An earlier call may have booked."
        try:
            found = self._find(earlier.began)
        except _FORBIDDEN as refusal:
            raise self._unknown(may_be_booked, refusal) from None
        if found:
            return found
        wait = LOOK_AGAIN_SECONDS - (now - earlier.lost).total_seconds()
        if wait > 0 and self._may_be_booked_twice():
            raise self._unknown(may_be_booked, seconds=wait)
        try:
            return self._first_free(start_times, earlier.began)
        except SlotUnavailableError:
            if wait > 0:
                raise self._unknown(may_be_booked, seconds=wait) from None
            raise

    def _may_be_booked_twice(self) -> bool:
        kind = self._type
        one_time = self._range[0] == self._range[1]
        return not one_time or kind is None or kind.kind != "solo" or kind.pooling_type in _POOLS

    def _first_free(self, start_times: Callable[[], Iterable[str]], since: datetime) -> Document[Invitee]:
        if self._type:
            check(self._wanted, self._type)
        gone = SlotUnavailableError(_GONE)
        for start_time in islice(start_times(), MOST_SLOTS):
            try:
                return self._create(start_time)
            except SlotUnavailableError as error:
                gone = error
            except OutcomeUnknownError as error:
                return self._lost(error, since)
        raise gone

    def _create(self, start_time: str) -> Document[Invitee]:
        wanted = self._wanted
        answers = wanted.questions_and_answers
        try:
            return self._connected.calendly.invitees.create(
                event_type=wanted.event_type,
                start_time=start_time,
                invitee=wanted.invitee.to_json(),
                location=wanted.location.to_json() if wanted.location else None,
                questions_and_answers=[each.to_json() for each in answers] if answers else None,
                tracking=wanted.tracking.to_json() if wanted.tracking else None,
                event_guests=wanted.event_guests,
            )
        except RateLimitedError as error:
            raise RateLimitedError(f"{error.message} {_LIMITS}", retry_after=error.retry_after) from None

    def _lost(self, error: OutcomeUnknownError, since: datetime) -> Document[Invitee]:
        """The booking whose answer was lost, if it shows."""
        if self._record:
            self._record.lose(self._connected.calendly.api.now)
        try:
            found = self._find(since)
        except CalendlyError as refusal:
            raise self._unknown(error.message, refusal) from None
        if found:
            return found
        raise self._unknown(error.message)

    def _unknown(
        self, what: str, refusal: CalendlyError | None = None, *, seconds: float = LOOK_AGAIN_SECONDS
    ) -> OutcomeUnknownError:
        if isinstance(refusal, _FORBIDDEN):
            return OutcomeUnknownError(
                f"{what} The account may not list the host's events, so it cannot be looked for: ask the host, or an "
                "organization admin or owner, before you book again.",
                retry_after=LOOK_AGAIN_SECONDS,
            )
        record = self._record
        then = (
            f"call again {record.repeat}: it is looked for first, and booked only if nothing shows."
            if record
            else "look for it with find_invitee_bookings before you book again. An idempotency_key does so."
        )
        return OutcomeUnknownError(
            f"{what} The booking does not show yet. Wait {seconds:.0f} seconds, then {then}",
            repeatable=record is not None,
            retry_after=round(seconds),
        )

    def _find(self, since: datetime) -> Document[Invitee] | None:
        """The invitee that the API booked since a moment of Calendly's clock, with this e-mail address and event type.

        Raises:
            PermissionDeniedError, InsufficientScopeError: the account may not list the host's events.
        """
        connected, email = self._connected, self._wanted.invitee.email
        calendly, api = connected.calendly, connected.calendly.api
        event_type = api.path(self._wanted.event_type, "event_types")
        profile = self._type.profile if self._type else None
        mine = bool(profile and profile.type == "User" and connected.is_me(profile.owner))
        first, last = self._range
        pages = each_page(
            lambda page_token: calendly.scheduled_events.list(
                user=connected.user(None) if mine else None,
                organization=None if mine else connected.organization(None),
                invitee_email=email,
                min_start_time=first,
                max_start_time=last,
                count=100,
                page_token=page_token,
            )
        )
        events = (event for page in islice(pages, 5) for event in page)
        fitting = (event for event in events if event.event_type and event.event_type.endswith(event_type))
        for event in islice(fitting, MOST_EVENTS):
            page = calendly.invitees.list(event.uri, email=email, sort="created_at:desc", count=100)
            for row, invitee in zip(page.rows, page, strict=True):
                created = moment_of(invitee.created_at)
                is_ours = invitee.scheduling_method == "api" and invitee.email.casefold() == email.casefold()
                if is_ours and created is not None and created >= since:
                    return Document({"resource": row}, Invitee, 201)
        return None

    def _remember(self) -> Memory | None:
        if not self._wanted.idempotency_key or self._wanted.dry_run:
            return None
        # The import takes 100 ms at a cold start, and few calls need it.
        from actions.repeats import FirstCall

        return FirstCall(self._action, self._wanted)


def event_type_of(connected: Connected, reference: str) -> EventType | None:
    """An event type; None where the account may not read it: then Calendly alone checks."""
    try:
        return connected.calendly.event_types.retrieve(reference).resource
    except _FORBIDDEN:
        return None
