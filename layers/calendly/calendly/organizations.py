"""Organization memberships: ``GET /organization_memberships``."""

from __future__ import annotations

from typing import Any

from calendly.api import Api
from calendly.documents import Page, Resource
from calendly.transport import Operation


class OrganizationMembership(Resource):
    """A user's membership in an organization. ``role`` is user, admin or owner."""

    uri: str = ""
    role: str = ""
    user: dict[str, Any] = {}
    organization: str = ""
    updated_at: str = ""
    created_at: str = ""


class OrganizationMemberships:
    """Operations on organization memberships."""

    LIST = Operation("GET", "/organization_memberships")

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(
        self,
        *,
        user: str | None = None,
        organization: str | None = None,
        email: str | None = None,
        role: str | None = None,
        count: int | None = None,
        page_token: str | None = None,
    ) -> Page[OrganizationMembership]:
        """Memberships by user, organization, e-mail address or role. Scope ``organizations:read``."""
        api = self._api
        params = {
            "user": api.optional_uri(user, "users"),
            "organization": api.optional_uri(organization, "organizations"),
            "email": email,
            "role": role,
            "count": count,
            "page_token": page_token,
        }
        return api.list(self.LIST, "/organization_memberships", params, OrganizationMembership)
