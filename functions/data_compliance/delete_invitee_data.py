"""Have everything deleted that Calendly holds of invitees, by their e-mail addresses.

Calendly accepts the request and takes up to seven days for it.
"""

from typing import Annotated, ClassVar

from pydantic import Field

from actions.inputs import ConfirmedInput, Email
from actions.runtime import Answer, Connected, action


class DeleteInviteeData(ConfirmedInput):
    """Whose data."""

    consequence: ClassVar[str] = "All that Calendly holds of the people with these addresses would be deleted for good."

    emails: Annotated[list[Email], Field(min_length=1, description="The invitees' e-mail addresses.")]


@action(
    "POST /data_compliance/deletion/invitees",
    scope="data_compliance:write",
    plan="the Enterprise plan",
    destroys=True,
    repeatable=True,
    example={"emails": ["gone@example.com"], "confirm": True},
)
def handler(input: DeleteInviteeData, connected: Connected) -> Answer:
    connected.calendly.data_compliance.delete_invitees(input.emails)
    return Answer({"emails": input.emails, "deletion_requested": True})
