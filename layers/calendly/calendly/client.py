"""The Calendly client: operations by resource, ``calendly.scheduled_events.retrieve(...)``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from calendly import references, responses
from calendly.deadline import Deadline
from calendly.documents import Document, Page, Resource
from calendly.errors import ReauthenticationRequiredError
from calendly.references import PUBLIC_API
from calendly.transport import Operation, Response, Transport

if TYPE_CHECKING:
    from calendly.availability import UserAvailabilitySchedules, UserBusyTimes
    from calendly.event_types import EventTypes
    from calendly.groups import GroupRelationships, Groups
    from calendly.invitees import Invitees
    from calendly.organizations import OrganizationMemberships
    from calendly.scheduled_events import ScheduledEvents
    from calendly.scheduling_links import SchedulingLinks
    from calendly.users import Users
    from calendly.webhook_subscriptions import WebhookSubscriptions

R = TypeVar("R", bound=Resource)


class TokenSource(Protocol):
    """Where access tokens come from."""

    def token(self) -> str:
        """The access token to use now."""

    def renew(self, refused: str) -> str:
        """A token other than ``refused``, which Calendly answered 401 to.

        Raises:
            ReauthenticationRequiredError: there is none to be had. Sooner or later it has to be raised: a request is
                repeated for as long as there are other tokens to try.
        """


class StaticToken:
    """A token that is what it is: a personal access token in a script, or a fresh one during connect."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def renew(self, refused: str) -> str:
        raise ReauthenticationRequiredError("Calendly refused the access token. Make a new one in Calendly.")


class Calendly:
    """One account's view of Calendly for the length of one call.

    Args:
        transport: shared by all calls of the process.
        tokens: whose account this is.
        deadline: nothing is sent or waited for past it.
        api: the API's base address.
    """

    def __init__(self, transport: Transport, tokens: TokenSource, *, deadline: Deadline, api: str = PUBLIC_API) -> None:
        self._transport = transport
        self._tokens = tokens
        self.deadline = deadline
        self.api = api

    # Imported on use: an action pays at cold start for its own resource alone.

    @cached_property
    def users(self) -> Users:
        from calendly.users import Users

        return Users(self)

    @cached_property
    def event_types(self) -> EventTypes:
        from calendly.event_types import EventTypes

        return EventTypes(self)

    @cached_property
    def scheduled_events(self) -> ScheduledEvents:
        from calendly.scheduled_events import ScheduledEvents

        return ScheduledEvents(self)

    @cached_property
    def invitees(self) -> Invitees:
        from calendly.invitees import Invitees

        return Invitees(self)

    @cached_property
    def scheduling_links(self) -> SchedulingLinks:
        from calendly.scheduling_links import SchedulingLinks

        return SchedulingLinks(self)

    @cached_property
    def groups(self) -> Groups:
        from calendly.groups import Groups

        return Groups(self)

    @cached_property
    def group_relationships(self) -> GroupRelationships:
        from calendly.groups import GroupRelationships

        return GroupRelationships(self)

    @cached_property
    def user_availability_schedules(self) -> UserAvailabilitySchedules:
        from calendly.availability import UserAvailabilitySchedules

        return UserAvailabilitySchedules(self)

    @cached_property
    def user_busy_times(self) -> UserBusyTimes:
        from calendly.availability import UserBusyTimes

        return UserBusyTimes(self)

    @cached_property
    def organization_memberships(self) -> OrganizationMemberships:
        from calendly.organizations import OrganizationMemberships

        return OrganizationMemberships(self)

    @cached_property
    def webhook_subscriptions(self) -> WebhookSubscriptions:
        from calendly.webhook_subscriptions import WebhookSubscriptions

        return WebhookSubscriptions(self)

    def path(self, reference: str, *kinds: str) -> str:
        """The path of a resource given by UUID or URI, for a request to it."""
        return "/" + references.parse(reference, *kinds, api=self.api)[1]

    def uri(self, reference: str, *kinds: str) -> str:
        """The full URI of a resource given by UUID or URI, as queries and bodies want it."""
        return self.api + self.path(reference, *kinds)

    def optional_uri(self, reference: str | None, *kinds: str) -> str | None:
        return None if reference is None else self.uri(reference, *kinds)

    def retrieve(self, operation: Operation, path: str, model: type[R]) -> Document[R]:
        """Send an operation that answers a single resource."""
        return self._document(operation, self.send(operation, path), model)

    def create(self, operation: Operation, path: str, document: Mapping[str, Any], model: type[R]) -> Document[R]:
        """Send an operation that makes a resource and answers it."""
        return self._document(operation, self.send(operation, path, document=document), model)

    def list(self, operation: Operation, path: str, params: Mapping[str, Any], model: type[R]) -> Page[R]:
        """Send an operation that answers a list. Parameters that are None are left out."""
        response = self.send(operation, path, params=_query(params))
        if not (isinstance(response.body, dict) and isinstance(response.body.get("collection"), list)):
            raise responses.unreadable(operation)
        return Page(response.body, model)

    def send(self, operation: Operation, path: str, **content: Any) -> Response:
        """Send an operation and return its successful answer; a refused token is renewed.

        Raises:
            CalendlyError: as ``responses.raise_for`` and ``Transport.send`` say.
        """
        token = self._tokens.token()
        response = self._send(operation, path, token, content)
        while response.status == 401:
            token = self._tokens.renew(token)
            response = self._send(operation, path, token, content)
        responses.raise_for(response, operation)
        return response

    def _send(self, operation: Operation, path: str, token: str, content: Mapping[str, Any]) -> Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self._transport.send(operation, self.api + path, deadline=self.deadline, headers=headers, **content)

    @staticmethod
    def _document(operation: Operation, response: Response, model: type[R]) -> Document[R]:
        if not (isinstance(response.body, dict) and isinstance(response.body.get("resource"), dict)):
            raise responses.unreadable(operation)
        return Document(response.body, model, response.status)


def pages(fetch: Callable[[str | None], Page[R]], page_token: str | None = None) -> Iterator[Page[R]]:
    """All pages from ``page_token`` on, one request each, fetched as they are asked for.

    Example:
        >>> for page in pages(lambda token: calendly.groups.list(organization=mine, count=100, page_token=token)):
        ...     for group in page:
        ...         print(group.name)
    """
    while True:
        page = fetch(page_token)
        yield page
        page_token = page.next_page_token
        if page_token is None:
            return


def _query(params: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in params.items()
        if value is not None
    }
