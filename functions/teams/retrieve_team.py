"""Retrieve a team: its name and its scheduling page."""

from actions.inputs import Input, TeamRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.teams import Team


class RetrieveTeam(Input):
    """Which one."""

    team: TeamRef


@action("GET /teams/{team}", scope="organizations:read", example={"team": "e9237109-a8f9-5a56-be95-c22876a45ec0"})
def handler(input: RetrieveTeam, connected: Connected) -> Document[Team]:
    return connected.calendly.teams.retrieve(input.team)
