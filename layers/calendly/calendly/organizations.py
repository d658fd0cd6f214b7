"""Organizations, their members and invitations: ``/organizations``, ``/organization_memberships``."""

from __future__ import annotations

from typing import Any

from calendly.api import Api
from calendly.documents import Document, Page, Resource
from calendly.transport import Operation


class Organization(Resource):
    """An organization. ``kind`` is single or multiple, ``stage`` trial, free or paid; ``plan`` is what it pays for."""

    uri: str = ""
    kind: str = ""
    name: str = ""
    plan: str = ""
    stage: str = ""
    created_at: str = ""
    updated_at: str = ""


class OrganizationMembership(Resource):
    """A user's membership in an organization. ``role`` is user, admin or owner."""

    uri: str = ""
    role: str = ""
    user: dict[str, Any] = {}
    organization: str = ""
    updated_at: str = ""
    created_at: str = ""


class OrganizationInvitation(Resource):
    """Somebody invited: ``status`` is pending, accepted or declined; ``user`` is there once it is accepted."""

    uri: str = ""
    organization: str = ""
    email: str = ""
    status: str = ""
    created_at: str = ""
    updated_at: str = ""
    last_sent_at: str | None = None
    user: str | None = None


class Organizations:
    """Operations on organizations."""

    RETRIEVE = Operation("GET", "/organizations/{uuid}")

    def __init__(self, api: Api) -> None:
        self._api = api

    def retrieve(self, organization: str) -> Document[Organization]:
        """An organization by UUID or URI. Scope ``organizations:read``."""
        return self._api.retrieve(self.RETRIEVE, self._api.path(organization, "organizations"), Organization)


class OrganizationMemberships:
    """Operations on organization memberships."""

    LIST = Operation("GET", "/organization_memberships")
    RETRIEVE = Operation("GET", "/organization_memberships/{uuid}")
    DELETE = Operation("DELETE", "/organization_memberships/{uuid}", write=True, repeatable=True)

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

    def retrieve(self, organization_membership: str) -> Document[OrganizationMembership]:
        """A membership by UUID or URI. Scope ``organizations:read``."""
        path = self._api.path(organization_membership, "organization_memberships")
        return self._api.retrieve(self.RETRIEVE, path, OrganizationMembership)

    def delete(self, organization_membership: str) -> str:
        """Remove a member, given by the membership's UUID or URI; returns its URI. Scope ``organizations:write``.

        Raises:
            PermissionDeniedError: it is the owner's, who cannot be removed.
        """
        return self._api.delete(self.DELETE, self._api.path(organization_membership, "organization_memberships"))


class OrganizationInvitations:
    """Operations on invitations to an organization."""

    LIST = Operation("GET", "/organizations/{uuid}/invitations")
    CREATE = Operation("POST", "/organizations/{uuid}/invitations", write=True)
    RETRIEVE = Operation("GET", "/organizations/{org_uuid}/invitations/{uuid}")
    REVOKE = Operation("DELETE", "/organizations/{org_uuid}/invitations/{uuid}", write=True, repeatable=True)

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(
        self,
        organization: str,
        *,
        email: str | None = None,
        status: str | None = None,
        sort: str | None = None,
        count: int | None = None,
        page_token: str | None = None,
    ) -> Page[OrganizationInvitation]:
        """An organization's invitations, oldest first unless ``sort`` says otherwise. Scope ``organizations:read``."""
        params = {"email": email, "status": status, "sort": sort, "count": count, "page_token": page_token}
        return self._api.list(self.LIST, self._below(organization), params, OrganizationInvitation)

    def create(self, organization: str, *, email: str) -> Document[OrganizationInvitation]:
        """Invite somebody. Scope ``organizations:write``.

        Raises:
            PermissionDeniedError: no seat is left, or the organization gets its members by SCIM.
        """
        return self._api.write(self.CREATE, self._below(organization), {"email": email}, OrganizationInvitation)

    def retrieve(self, invitation: str, organization: str | None = None) -> Document[OrganizationInvitation]:
        """An invitation, by URI, or by UUID and organization. Scope ``organizations:read``."""
        return self._api.retrieve(self.RETRIEVE, self._path(invitation, organization), OrganizationInvitation)

    def revoke(self, invitation: str, organization: str | None = None) -> str:
        """Take an invitation back; returns its URI. Scope ``organizations:write``."""
        return self._api.delete(self.REVOKE, self._path(invitation, organization))

    def _below(self, organization: str) -> str:
        return f"{self._api.path(organization, 'organizations')}/invitations"

    def _path(self, invitation: str, organization: str | None) -> str:
        return self._api.path(
            invitation, self._below(organization)[1:] if organization else "organizations/*/invitations"
        )
