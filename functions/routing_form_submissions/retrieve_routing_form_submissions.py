"""Retrieve the submissions of a routing form."""

from typing import Literal

from actions.inputs import PagedInput, RoutingFormRef
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.routing_forms import RoutingFormSubmission


class RetrieveRoutingFormSubmissions(PagedInput):
    """Of which form."""

    form: RoutingFormRef
    sort: Literal["created_at:asc", "created_at:desc"] | None = None


@action(
    "GET /routing_form_submissions",
    scope="routing_forms:read",
    tools=("read",),
    example={"form": "c58a7c04-9ec4-5349-a7c3-62db58540167", "sort": "created_at:desc"},
)
def handler(input: RetrieveRoutingFormSubmissions, connected: Connected) -> Page[RoutingFormSubmission]:
    return connected.list(
        input,
        lambda count, page_token: connected.calendly.routing_form_submissions.list(
            form=input.form, sort=input.sort, count=count, page_token=page_token
        ),
    )
