"""Input models: what callers may say, and how they are told when it is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    SerializationInfo,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import CoreSchema, core_schema

from accounts.account import DEFAULT, NAME
from accounts.settings import settings
from actions.proxy_event import readable
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


class Refers:
    """The type of an input that refers to a resource of Calendly's: a UUID or a URI.

    Attributes:
        what: what it refers to, for people.
        kinds: the same as in Calendly's paths; ``*`` stands for an id. A bare UUID is taken as the first.
        me: whether ``me`` means the account's own.
    """

    def __init__(self, what: str, *kinds: str, me: bool = False) -> None:
        self.what = what
        self.kinds = kinds
        self.me = me

    def check(self, value: str) -> str:
        """The reference as it came. Raises ValueError."""
        if self.me and value == "me":
            return value
        try:
            references.parse(value, *self.kinds, api=settings().api)
        except references.InvalidReferenceError as error:
            raise ValueError(f"{error}{', or me' if self.me else ''}") from None
        return value

    def identity(self, value: Any, info: SerializationInfo) -> Any:
        """The reference as ``same_input`` compares it; as it came in any other dump."""
        own = (info.context or {}).get("own") if isinstance(value, str) else None
        if own is None:
            return value
        if self.me and value == "me":
            value = own.get(self.kinds[0], value)
        if value == "me":
            return value
        kind, path = references.parse(value, *self.kinds, api=settings().api)
        # A bare id says nothing of what it lies below, so that is left out of a URI as well.
        return f"{references.PUBLIC_API}/{kind}/{references.uuid_of(path)}"

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        schema = core_schema.no_info_after_validator_function(self.check, handler(source))
        schema["serialization"] = core_schema.plain_serializer_function_ser_schema(self.identity, info_arg=True)
        return schema

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {**handler(schema), "description": f"{self.what}: UUID or URI{', or me' if self.me else ''}."}


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
Timestamp = Annotated[str, AfterValidator(_timestamp), Field(json_schema_extra={"format": "date-time"})]
FutureTimestamp = Annotated[
    str, AfterValidator(_timestamp), AfterValidator(_not_past), Field(json_schema_extra={"format": "date-time"})
]
Email = Annotated[str, AfterValidator(_email), Field(json_schema_extra={"format": "email"})]
HttpsUrl = Annotated[str, Field(max_length=2048, json_schema_extra={"format": "uri"}), AfterValidator(_https_url)]
WebhookEvent = Annotated[str, AfterValidator(_webhook_event)]
IdempotencyKey = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[\x20-\x7e]+$")]
PageToken = Annotated[str, Field(min_length=1, max_length=32768)]
WholeNumber = Annotated[int, BeforeValidator(_no_bool)]

ContactListRef = Annotated[str, Refers("A contact list", "contact_lists")]
ContactRef = Annotated[str, Refers("A contact", "contacts")]
CustomFieldRef = Annotated[str, Refers("A definition of a custom field", "contacts/custom_field_definitions")]
EventRef = Annotated[str, Refers("A scheduled event", "scheduled_events")]
EventTypeRef = Annotated[str, Refers("An event type", "event_types")]
GroupOwnerRef = Annotated[str, Refers("A member (organization membership) or an invitation", *references.GROUP_OWNERS)]
GroupRef = Annotated[str, Refers("A group", "groups")]
GroupRelationshipRef = Annotated[str, Refers("A group relationship", "group_relationships")]
InvitationRef = Annotated[str, Refers("An invitation to the organization", "organizations/*/invitations")]
InviteeRef = Annotated[str, Refers("An invitee", "scheduled_events/*/invitees")]
MembershipRef = Annotated[str, Refers("A membership of the organization", "organization_memberships")]
NoShowRef = Annotated[str, Refers("A no-show mark", "invitee_no_shows")]
NoteRef = Annotated[str, Refers("A note", "notes")]
OrganizationRef = Annotated[str, Refers("An organization", "organizations", me=True)]
RecapRef = Annotated[str, Refers("A meeting recap", "meeting_recaps")]
RoutingFormRef = Annotated[str, Refers("A routing form", "routing_forms")]
ScheduleRef = Annotated[str, Refers("An availability schedule of a user", "user_availability_schedules")]
SubmissionRef = Annotated[str, Refers("A submission of a routing form", "routing_form_submissions")]
TeamRef = Annotated[str, Refers("A team", "teams")]
UserRef = Annotated[str, Refers("A user", "users", me=True)]
WebhookSubscriptionRef = Annotated[str, Refers("A webhook subscription", "webhook_subscriptions")]


class Common(BaseModel):
    """What every function takes."""

    # Built when first used: an action's module has several models' worth of bases, and uses one.
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, defer_build=True)

    correlation_id: (
        Annotated[
            str,
            Field(max_length=256, description="Your id for this call. It comes back in the log and in a header."),
        ]
        | None
    ) = None


class Input(Common):
    """What every function takes that is about one account."""

    account: AccountName = Field(default=DEFAULT, description="Which connected account.")


class WriteInput(Input):
    """What every action takes that changes something."""

    dry_run: bool = Field(default=False, description="Answer with the requests that would be sent, and send no write.")


class CreateInput(WriteInput):
    """What every action takes that makes something."""

    idempotency_key: IdempotencyKey | None = Field(
        default=None, description="Makes a repeat safe: with the same key it gets the first answer, for a day."
    )


class ConfirmedInput(WriteInput):
    """What an action takes whose effect cannot be taken back. ``consequence`` says what would go."""

    consequence: ClassVar[str]

    confirm: bool = Field(default=False, description="Must be true, because this cannot be undone.")


class ScopedInput(Input):
    """What everything about webhooks takes: whose events. Without user and organization, the account's own."""

    scope: Literal["user", "group", "organization"] = Field(
        default="user", description="A user's events, a group's, or a whole organization's."
    )
    organization: OrganizationRef | None = None
    user: UserRef | None = Field(default=None, description="With scope user: whose; the account's own if left out.")
    group: GroupRef | None = Field(default=None, validate_default=True, description="Required with scope group.")

    @field_validator("user")
    @classmethod
    def _user_goes_with_its_scope(cls, user: str | None, info: ValidationInfo) -> str | None:
        if user and info.data.get("scope", "user") != "user":
            raise ValueError("can be given with scope user only")
        return user

    @field_validator("group")
    @classmethod
    def _group_goes_with_its_scope(cls, group: str | None, info: ValidationInfo) -> str | None:
        if bool(group) != (info.data.get("scope", "user") == "group"):
            raise ValueError("can be given with scope group only" if group else "is required with scope group")
        return group


class PagedInput(Input):
    """What every list takes."""

    count: Annotated[WholeNumber, Field(ge=1, le=100)] | None = Field(
        default=None, description="Rows a page, 1 to 100. Calendly's default is 20."
    )
    page_token: PageToken | None = Field(
        default=None, description="Where to go on: pagination.next_page_token of the answer before."
    )
    all_pages: bool = Field(
        default=False,
        description="Follow pages to the end, or until the time or size limit; the answer then says where to go on.",
    )
    max_items: Annotated[WholeNumber, Field(ge=1)] | None = Field(
        default=None, description="With all_pages: stop after so many rows."
    )

    def filters(self) -> dict[str, Any]:
        """What selects the rows, as opposed to which of them to send."""
        return self.model_dump(
            exclude={"correlation_id", "count", "page_token", "all_pages", "max_items"},
            exclude_none=True,
            context={"own": {}},
        )


def same_input(wanted: CreateInput, own: Mapping[str, str]) -> dict[str, Any]:
    """An input in the one form that all its spellings have: a UUID and its URI, ``me`` and one's own URI, equal times.

    Args:
        wanted: the input.
        own: the account's own resources, by kind: ``{"users": uri, "organizations": uri}``.
    """
    # Without what was left out: an input that an action learns one day must not make old keys look misused.
    return wanted.model_dump(exclude={"correlation_id", "idempotency_key"}, exclude_defaults=True, context={"own": own})


M = TypeVar("M", bound=BaseModel)


def parse(model: type[M], given: Mapping[str, Any]) -> M:
    """Validate an input. A null means that nothing was given.

    Raises:
        InvalidRequestError: naming every wrong field, and the nearest known name for an unknown one.
    """
    known = model.model_fields
    _refuse_half_characters(given)
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
        raise InvalidRequestError.for_field("max_items", "needs all_pages: true; for a single page use count")
    if isinstance(parsed, ConfirmedInput) and not (parsed.confirm or parsed.dry_run):
        raise InvalidRequestError.for_field(
            "confirm", f"must be true: {parsed.consequence} Try dry_run: true to see what would be sent."
        )
    return parsed


def _refuse_half_characters(given: Mapping[str, Any]) -> None:
    """JSON can say half a surrogate pair, and UTF-8, in which everything is sent on, cannot."""
    for name, value in given.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidRequestError.for_field(readable(name), "holds half a character (a lone surrogate)") from None


def _field_error(details: Mapping[str, Any], known: list[str]) -> FieldError:
    field = readable(".".join(str(part) for part in details["loc"])) or "input"
    if details["type"] == "extra_forbidden":
        return FieldError(field, _unknown(field, known))
    if details["type"] == "value_error":
        return FieldError(field, details["msg"].removeprefix("Value error, "))
    return FieldError(
        field, _MESSAGES.get(details["type"], "is not of the right form").format(**details.get("ctx", {}))
    )


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
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "literal_error": "must be {expected}",
    "list_type": "must be a list",
    "too_short": "must have at least {min_length} entries",
    "too_long": "must have at most {max_length} entries",
    "dict_type": "must be a JSON object",
    "model_type": "must be a JSON object",
    "greater_than_equal": "must be {ge} or more",
    "greater_than": "must be more than {gt}",
    "less_than_equal": "must be {le} or less",
    "less_than": "must be less than {lt}",
}
"""What to say instead of pydantic's own words, by its name for the error."""
