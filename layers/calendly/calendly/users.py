"""Users: ``GET /users/{uuid}`` and ``GET /users/me``."""

from __future__ import annotations

from calendly.api import Api
from calendly.documents import Document, Resource
from calendly.transport import Operation


class User(Resource):
    """A Calendly user. Times are UTC, ISO 8601; ``current_organization`` is a URI."""

    uri: str = ""
    name: str = ""
    slug: str = ""
    email: str = ""
    scheduling_url: str = ""
    timezone: str = ""
    time_notation: str = "12h"
    avatar_url: str | None = None
    created_at: str = ""
    updated_at: str = ""
    current_organization: str = ""
    resource_type: str = "User"
    locale: str = ""


class Users:
    """Operations on users."""

    RETRIEVE = Operation("GET", "/users/{uuid}")
    ME = Operation("GET", "/users/me")

    def __init__(self, api: Api) -> None:
        self._api = api

    def retrieve(self, user: str) -> Document[User]:
        """A user by UUID or URI, or the account's own with ``me``. Scope ``users:read``."""
        if user == "me":
            return self._api.retrieve(self.ME, "/users/me", User)
        return self._api.retrieve(self.RETRIEVE, self._api.path(user, "users"), User)
