"""Input models: what callers may say, and how they are told when it is wrong."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
)

import actions.no_plugins  # noqa: F401 - for what it does
from accounts.account import DEFAULT, NAME
from accounts.settings import settings
from actions.doors import readable
from calendly import references
from calendly.documents import to_timestamp
from calendly.errors import FieldError, InvalidRequestError
from calendly.webhooks import EVENTS

_HTTPS_URL = re.compile(r"https://[^\s/?#@]+\.[^\s/?#@]+([/?#]\S*)?|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?")
"""Calendly delivers over HTTPS; the exception is the sandbox, on one's own machine."""

_EVENT = re.compile(r"[a-z_]+\.[a-z_]+")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")


def _account_name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise ValueError("must be 1 to 63 lower-case letters, digits, - or _, starting with a letter or digit")
    return value


def _refers_to(*kinds: str, me: bool = False) -> AfterValidator:
    def check(value: str) -> str:
        if me and value == "me":
            return value
        try:
            references.parse(value, *kinds, api=settings().api)
        except references.InvalidReferenceError as error:
            raise ValueError(f"{error}{', or me' if me else ''}") from None
        return value

    return AfterValidator(check)


def _timestamp(value: str) -> str:
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a time in ISO 8601, such as 2026-01-31T09:00:00Z") from None
    if moment.tzinfo is None:
        raise ValueError("needs a time zone, such as the Z in 2026-01-31T09:00:00Z")
    if not 1970 <= moment.year <= 2999:
        raise ValueError("must be a time between 1970 and 2999")
    return to_timestamp(moment)


def _not_past(value: str) -> str:
    """Calendly refuses a start that is past. A workflow's "now" always is, a little: that is moved to just ahead."""
    now = datetime.now(UTC)
    start = datetime.fromisoformat(value)
    if start < now - timedelta(minutes=5):
        raise ValueError("must not be in the past: Calendly tells busy times from now on")
    return to_timestamp(max(start, now + timedelta(seconds=10)))


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("must be an e-mail address")
    return value


def _https_url(value: str) -> str:
    if not _HTTPS_URL.fullmatch(value):
        raise ValueError("must be an address that starts with https://")
    return value


def _webhook_event(value: str) -> str:
    """Names that are not known go through, because Calendly adds some; what is nearly a known one is a mistake."""
    if value in EVENTS:
        return value
    nearest = _nearest(value, EVENTS, cutoff=0.8)
    if nearest:
        raise ValueError(f"is not known to Calendly; did you mean {nearest}?")
    if not _EVENT.fullmatch(value):
        raise ValueError("must be names such as invitee.created")
    return value


def _no_bool(value: Any) -> Any:
    # Python's true is an int, JSON's is not.
    if isinstance(value, bool):
        raise ValueError("must be a whole number")
    return value


AccountName = Annotated[str, AfterValidator(_account_name)]
EventRef = Annotated[str, _refers_to("scheduled_events")]
EventTypeRef = Annotated[str, _refers_to("event_types")]
GroupRef = Annotated[str, _refers_to("groups")]
GroupRelationshipRef = Annotated[str, _refers_to("group_relationships")]
GroupOwnerRef = Annotated[str, _refers_to(*references.GROUP_OWNERS)]
InviteeRef = Annotated[str, _refers_to("scheduled_events/*/invitees")]
OrganizationRef = Annotated[str, _refers_to("organizations")]
ScheduleRef = Annotated[str, _refers_to("user_availability_schedules")]
UserRef = Annotated[str, _refers_to("users", me=True)]
WebhookSubscriptionRef = Annotated[str, _refers_to("webhook_subscriptions")]
Timestamp = Annotated[str, AfterValidator(_timestamp)]
FutureTimestamp = Annotated[str, AfterValidator(_timestamp), AfterValidator(_not_past)]
Email = Annotated[str, AfterValidator(_email)]
HttpsUrl = Annotated[str, Field(max_length=2048), AfterValidator(_https_url)]
WebhookEvent = Annotated[str, AfterValidator(_webhook_event)]
IdempotencyKey = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[\x20-\x7e]+$")]
PageToken = Annotated[str, Field(min_length=1, max_length=32768)]
WholeNumber = Annotated[int, BeforeValidator(_no_bool)]


class Common(BaseModel):
    """What every function takes.

    Attributes:
        correlation_id: the caller's id for this call; it comes back in the log, and over HTTP in a header.
    """

    # Built when first used: an action's module has several models' worth of bases, and uses one.
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, defer_build=True)

    correlation_id: Annotated[str, Field(max_length=256)] | None = None


class Input(Common):
    """What every function takes that is about one account.

    Attributes:
        account: which connected account.
    """

    account: AccountName = DEFAULT


class CreateInput(Input):
    """What every action takes that makes something.

    Attributes:
        idempotency_key: makes a repeat safe: with the same key it gets the first answer; see ``actions.repeats``.
    """

    idempotency_key: IdempotencyKey | None = None


class ScopedInput(Input):
    """What everything about webhooks takes: whose events are meant. Without user and organization, the account's own.

    Attributes:
        scope: a user's events, a group's, or a whole organization's.
        user: goes with the scope ``user`` alone.
        group: goes with the scope ``group``, which needs it.
    """

    scope: Literal["user", "group", "organization"] = "user"
    organization: OrganizationRef | None = None
    user: UserRef | None = None
    group: Annotated[GroupRef | None, Field(validate_default=True)] = None

    @field_validator("user")
    @classmethod
    def _user_goes_with_its_scope(cls, user: str | None, info: ValidationInfo) -> str | None:
        if user and info.data.get("scope", "user") != "user":
            raise ValueError("goes with scope user alone")
        return user

    @field_validator("group")
    @classmethod
    def _group_goes_with_its_scope(cls, group: str | None, info: ValidationInfo) -> str | None:
        if bool(group) != (info.data.get("scope", "user") == "group"):
            raise ValueError("goes with scope group alone" if group else "is required with scope group")
        return group


class PagedInput(Input):
    """What every list takes.

    Attributes:
        count: rows a page, 1 to 100; Calendly's own default is 20.
        page_token: where to go on, from the ``pagination`` of the answer before.
        all_pages: collect pages until done, or until the answer has to be sent; see ``actions.pages``.
        max_items: with ``all_pages``, stop after so many rows.
    """

    count: Annotated[WholeNumber, Field(ge=1, le=100)] | None = None
    page_token: PageToken | None = None
    all_pages: bool = False
    max_items: Annotated[WholeNumber, Field(ge=1)] | None = None

    def filters(self) -> dict[str, Any]:
        """What selects the rows, as opposed to which of them to send."""
        return self.model_dump(
            exclude={"correlation_id", "count", "page_token", "all_pages", "max_items"}, exclude_none=True
        )


M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], given: Mapping[str, Any]) -> M:
    """Validate an input. A null means that nothing was given.

    Raises:
        InvalidRequestError: naming every wrong field, and the nearest known name for an unknown one.
    """
    known = model.model_fields
    try:
        parsed = model.model_validate(
            {name: value for name, value in given.items() if value is not None or name not in known}
        )
    except ValidationError as error:
        fields = [
            _field_error(details, list(known)) for details in error.errors(include_input=False, include_url=False)
        ]
        raise InvalidRequestError("Invalid request.", fields=fields[:20]) from None
    if isinstance(parsed, PagedInput) and parsed.max_items is not None and not parsed.all_pages:
        raise InvalidRequestError.for_field("max_items", "goes with all_pages: true; for a single page use count")
    return parsed


def _field_error(details: Mapping[str, Any], known: list[str]) -> FieldError:
    field = readable(".".join(str(part) for part in details["loc"])) or "input"
    if details["type"] == "extra_forbidden":
        return FieldError(field, _unknown(field, known))
    return FieldError(field, _MESSAGES.get(details["type"]) or details["msg"].removeprefix("Value error, "))


def _unknown(field: str, known: list[str]) -> str:
    nearest = _nearest(field, known, cutoff=0.5)
    return f"is not known; did you mean {nearest}?" if nearest else f"is not known; known are {', '.join(known)}"


def _nearest(text: str, known: Sequence[str], cutoff: float) -> str | None:
    # Imported for those who err.
    import difflib

    return next(iter(difflib.get_close_matches(text, known, n=1, cutoff=cutoff)), None)


_MESSAGES = {
    "missing": "is required",
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "string_pattern_mismatch": "is not of the right form",
}
