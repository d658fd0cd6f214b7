"""What every operation of the API has in common: a bearer token, a rate limit, a scope, then the work."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from flask import Blueprint, Response, g, jsonify, request

from sandbox import params
from sandbox.errors import ApiError, denied, insufficient_scope
from sandbox.rows.base import Row, in_order
from sandbox.world import LEGACY, Grant


@dataclass(frozen=True)
class Caller:
    """Who calls: a user, by a grant."""

    grant: Grant
    user: Row
    role: str

    @property
    def uri(self) -> str:
        return str(self.user["uri"])

    @property
    def organization(self) -> str:
        return str(self.user["current_organization"])

    @property
    def own_organization(self) -> Row:
        return params.world().data.known(self.organization)

    @property
    def is_admin(self) -> bool:
        return self.role in ("owner", "admin")

    def administers(self, group: str) -> bool:
        """Whether the caller is an admin of this group."""
        return any(
            relationship["group"] == group
            and relationship["role"] == "admin"
            and relationship["owner"].get("user", {}).get("uri") == self.uri
            for relationship in params.world().data.group_relationships
        )

    def must_administer(self, organization: str) -> None:
        """Refuse whoever may not look at a whole organization."""
        if organization != self.organization:
            raise ApiError(403)
        if not self.is_admin:
            raise denied("You do not have permission")

    def must_be(self, user: str) -> None:
        """Refuse whoever asks for another's, unless they are an admin of the same organization."""
        self.must_share_organization(user)
        if user != self.uri and not self.is_admin:
            raise ApiError(403)

    def must_share_organization(self, user: str) -> Row:
        """Refuse users of other organizations."""
        found = params.world().data.get(user)
        if found is None or found["current_organization"] != self.organization:
            raise denied("This user is not in your organization")
        return found


def operation(blueprint: Blueprint, method: str, path: str, scope: str) -> Callable[[Callable[..., Any]], Any]:
    """Register a view for an operation, named as Calendly names it: ``GET /users/{uuid}``."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def guarded(**path_parameters: str) -> Any:
            with params.world().lock:
                caller = _caller()
                _count_against_limit(caller)
                require(scope, caller)
                answer = view(caller, **path_parameters)
            return jsonify(answer) if isinstance(answer, dict) else answer

        rule = path.replace("{", "<").replace("}", ">")
        blueprint.add_url_rule(rule, endpoint=f"{method} {path}", view_func=guarded, methods=[method])
        return guarded

    return decorate


def known(uri: str | None) -> Row:
    """The resource of a URI that a caller named, or a 404."""
    found = params.world().data.get(uri) if uri else None
    if found is None:
        raise ApiError(404)
    return found


def new_uri(kind: str, *, below: str | None = None) -> str:
    return f"{below or params.world().origin}/{kind}/{uuid4()}"


def find(kind: str, uuid: str) -> Row:
    """The resource, or a 404."""
    found = params.world().data.find(f"{kind}/{uuid}")
    if found is None:
        raise ApiError(404)
    return found


def resource(row: Row, status: int = 200) -> Response:
    """One resource, its keys in Calendly's order."""
    answer = jsonify({"resource": in_order(row)})
    answer.status_code = status
    return answer


def _caller() -> Caller:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    world = params.world()
    known = world.access_tokens.get(token) if scheme.lower() == "bearer" else None
    if known is None or known.grant.revoked:
        raise ApiError(401)
    if known.expires_at <= time.time():
        raise ApiError(401, "The access token expired")
    user = world.data.get(known.grant.user)
    role = world.data.role(known.grant.user)
    if user is None or role is None:
        raise ApiError(401)
    return Caller(known.grant, user, role)


def _count_against_limit(caller: Caller) -> None:
    world = params.world()
    now = time.time()
    window = (caller.uri, int(now // 60))
    used = world.windows[window] = world.windows.get(window, 0) + 1
    limit = world.limits.per_minute
    g.rate_limit_headers = {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(max(0, limit - used)),
        "X-RateLimit-Reset": "60",  # it does not count down
        "X-RateLimit-Tier": caller.own_organization["stage"],
        "X-RateLimit-Key": caller.uri.rsplit("/", 1)[1],
    }
    if used > limit:
        raise ApiError(429)


def require(scope: str, caller: Caller) -> None:
    """Refuse whoever was not granted a scope."""
    granted = set(caller.grant.scopes)
    granted |= {name.replace(":write", ":read") for name in granted if name.endswith(":write")}
    if LEGACY not in granted and scope not in granted:
        raise insufficient_scope(scope)
