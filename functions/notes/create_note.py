"""Write a note on a contact, with a title, a body or both. Only its author reads it."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from actions.inputs import ContactRef, CreateInput, Timestamp
from actions.runtime import Connected, action
from calendly.documents import Document
from calendly.notes import Note


def _title(value: str) -> str:
    # Some emoji and symbols count as two for Calendly, which those beyond 16 bits do in UTF-16.
    if len(value.encode("utf-16-le")) > 2 * 255:
        raise ValueError("must have at most 255 characters, of which some emoji and symbols count as two")
    return value


class CreateNote(CreateInput):
    """On which contact, and what it says."""

    contact: ContactRef
    title: Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_title)] | None = Field(
        default=None, description="The title, up to 255 characters."
    )
    body: Annotated[str, StringConstraints(strip_whitespace=True, max_length=10_000)] | None = Field(
        default=None, description="The text, up to 10,000 characters."
    )
    remind_at: Timestamp | None = Field(default=None, description="When to be reminded, if the account has reminders.")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.title or self.body):
            raise ValueError("must hold a title, a body or both")
        return self


def look(input: CreateNote, connected: Connected) -> Document[Note] | None:
    """Calendly says that a note may exist although writing it failed."""
    return connected.calendly.notes.find(contact=input.contact, title=input.title, body=input.body)


@action(
    "POST /notes",
    scope="contacts:write",
    look=look,
    example={"contact": "24e20c37-04a4-5aab-b121-1cbe19d03176", "title": "First call", "body": "Wants an offer."},
)
def handler(input: CreateNote, connected: Connected) -> Document[Note]:
    return connected.calendly.notes.create(
        contact=input.contact, title=input.title or None, body=input.body or None, remind_at=input.remind_at
    )
