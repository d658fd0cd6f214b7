"""Users: ``GET /users/{uuid}`` and ``GET /users/me``."""

from __future__ import annotations

from calendly.client import Calendly
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

    RETRIEVE = Operation("GET", "/users/{uuid}", role="a user of the same organization")
    ME = Operation("GET", "/users/me")

    def __init__(self, calendly: Calendly) -> None:
        self._calendly = calendly

    def retrieve(self, user: str) -> Document[User]:
        """A user by UUID or URI, or the account's own with ``me``. Scope ``users:read``."""
        if user == "me":
            return self._calendly.retrieve(self.ME, "/users/me", User)
        return self._calendly.retrieve(self.RETRIEVE, self._calendly.path(user, "users"), User)
