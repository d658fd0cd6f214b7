"""Retrieve the kinds of places and conferences at which a user can meet."""

from actions.inputs import Input, UserRef
from actions.runtime import Connected, action
from calendly.documents import Page
from calendly.locations import MeetingLocation


class RetrieveLocations(Input):
    """Whose; the account's own user if left out."""

    user: UserRef = "me"


@action("GET /locations", scope="locations:read", example={"user": "me"})
def handler(input: RetrieveLocations, connected: Connected) -> Page[MeetingLocation]:
    return connected.calendly.locations.list(user=connected.user(input.user))
