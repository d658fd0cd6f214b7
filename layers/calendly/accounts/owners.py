"""Whose a token is: what Calendly's API says of the user behind it."""

from __future__ import annotations

from typing import NamedTuple

from calendly.api import Api, StaticToken
from calendly.client import Calendly
from calendly.deadline import Deadline
from calendly.errors import InsufficientScopeError, InvalidRequestError, NotFoundError, PermissionDeniedError
from calendly.transport import Transport


class Owner(NamedTuple):
    """A Calendly user and their organization, as URIs; and who that is, for people."""

    user: str
    organization: str
    name: str | None = None
    email: str | None = None


class Owners:
    """Asks Calendly's API with a token that an account is to have.

    Args:
        transport: shared by all calls of the process.
        api: the API's base address.
    """

    def __init__(self, transport: Transport, *, api: str) -> None:
        self._transport = transport
        self._api = api

    def of(self, token: str, deadline: Deadline) -> Owner:
        """Whose the token is.

        Raises:
            ReauthenticationRequiredError: Calendly refuses the token.
            CalendlyError: Calendly could not be asked.
        """
        me = self._calendly(token, deadline).users.retrieve("me").resource
        return Owner(me.uri, me.current_organization, me.name or None, me.email or None)

    def role(self, token: str, user: str, organization: str, deadline: Deadline) -> str | None:
        """The user's role; None when the grant does not let us ask.

        Raises:
            CalendlyError: Calendly could not be asked now.
        """
        memberships = self._calendly(token, deadline).organization_memberships
        try:
            found = memberships.list(user=user, organization=organization)
        except (InsufficientScopeError, PermissionDeniedError, NotFoundError, InvalidRequestError):
            return None
        return next((membership.role for membership in found), None)

    def _calendly(self, token: str, deadline: Deadline) -> Calendly:
        return Calendly(Api(self._transport, StaticToken(token), deadline=deadline, api=self._api))


def same(one: str, other: str) -> bool:
    """Whether two URIs name the same resource."""
    return one.rstrip("/") == other.rstrip("/")
