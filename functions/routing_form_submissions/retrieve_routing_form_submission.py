"""Retrieve a submission of a routing form: its answers, and where they led."""

from actions.inputs import Input, SubmissionRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.routing_forms import RoutingFormSubmission


class RetrieveRoutingFormSubmission(Input):
    """Which one."""

    routing_form_submission: SubmissionRef


@action(
    "GET /routing_form_submissions/{routing_form_submission}",
    scope="routing_forms:read",
    example={"routing_form_submission": "68f07bac-da2d-5fc3-94de-8f9bd6934c2b"},
)
def handler(input: RetrieveRoutingFormSubmission, connected: Connected) -> Document[RoutingFormSubmission]:
    return connected.calendly.routing_form_submissions.retrieve(input.routing_form_submission)
