"""Retrieve the routing forms of an organization, the account's own unless another is named."""

from typing import Literal

from actions.inputs import OrganizationRef, PagedInput
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.routing_forms import RoutingForm


class RetrieveRoutingForms(PagedInput):
    """Whose forms."""

    organization: OrganizationRef | None = None
    sort: Literal["created_at:asc", "created_at:desc"] | None = None


@action("GET /routing_forms", scope="routing_forms:read", example={"count": 10})
def handler(input: RetrieveRoutingForms, connected: Connected) -> Page[RoutingForm]:
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.routing_forms.list(
            organization=connected.organization(input.organization),
            sort=input.sort,
            count=count,
            page_token=page_token,
        ),
    )
