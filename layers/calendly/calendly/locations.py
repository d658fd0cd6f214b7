"""Where users can meet: ``GET /locations``. Calendly does not page it."""

from __future__ import annotations

from calendly.api import Api
from calendly.documents import Page, Resource
from calendly.transport import Operation


class MeetingLocation(Resource):
    """A kind of place or conference. ``connected`` is there for web conferences only."""

    kind: str = ""
    connected: bool | None = None


class Locations:
    """Operations on locations."""

    LIST = Operation("GET", "/locations")

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self, *, user: str) -> Page[MeetingLocation]:
        """The kinds of places that a user can offer. Scope ``locations:read``."""
        return self._api.whole_list(self.LIST, "/locations", {"user": self._api.uri(user, "users")}, MeetingLocation)
