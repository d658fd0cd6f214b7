"""Places within inputs: where an event type offers to meet."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from actions.parts import Part

Kind = Literal[
    "ask_invitee",
    "custom",
    "google_conference",
    "gotomeeting_conference",
    "inbound_call",
    "microsoft_teams_conference",
    "outbound_call",
    "physical",
    "webex_conference",
    "zoom_conference",
]

_MEMBERS = {
    "ask_invitee": {"location"},
    "custom": {"location"},
    "inbound_call": {"additional_info", "phone_number"},
    "physical": {"additional_info", "location"},
}
"""What goes with a kind; with all others nothing does."""


class Place(Part):
    """A place or a conference that is offered. What else it carries depends on its kind."""

    kind: Kind
    location: str | None = Field(default=None, description="Where, with kind physical, custom or ask_invitee.")
    additional_info: str | None = Field(default=None, description="More of it, with kind physical or inbound_call.")
    phone_number: str | None = Field(default=None, description="Required with kind inbound_call.")

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        excluded = {"additional_info", "location", "phone_number"} - _MEMBERS.get(self.kind, set())
        needed = ["phone_number"] if self.kind == "inbound_call" else []
        self.must_fit(f"kind {self.kind}", needs=needed, excludes=sorted(excluded))
        return self
