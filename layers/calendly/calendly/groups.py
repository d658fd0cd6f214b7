"""Groups and their members: ``GET /groups``, ``GET /group_relationships`` and their single resources."""

from __future__ import annotations

from typing import Any

from calendly.api import Api
from calendly.documents import Document, Page, Resource
from calendly.references import GROUP_OWNERS
from calendly.transport import Operation


class Group(Resource):
    """A group of an organization's members."""

    uri: str = ""
    name: str = ""
    organization: str = ""
    created_at: str = ""
    updated_at: str = ""
    member_count: int | float = 0


class GroupRelationship(Resource):
    """The membership of a member or an invitation in a group. ``role`` is member or admin."""

    uri: str = ""
    role: str = ""
    owner: dict[str, Any] = {}
    organization: str = ""
    group: str = ""
    created_at: str = ""
    updated_at: str = ""


class Groups:
    """Operations on groups."""

    RETRIEVE = Operation("GET", "/groups/{uuid}")
    LIST = Operation("GET", "/groups")

    def __init__(self, api: Api) -> None:
        self._api = api

    def retrieve(self, group: str) -> Document[Group]:
        """A group by UUID or URI. Scope ``groups:read``."""
        return self._api.retrieve(self.RETRIEVE, self._api.path(group, "groups"), Group)

    def list(self, *, organization: str, count: int | None = None, page_token: str | None = None) -> Page[Group]:
        """An organization's groups. Scope ``groups:read``."""
        params = {
            "organization": self._api.uri(organization, "organizations"),
            "count": count,
            "page_token": page_token,
        }
        return self._api.list(self.LIST, "/groups", params, Group)


class GroupRelationships:
    """Operations on group relationships."""

    RETRIEVE = Operation("GET", "/group_relationships/{uuid}")
    LIST = Operation("GET", "/group_relationships")

    def __init__(self, api: Api) -> None:
        self._api = api

    def retrieve(self, group_relationship: str) -> Document[GroupRelationship]:
        """A group relationship by UUID or URI. Scope ``groups:read``."""
        path = self._api.path(group_relationship, "group_relationships")
        return self._api.retrieve(self.RETRIEVE, path, GroupRelationship)

    def list(
        self,
        *,
        organization: str | None = None,
        owner: str | None = None,
        group: str | None = None,
        count: int | None = None,
        page_token: str | None = None,
    ) -> Page[GroupRelationship]:
        """Group relationships by organization, group, or owner. Scope ``groups:read``."""
        api = self._api
        params = {
            "organization": api.optional_uri(organization, "organizations"),
            "owner": api.optional_uri(owner, *GROUP_OWNERS),
            "group": api.optional_uri(group, "groups"),
            "count": count,
            "page_token": page_token,
        }
        return api.list(self.LIST, "/group_relationships", params, GroupRelationship)
