"""Export the scheduled events of a window of time, with their invitees, to S3: the work of ``export_events``.

It goes on from where the call before it ended, or died: each part that was written is in the checkpoint, and a part
that is not is written anew under the same name. Several calls at once share the parts. So every event is there once.
"""

from typing import Annotated, Literal

from _bucket import Window, begin
from _rows import events_of, with_invitees
from pydantic import Field

from actions.inputs import Input, OrganizationRef, Timestamp
from actions.runtime import Answer, Connected, task
from calendly.errors import InvalidRequestError

SECONDS_FOR_A_PART = 75.0
"""A part may have to wait for the rate limit to reset, which takes a minute."""


class ExportWindow(Input):
    """Which events, and where they go.

    Attributes:
        export: the export's name, which begins the names of its objects.
        organization: whose events; the account's own if left out.
        start_time, end_time: the first start time that is in, and the first that is not.
        plan: the whole export's range and windows; all of them have to be of one plan.
    """

    export: Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
    organization: OrganizationRef | None = None
    status: Literal["active", "canceled"] | None = None
    start_time: Timestamp
    end_time: Timestamp
    plan: Annotated[str, Field(max_length=200)] = ""


@task(scope="scheduled_events:read")
def handler(input: ExportWindow, connected: Connected) -> Answer:
    own = {"organizations": connected.account.organization}
    inputs = input.model_dump(include={"account", "organization", "status", "plan"}, context={"own": own})
    begun_with = begin(input.export, inputs)
    if begun_with is not None:
        raise InvalidRequestError.for_field(
            "export",
            f"was begun with other inputs under this name: {begun_with}; repeat them to go on, or choose another name",
        )
    window = Window(input.export, input.start_time)
    checkpoint = window.load()
    # At least one part, however little time there is: or it would never end.
    first = True
    while not checkpoint.done and (first or connected.call.deadline.remaining() > SECONDS_FOR_A_PART):
        events, following = events_of(input, connected, checkpoint.cursor)
        checkpoint = window.add(checkpoint, with_invitees(events, connected), following)
        first = False
    if checkpoint.done:
        window.tidy(checkpoint)
    return Answer(checkpoint.counts(input.start_time))
