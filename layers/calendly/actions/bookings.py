"""What a booking says: who comes, where, and what they answer."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from actions.inputs import Email, Timestamp, WholeNumber
from actions.parts import Part, Timezone
from actions.places import Kind

_SAID_BY_THE_INVITEE = ("ask_invitee", "custom", "outbound_call", "physical")


def _upcoming(value: str) -> str:
    if datetime.fromisoformat(value) <= datetime.now(UTC):
        raise ValueError("must be in the future")
    return value


Text = Annotated[str, Field(min_length=1)]
UpcomingTime = Annotated[Timestamp, AfterValidator(_upcoming)]


class InviteePart(Part):
    """Who comes: with a name, or with a first_name."""

    email: Email = Field(description="Where the invitation goes.")
    timezone: Timezone = Field(description="IANA name, such as Europe/Berlin: in which the invitee is told the time.")
    name: Text | None = Field(default=None, description="The full name.")
    first_name: Text | None = Field(default=None, description="The first name, in place of name.")
    last_name: Text | None = Field(default=None, description="The last name, beside first_name.")
    text_reminder_number: Text | None = Field(
        default=None, description="A telephone number for reminders, with its country code."
    )

    @model_validator(mode="after")
    def _has_a_name(self) -> Self:
        if self.name is None and self.first_name is None:
            raise ValueError("needs a name, or a first_name")
        return self


class LocationPart(Part):
    """One of the locations that the event type offers."""

    kind: Kind = Field(description="As the event type's locations name it.")
    location: Text | None = Field(
        default=None, description="Where, or which number to call. Needed but with inbound_call and conferences."
    )

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        said = self.kind in _SAID_BY_THE_INVITEE
        self.must_fit(f"kind {self.kind}", **{"needs" if said else "excludes": ["location"]})
        return self


class AnswerPart(Part):
    """The answer to a question of the event type."""

    question: Text = Field(description="The question's name, letter by letter.")
    answer: str = Field(description="What the invitee says.")
    position: Annotated[WholeNumber, Field(ge=0)] | None = Field(
        default=None, description="The question's place; the place in this list if left out."
    )


class TrackingPart(Part):
    """Where the invitee came from; Calendly gets what is left out as null."""

    utm_campaign: str | None = Field(default=None, description="UTM parameter.")
    utm_source: str | None = Field(default=None, description="UTM parameter.")
    utm_medium: str | None = Field(default=None, description="UTM parameter.")
    utm_content: str | None = Field(default=None, description="UTM parameter.")
    utm_term: str | None = Field(default=None, description="UTM parameter.")
    salesforce_uuid: str | None = Field(default=None, description="The id of a record in Salesforce.")
