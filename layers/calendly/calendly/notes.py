"""Notes on contacts, which their author alone reads: ``/notes``."""

from __future__ import annotations

from collections.abc import Sequence

from calendly.api import Api, each_page
from calendly.documents import Document, Page, Resource
from calendly.transport import Operation


class Note(Resource):
    """A note. Whether a title, body or reminder that was not given is null or missing is not documented."""

    uri: str = ""
    contact: str = ""
    title: str | None = None
    body: str | None = None
    remind_at: str | None = None
    created_at: str = ""
    updated_at: str = ""


class Notes:
    """Operations on notes."""

    LIST = Operation("GET", "/notes")
    # Calendly says that a note may be there although the call failed, and nothing prevents a second one.
    CREATE = Operation("POST", "/notes", write=True, may_act_on_failure=True)
    RETRIEVE = Operation("GET", "/notes/{uuid}")

    def __init__(self, api: Api) -> None:
        self._api = api

    def list(self, *, contacts: Sequence[str], count: int | None = None, page_token: str | None = None) -> Page[Note]:
        """The user's notes on up to ten contacts, the latest change first. Scope ``contacts:read``.

        Raises:
            PermissionDeniedError: one of the contacts is not the user's.
        """
        contact = ",".join(self._api.uri(each, "contacts") for each in contacts)
        params = {"contact": contact, "count": count, "page_token": page_token}
        return self._api.list(self.LIST, "/notes", params, Note)

    def create(
        self, *, contact: str, title: str | None = None, body: str | None = None, remind_at: str | None = None
    ) -> Document[Note]:
        """Write a note with a title, a body or both. Scope ``contacts:write``.

        Raises:
            PermissionDeniedError: the account has no reminders.
        """
        uri = self._api.uri(contact, "contacts")
        document = {"contact": uri, "title": title, "body": body, "remind_at": remind_at}
        return self._api.write(self.CREATE, "/notes", document, Note)

    def find(self, *, contact: str, title: str | None = None, body: str | None = None) -> Document[Note] | None:
        """The user's latest note on a contact that says just this, if there is one. Scope ``contacts:read``."""
        said = (title or None, body or None)
        for page in each_page(lambda token: self.list(contacts=[contact], count=100, page_token=token)):
            for row in page.rows:
                if (row.get("title") or None, row.get("body") or None) == said:
                    return Document({"resource": row}, Note, status=201)
        return None

    def retrieve(self, note: str) -> Document[Note]:
        """A note by UUID or URI; another user's is not found. Scope ``contacts:read``."""
        return self._api.retrieve(self.RETRIEVE, self._api.path(note, "notes"), Note)
