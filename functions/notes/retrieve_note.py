"""Retrieve a note that the account's own user wrote."""

from actions.inputs import Input, NoteRef
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.notes import Note


class RetrieveNote(Input):
    """Which one."""

    note: NoteRef


@action("GET /notes/{note}", scope="contacts:read", example={"note": "b9828464-e2f6-5724-972c-0d4762482b8d"})
def handler(input: RetrieveNote, connected: Connected) -> Document[Note]:
    return connected.calendly.notes.retrieve(input.note)
