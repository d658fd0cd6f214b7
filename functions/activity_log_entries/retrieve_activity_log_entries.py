"""Retrieve the activity log of an organization: who changed what, and when.

Without an organization, that of the account's own. The answer says how many entries there are in all.
"""

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field

from actions.inputs import OrganizationRef, PagedInput, Split, Timestamp, UserRef, WholeNumber
from actions.runtime import Connected, action
from calendly.activity_log_entries import ActivityLogEntry
from calendly.documents import Page

FIELDS = ("action", "actor.display_name", "actor.uri", "namespace", "occurred_at")


def _sort(value: str) -> str:
    field, _, way = value.partition(":")
    if field not in FIELDS or way not in ("asc", "desc"):
        raise ValueError(f"must be {', '.join(FIELDS)}, each with :asc or :desc")
    return value


class RetrieveActivityLogEntries(PagedInput):
    """Whose log, and which of its entries."""

    largest_page: ClassVar[int] = 1000

    count: Annotated[WholeNumber, Field(ge=1, le=1000)] | None = Field(
        default=None, description="Rows a page, 1 to 1000. Calendly's default is 20."
    )
    organization: OrganizationRef | None = None
    search_term: Annotated[str, Field(max_length=300)] | None = Field(
        default=None, description='Words to look for: | is or, - not, "..." a phrase, * the rest of a word, () a group.'
    )
    actor: Annotated[list[UserRef], Split] | None = Field(
        default=None, description="Only what these users did: UUIDs or URIs, or me."
    )
    namespace: Annotated[list[str], Split] | None = Field(default=None, description="Only these, such as User.")
    action: Annotated[list[str], Split] | None = Field(default=None, description="Only these, such as Added.")
    sort: Annotated[list[Annotated[str, AfterValidator(_sort)]], Split] | None = Field(
        default=None, description="Fields with :asc or :desc. Calendly's default is occurred_at:desc."
    )
    min_occurred_at: Timestamp | None = Field(default=None, description="The earliest time that is in the list.")
    max_occurred_at: Timestamp | None = Field(default=None, description="The latest time that is in the list.")


@action(
    "GET /activity_log_entries",
    scope="activity_log:read",
    role="an organization admin or owner",
    plan="the Enterprise plan",
    example={"namespace": ["User", "API"], "count": 10},
)
def handler(input: RetrieveActivityLogEntries, connected: Connected) -> Page[ActivityLogEntry]:
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.activity_log_entries.list(
            organization=connected.organization(input.organization),
            search_term=input.search_term,
            actor=None if input.actor is None else [connected.user(each) for each in input.actor],
            namespace=input.namespace,
            action=input.action,
            sort=input.sort,
            min_occurred_at=input.min_occurred_at,
            max_occurred_at=input.max_occurred_at,
            count=count,
            page_token=page_token,
        ),
    )
