"""Lists of contacts, filled by hand, and Views, which are saved filters: ``/contact_lists``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from calendly.api import Api
from calendly.documents import Document, Page, Resource
from calendly.errors import AlreadyExistsError, InvalidRequestError
from calendly.transport import Operation


class ContactList(Resource):
    """A List (``type`` static_list) or a View (dynamic_view, whose ``contact_count`` is null).

    ``membership_result`` is there when a List was made with contacts.
    """

    uri: str = ""
    name: str = ""
    type: str = ""
    contact_count: int | None = None
    created_at: str = ""
    updated_at: str = ""
    membership_result: dict[str, Any] | None = None


class ContactListMembershipResult(Resource):
    """What came of putting contacts on a List or taking them off: ``invalid`` counts those that are unknown."""

    # Calendly counts more than this; the names of the other members are not documented.
    invalid: int = 0


class ContactLists:
    """Operations on Lists and Views."""

    LIST = Operation("GET", "/contact_lists")
    # The List is made before its contacts are put on it, and may be there after a failure.
    CREATE = Operation("POST", "/contact_lists", write=True, may_act_on_failure=True)
    RETRIEVE = Operation("GET", "/contact_lists/{uuid}")
    UPDATE = Operation("PATCH", "/contact_lists/{uuid}", write=True, repeatable=True)
    ADD = Operation("POST", "/contact_lists/{uuid}/memberships", write=True, repeatable=True)
    REMOVE = Operation("POST", "/contact_lists/{uuid}/memberships/removal", write=True, repeatable=True)

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self, *, type: str | None = None) -> Page[ContactList]:
        """The user's Lists and Views, at most 25, on one page. Scope ``contacts:read``."""
        return self._api.whole_list(self.LIST, "/contact_lists", {"type": type}, ContactList)

    def create(self, *, name: str, contacts: Sequence[str] | None = None) -> Document[ContactList]:
        """Make a List. Scope ``contacts:write``.

        Raises:
            AlreadyExistsError: a List has that name, or the user has as many as they may.
        """
        document = {"name": name, "contacts": None if contacts is None else self._uris(contacts)}
        try:
            return self._api.write(self.CREATE, "/contact_lists", document, ContactList)
        except AlreadyExistsError as error:
            raise AlreadyExistsError(
                f"{error.message} A List has this name, whatever its case and accents, or there are 25 Lists and "
                "Views, the most that a user may have."
            ) from None

    def find(self, name: str) -> Document[ContactList] | None:
        """The List of this name, if there is one. Scope ``contacts:read``."""
        row = next((row for row in self.list(type="static_list").rows if row.get("name") == name), None)
        return Document({"resource": row}, ContactList, status=201) if row else None

    def retrieve(self, contact_list: str) -> Document[ContactList]:
        """A List or View by UUID or URI, without its contacts. Scope ``contacts:read``."""
        return self._api.retrieve(self.RETRIEVE, self._path(contact_list), ContactList)

    def update(self, contact_list: str, *, name: str) -> Document[ContactList]:
        """Give a List or View another name. Scope ``contacts:write``.

        Raises:
            AlreadyExistsError: another List has that name, or it is the View "All Contacts".
        """
        try:
            return self._api.write(self.UPDATE, self._path(contact_list), {"name": name}, ContactList)
        except AlreadyExistsError as error:
            raise AlreadyExistsError(
                f"{error.message} Another List has this name, or it is the View All Contacts, which keeps its own."
            ) from None

    def add(self, contact_list: str, contacts: Sequence[str]) -> Document[ContactListMembershipResult]:
        """Put up to 500 contacts on a List; those on it already stay. Scope ``contacts:write``.

        Raises:
            InvalidRequestError: it is a View.
        """
        return self._change(self.ADD, f"{self._path(contact_list)}/memberships", contacts)

    def remove(self, contact_list: str, contacts: Sequence[str]) -> Document[ContactListMembershipResult]:
        """Take up to 500 contacts off a List; they are not deleted. Scope ``contacts:write``.

        Raises:
            InvalidRequestError: it is a View.
        """
        return self._change(self.REMOVE, f"{self._path(contact_list)}/memberships/removal", contacts)

    def _change(
        self, operation: Operation, path: str, contacts: Sequence[str]
    ) -> Document[ContactListMembershipResult]:
        try:
            return self._api.write(operation, path, {"contacts": self._uris(contacts)}, ContactListMembershipResult)
        except AlreadyExistsError:
            # A 409, which here has this one reason.
            raise InvalidRequestError.for_field(
                "contact_list", "is a View, which Calendly fills by its filters; name a List"
            ) from None

    def _path(self, contact_list: str) -> str:
        return self._api.path(contact_list, "contact_lists")

    def _uris(self, contacts: Sequence[str]) -> Sequence[str]:
        return [self._api.uri(contact, "contacts") for contact in contacts]
