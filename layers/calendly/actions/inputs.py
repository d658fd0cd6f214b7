"""Input models: what callers may send, and the error messages when it is wrong."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
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
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import CoreSchema, core_schema

from accounts.account import DEFAULT, NAME
from accounts.settings import settings
from actions.messages import field_error, nearest
from actions.proxy_event import readable
from calendly import references
from calendly.documents import to_timestamp
from calendly.errors import InvalidRequestError
from calendly.webhooks import EVENTS

_HTTPS_URL = re.compile(r"https://[^\s/?#@]+\.[^\s/?#@]+([/?#]\S*)?|http://(127\.0\.0\.1|localhost)(:\d+)?(/\S*)?")
"""Calendly delivers only over HTTPS. Loopback addresses are for the sandbox."""

_EVENT = re.compile(r"[a-z_]+\.[a-z_]+")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]{1,255}")


def _account_name(value: str) -> str:
    if not NAME.fullmatch(value):
        raise ValueError("must be 1 to 63 lower-case letters, digits, - or _, starting with a letter or digit")
    return value


class Refers:
    """The type of an input that refers to a Calendly resource by UUID or URI.

    Attributes:
        what: the kind of resource, for people.
        kinds: the kinds of resource as in Calendly's paths; ``*`` stands for an id. A bare UUID is of the first kind.
        me: whether ``me`` is accepted for the account's own.
    """

    def __init__(self, what: str, *kinds: str, me: bool = False) -> None:
        self.what = what
        self.kinds = kinds
        self.me = me

    def check(self, value: str) -> str:
        """The unchanged reference. Raises ValueError if it is not valid."""
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


def _email(value: str) -> str:
    if not _EMAIL.fullmatch(value):
        raise ValueError("must be an e-mail address")
    return value


def _https_url(value: str) -> str:
    if not _HTTPS_URL.fullmatch(value):
        raise ValueError("must be a URL that starts with https://")
    return value


def _webhook_event(value: str) -> str:
    """Unknown names pass, because Calendly adds events. A name that is close to a known one is a typing error."""
    if value in EVENTS:
        return value
    known = nearest(value, EVENTS, cutoff=0.8)
    if known:
        raise ValueError(f"is not known to Calendly; did you mean {known}?")
    if not _EVENT.fullmatch(value):
        raise ValueError("must be names such as invitee.created")
    return value


def _split(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _no_bool(value: Any) -> Any:
    # Python's true is an int, JSON's is not.
    if isinstance(value, bool):
        raise ValueError("must be a whole number")
    return value


AccountName = Annotated[str, AfterValidator(_account_name)]
Timestamp = Annotated[str, AfterValidator(_timestamp), Field(json_schema_extra={"format": "date-time"})]
Email = Annotated[str, AfterValidator(_email), Field(json_schema_extra={"format": "email"})]
HttpsUrl = Annotated[str, Field(max_length=2048, json_schema_extra={"format": "uri"}), AfterValidator(_https_url)]
WebhookEvent = Annotated[str, AfterValidator(_webhook_event)]
IdempotencyKey = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[\x20-\x7e]+$")]
PageToken = Annotated[str, Field(min_length=1, max_length=32768)]
Plain = str | bool | int | float
"""A value as a query string can say it."""
Split = BeforeValidator(_split)
"""Lets a query string say a list: its entries with commas between."""
ShortText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=255)]
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
    """The input of every function."""

    # Built on first use: an action's model has several base models, which are never used themselves.
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, defer_build=True)

    correlation_id: (
        Annotated[
            str,
            Field(max_length=256, description="Your id for this call; it appears in the log and in a response header."),
        ]
        | None
    ) = None


class Input(Common):
    """The input of every function that works on one account."""

    account: AccountName = Field(default=DEFAULT, description="The name of the connected account.")


class WriteInput(Input):
    """The input of every action that changes something."""

    dry_run: bool = Field(default=False, description="Return the requests that would be sent, and send no write.")


class CreateInput(WriteInput):
    """The input of every action that creates something."""

    idempotency_key: IdempotencyKey | None = Field(
        default=None, description="Makes a repeat safe: for a day, a call with the same key returns the first answer."
    )


class ContactsInput(WriteInput):
    """What an action takes that puts contacts on a List, or takes them off."""

    contact_list: ContactListRef
    contacts: Annotated[
        list[ContactRef], Field(min_length=1, max_length=500, description="Contacts, 1 to 500: UUIDs or URIs.")
    ]


class ConfirmedInput(WriteInput):
    """The input of every action that cannot be undone. ``consequence`` is a sentence that says what is lost."""

    consequence: ClassVar[str]

    confirm: bool = Field(default=False, description="Must be true, because this cannot be undone.")


class ScopedInput(Input):
    """The input of actions on webhooks: whose events. User and organization default to the account's own."""

    scope: Literal["user", "group", "organization"] = Field(
        default="user", description="Events of a user, a group, or the whole organization."
    )
    organization: OrganizationRef | None = None
    user: UserRef | None = Field(default=None, description="The user, with scope user; defaults to the account's own.")
    group: GroupRef | None = Field(default=None, validate_default=True, description="Required with scope group.")

    @field_validator("user")
    @classmethod
    def _user_goes_with_its_scope(cls, user: str | None, info: ValidationInfo) -> str | None:
        if user and info.data.get("scope", "user") != "user":
            raise ValueError("can only be given with scope user")
        return user

    @field_validator("group")
    @classmethod
    def _group_goes_with_its_scope(cls, group: str | None, info: ValidationInfo) -> str | None:
        if bool(group) != (info.data.get("scope", "user") == "group"):
            raise ValueError("can only be given with scope group" if group else "is required with scope group")
        return group


def after_start(end_time: str, info: ValidationInfo) -> str:
    """A validator of ``end_time``, which has ``start_time`` before it."""
    if end_time <= info.data.get("start_time", ""):
        raise ValueError("must be after start_time")
    return end_time


def invitee_of_event(invitee: str, event: str | None) -> str:
    """The reference of an invitee, if it can be read with the event that is given beside it."""
    if "/" not in invitee and event is None:
        raise ValueError("needs event beside it, unless it is a full URI")
    if "/" in invitee and event and f"/scheduled_events/{references.uuid_of(event)}/" not in invitee:
        raise ValueError("is an invitee of another event")
    return invitee


class InviteeInput(Input):
    """What an action takes that is about an invitee, who belongs to an event."""

    event: EventRef | None = None
    invitee: InviteeRef

    @field_validator("invitee")
    @classmethod
    def _is_of_the_event(cls, invitee: str, info: ValidationInfo) -> str:
        return invitee_of_event(invitee, info.data.get("event"))


class PagedInput(Input):
    """The input of every list. ``largest_page`` is the most rows that Calendly puts on one page of it."""

    largest_page: ClassVar[int] = 100

    count: Annotated[WholeNumber, Field(ge=1, le=100)] | None = Field(
        default=None, description="Rows per page, 1 to 100. Calendly's default is 20."
    )
    page_token: PageToken | None = Field(
        default=None, description="Where to continue: pagination.next_page_token of the previous answer."
    )
    all_pages: bool = Field(
        default=False,
        description="Follow pages to the end, or until the time or size limit. The answer then says where to continue.",
    )
    max_items: Annotated[WholeNumber, Field(ge=1)] | None = Field(
        default=None, description="The most rows to return, with all_pages."
    )

    def filters(self) -> dict[str, Any]:
        """The inputs that select rows, without those that select a page."""
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
    """Validate an input. A null counts as not given.

    Raises:
        InvalidRequestError: names every wrong field, and suggests the nearest known name for an unknown one.
    """
    known = model.model_fields
    _refuse_half_characters(given)
    try:
        parsed = model.model_validate(
            {name: value for name, value in given.items() if value is not None or name not in known}
        )
    except ValidationError as error:
        fields = [field_error(details, model) for details in error.errors(include_input=False, include_url=False)]
        raise InvalidRequestError("Invalid request.", fields=fields[:20]) from None
    if isinstance(parsed, PagedInput) and parsed.max_items is not None and not parsed.all_pages:
        raise InvalidRequestError.for_field("max_items", "needs all_pages: true; for a single page use count")
    if isinstance(parsed, ConfirmedInput) and not (parsed.confirm or parsed.dry_run):
        raise InvalidRequestError.for_field(
            "confirm", f"must be true: {parsed.consequence} Use dry_run: true to see what would be sent."
        )
    return parsed


def _refuse_half_characters(given: Mapping[str, Any]) -> None:
    """JSON can contain half a surrogate pair, which cannot be encoded in UTF-8."""
    for name, value in given.items():
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidRequestError.for_field(readable(name), "holds half a character (a lone surrogate)") from None
