"""Organization memberships: ``GET /organization_memberships``."""

from __future__ import annotations

from typing import Any

from calendly.client import Calendly
from calendly.documents import Page, Resource
from calendly.transport import Operation


class OrganizationMembership(Resource):
    """A user's place in an organization: ``role`` is user, admin or owner."""

    uri: str = ""
    role: str = ""
    user: dict[str, Any] = {}
    organization: str = ""
    updated_at: str = ""
    created_at: str = ""


class OrganizationMemberships:
    """Operations on organization memberships."""

    LIST = Operation("GET", "/organization_memberships", role="an organization admin or owner for other people's")

    def __init__(self, calendly: Calendly) -> None:
        self._calendly = calendly

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
        calendly = self._calendly
        params = {
            "user": calendly.optional_uri(user, "users"),
            "organization": calendly.optional_uri(organization, "organizations"),
            "email": email,
            "role": role,
            "count": count,
            "page_token": page_token,
        }
        return calendly.list(self.LIST, "/organization_memberships", params, OrganizationMembership)
