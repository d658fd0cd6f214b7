"""Teams: ``GET /teams`` and ``GET /teams/{team_uuid}``."""

from __future__ import annotations

from calendly.api import Api
from calendly.documents import Document, Page, Resource
from calendly.transport import Operation


class Team(Resource):
    """Members of an organization with a scheduling page in common."""

    uri: str = ""
    name: str = ""
    organization: str = ""
    scheduling_url: str = ""


class Teams:
    """Operations on teams."""

    LIST = Operation("GET", "/teams")
    RETRIEVE = Operation("GET", "/teams/{team_uuid}")

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self, *, user: str | None = None, count: int | None = None, page_token: str | None = None) -> Page[Team]:
        """Teams, or those of a user. Scope ``organizations:read``."""
        params = {"user": self._api.optional_uri(user, "users"), "count": count, "page_token": page_token}
        return self._api.list(self.LIST, "/teams", params, Team)

    def retrieve(self, team: str) -> Document[Team]:
        """A team by UUID or URI. Scope ``organizations:read``."""
        return self._api.retrieve(self.RETRIEVE, self._api.path(team, "teams"), Team)
