"""Retrieve the e-mails and text messages that Calendly sent on an organization's behalf.

Without an organization, the account's own. The answer says how many messages there are in all.
"""

from pydantic import Field

from actions.inputs import OrganizationRef, PagedInput, Timestamp
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.outgoing_communications import OutgoingCommunication


class RetrieveOutgoingCommunications(PagedInput):
    """Whose messages, and which of them."""

    organization: OrganizationRef | None = None
    min_created_at: Timestamp | None = Field(default=None, description="The earliest time that is in the list.")
    max_created_at: Timestamp | None = Field(default=None, description="The latest time that is in the list.")


@action(
    "GET /outgoing_communications",
    scope="outgoing_communications:read",
    plan="the Enterprise plan",
    example={"count": 10},
)
def handler(input: RetrieveOutgoingCommunications, connected: Connected) -> Page[OutgoingCommunication]:
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.outgoing_communications.list(
            organization=connected.organization(input.organization),
            min_created_at=input.min_created_at,
            max_created_at=input.max_created_at,
            count=count,
            page_token=page_token,
        ),
    )
