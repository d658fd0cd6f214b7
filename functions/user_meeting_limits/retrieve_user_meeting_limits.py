"""Retrieve how many meetings a user takes in a day, a week and a month."""

from actions.inputs import Input, UserRef
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.user_meeting_limits import UserMeetingLimits


class RetrieveUserMeetingLimits(Input):
    """Whose; Calendly tells users their own alone."""

    user: UserRef = "me"


@action(
    "GET /user_meeting_limits",
    scope="availability:read",
    role="the user whose limits they are: admins are refused, too",
    example={"user": "me"},
)
def handler(input: RetrieveUserMeetingLimits, connected: Connected) -> Page[UserMeetingLimits]:
    return connected.calendly.user_meeting_limits.list(user=connected.user(input.user))
