"""One account's access to Calendly's API. The operations of all resources use it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol, TypeVar

from calendly import references, responses
from calendly.deadline import Deadline
from calendly.documents import Document, Page, Resource
from calendly.errors import PermissionDeniedError, ReauthenticationRequiredError
from calendly.references import PUBLIC_API
from calendly.transport import Operation, Response, Transport

R = TypeVar("R", bound=Resource)

_SECRET_MEMBERS = ("signing_key",)


class TokenSource(Protocol):
    """Provides access tokens."""

    def token(self) -> str:
        """The access token to use now."""

    def renew(self, refused: str) -> str:
        """A token other than ``refused``, to which Calendly answered 401.

        Raises:
            ReauthenticationRequiredError: there is no other token. It must be raised eventually, because a request is
                repeated as long as this returns a token.
        """


class StaticToken:
    """A token that cannot be renewed: a personal access token in a script, or a new token during connect."""

    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def renew(self, refused: str) -> str:
        raise ReauthenticationRequiredError("Calendly refused the access token. Make a new one in Calendly.")


class PlannedWrite(Exception):  # noqa: N818 - not an error: it ends a dry run
    """A write that a dry run did not send.

    Attributes:
        request: ``{"method", "path", "body"?, "query"?}``, with secrets masked.
    """

    def __init__(self, request: dict[str, Any]) -> None:
        super().__init__(f"{request['method']} {request['path']}")
        self.request = request


class Api:
    """Sends operations for one account during one call.

    Args:
        transport: shared by all calls of the process.
        tokens: the account's tokens.
        deadline: nothing is sent or waited for after it.
        api: the API's base address.
        dry_run: send reads, but raise ``PlannedWrite`` instead of sending a write. A DELETE does not end a dry run.
        read_only: refuse writes.

    Attributes:
        planned: the writes that a dry run came to so far, as ``PlannedWrite.request`` has them.
    """

    def __init__(
        self,
        transport: Transport,
        tokens: TokenSource,
        *,
        deadline: Deadline,
        api: str = PUBLIC_API,
        dry_run: bool = False,
        read_only: bool = False,
    ) -> None:
        self._transport = transport
        self._tokens = tokens
        self._dry_run = dry_run
        self._read_only = read_only
        self.deadline = deadline
        self.address = api
        self.planned: list[dict[str, Any]] = []

    @property
    def now(self) -> datetime:
        """Calendly's clock in its last answer, to the second; this machine's clock if it did not say."""
        return self._transport.date or datetime.now(UTC)

    def path(self, reference: str, *kinds: str) -> str:
        """The path of a resource, given by UUID or URI."""
        return "/" + references.parse(reference, *kinds, api=self.address)[1]

    def uri(self, reference: str, *kinds: str) -> str:
        """The full URI of a resource, given by UUID or URI. Queries and bodies need it."""
        return self.address + self.path(reference, *kinds)

    def optional_uri(self, reference: str | None, *kinds: str) -> str | None:
        """Like ``uri``, for a reference that may be left out."""
        return None if reference is None else self.uri(reference, *kinds)

    def retrieve(
        self, operation: Operation, path: str, model: type[R], *, params: Mapping[str, Any] | None = None
    ) -> Document[R]:
        """Send an operation that returns a single resource."""
        return self._document(operation, self.send(operation, path, params=params), model)

    def write(
        self,
        operation: Operation,
        path: str,
        document: Mapping[str, Any],
        model: type[R],
        params: Mapping[str, Any] | None = None,
        *,
        cleared: Collection[str] = (),
    ) -> Document[R]:
        """Send an operation that creates or changes a resource and returns it.

        Members that are None are left out, except for those in ``cleared``, which are sent as null.
        """
        content = {**_given(document), **dict.fromkeys(cleared)}
        return self._document(operation, self.send(operation, path, document=content, params=params), model)

    def delete(self, operation: Operation, path: str) -> str:
        """Send an operation that deletes a resource; returns the resource's URI."""
        self.send(operation, path)
        return self.address + path

    def list(self, operation: Operation, path: str, params: Mapping[str, Any], model: type[R]) -> Page[R]:
        """Send an operation that returns a list. Parameters that are None are left out."""
        response = self.send(operation, path, params=query(params))
        if not (isinstance(response.body, dict) and isinstance(response.body.get("collection"), list)):
            raise responses.unreadable(operation)
        return Page(response.body, model)

    def whole_list(self, operation: Operation, path: str, params: Mapping[str, Any], model: type[R]) -> Page[R]:
        """Send an operation whose list Calendly calls unpaged. Should it come in pages after all, they are one here."""
        page = self.list(operation, path, params, model)
        rows, token, had = page.rows, page.next_page_token, set[str]()
        while token is not None:
            if token in had:
                raise responses.unreadable(operation)
            had.add(token)
            following = self.list(operation, path, {**params, "page_token": token}, model)
            rows, token = rows + following.rows, following.next_page_token
        body = {name: value for name, value in page.body.items() if name != "pagination"}
        return Page({**body, "collection": rows}, model) if had else page

    def send(self, operation: Operation, path: str, **content: Any) -> Response:
        """Send an operation and return its successful answer. A refused token is renewed.

        Args:
            operation: the endpoint.
            path: its path with all parameters filled in.
            content: ``params`` or ``document``, as ``Transport.send`` takes them.

        Raises:
            PlannedWrite: this is a dry run, and the operation is a write.
            PermissionDeniedError: the operation is a write, and only reads are allowed here.
            CalendlyError: see ``responses.raise_for`` and ``Transport.send``.
        """
        if self._read_only and operation.write:
            raise PermissionDeniedError(
                f"This stack only reads, and {operation.method} writes: it was deployed with Actions=read. "
                "Deploy it with Actions=all, or call a stack that is."
            )
        if self._dry_run and operation.write:
            self.planned.append(_planned(operation, path, content))
            if operation.method == "DELETE":  # whose answer says nothing: what comes behind it is planned as well
                return Response(204, {}, b"")
            raise PlannedWrite(self.planned[-1])
        token = self._tokens.token()
        response = self._send(operation, path, token, content)
        while response.refuses_token:
            token = self._tokens.renew(token)
            response = self._send(operation, path, token, content)
        responses.raise_for(response, operation)
        if operation.write and not (response.empty or isinstance(response.body, dict)):
            raise responses.unreadable(operation)
        return response

    def _send(self, operation: Operation, path: str, token: str, content: Mapping[str, Any]) -> Response:
        headers = {"Authorization": f"Bearer {token}"}
        return self._transport.send(operation, self.address + path, deadline=self.deadline, headers=headers, **content)

    @staticmethod
    def _document(operation: Operation, response: Response, model: type[R]) -> Document[R]:
        if not (isinstance(response.body, dict) and isinstance(response.body.get("resource"), dict)):
            raise responses.unreadable(operation)
        return Document(response.body, model, response.status)


def each_page(fetch: Callable[[str | None], Page[R]], page_token: str | None = None) -> Iterator[Page[R]]:
    """All pages from ``page_token`` on. Each is fetched by one request when the iterator reaches it.

    Example:
        >>> for page in each_page(lambda token: calendly.groups.list(organization=mine, count=100, page_token=token)):
        ...     for group in page:
        ...         print(group.name)
    """
    while True:
        page = fetch(page_token)
        yield page
        page_token = page.next_page_token
        if page_token is None:
            return


def _planned(operation: Operation, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """A write that would be sent: ``{"method", "path", "body"?, "query"?}``; secrets in it are masked."""
    request: dict[str, Any] = {"method": operation.method, "path": path}
    if content.get("document") is not None:
        request["body"] = _masked(content["document"])
    if content.get("params"):
        request["query"] = dict(content["params"])
    return request


def query(params: Mapping[str, Any]) -> dict[str, str | list[str]]:
    """Parameters as strings for a query string; a list is a repeated parameter, as in Calendly's contract."""
    return {
        name: [_text(each) for each in value] if isinstance(value, (list, tuple)) else _text(value)
        for name, value in params.items()
        if value is not None
    }


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _given(document: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if value is not None}


def _masked(document: Any) -> Any:
    if not isinstance(document, Mapping):
        return document
    return {name: "***" if name in _SECRET_MEMBERS else value for name, value in document.items()}
