"""Where events take place. Event types and bookings call it ``kind``, events ``type``; some of the words differ."""

from __future__ import annotations

from typing import Any

from sandbox.rows.base import Row

TYPES = {"zoom_conference": "zoom", "gotomeeting_conference": "gotomeeting"}
"""The types of events whose word differs from the kind of the event type."""

CONFERENCES = (
    "google_conference",
    "zoom_conference",
    "gotomeeting_conference",
    "microsoft_teams_conference",
    "webex_conference",
)
KINDS = ("ask_invitee", "custom", "inbound_call", "outbound_call", "physical", *CONFERENCES)
"""The kinds of an event type's locations."""

_PAGES = {
    "google_conference": "https://meet.example/abc-defg-hij",
    "zoom_conference": "https://zoom.example/j/81234567890",
    "gotomeeting_conference": "https://gotomeeting.example/join/812345678",
    "microsoft_teams_conference": "https://teams.example/l/meetup-join/19",
    "webex_conference": "https://webex.example/meet/812345678",
}
_DATA: dict[str, Row] = {
    "zoom_conference": {
        "id": "81234567890",
        "settings": {
            "global_dial_in_numbers": [
                {
                    "number": "+1 555 0100",
                    "country": "US",
                    "type": "toll",
                    "city": "New York",
                    "country_name": "United States",
                }
            ]
        },
        "extra": {"intl_numbers_url": "https://zoom.example/numbers"},
        "password": "x1y2z3",
    },
    "gotomeeting_conference": {"uniqueMeetingId": 812345678, "conferenceCallInfo": "US: +1 555 0101\nCode: 812-345"},
    "microsoft_teams_conference": {
        "id": "MSo1N2Y5ZGFjYy03MWJm",
        "audioConferencing": {
            "conferenceId": "812345678",
            "dialinUrl": "https://dialin.teams.example/8a1",
            "tollNumber": "+1 555 0102",
        },
    },
    "webex_conference": {
        "id": "812345678",
        "telephony": {"callInNumbers": [{"label": "US", "callInNumber": "+1 555 0103", "tollType": "toll"}]},
        "password": "x1y2z3",
    },
}


def conference_row(kind: str, *, processing: bool = False) -> Row:
    """A conference of a kind: one that was just booked has no address yet."""
    row: Row = {
        "type": TYPES.get(kind, kind),
        "status": "processing" if processing else "pushed",
        "join_url": None if processing else _PAGES[kind],
    }
    return row if kind == "google_conference" else {**row, "data": None if processing else _DATA[kind]}


def location_row(kind: str, location: str | None = None, additional_info: str = "", *, fresh: bool = False) -> Row:
    """The location of an event, from a location of its event type; ``fresh`` for one that was just booked."""
    if kind in CONFERENCES:
        return conference_row(kind, processing=fresh)
    empty = "" if kind in ("physical", "ask_invitee", "inbound_call") else None
    row: Row = {"type": kind, "location": location or empty}
    return {**row, "additional_info": additional_info} if kind in ("physical", "inbound_call") else row


def being_made(location: Row) -> Row:
    """A location as it is when somebody just booked: a conference is made later."""
    if location.get("status") != "pushed":
        return dict(location)
    return {**location, "status": "processing", "join_url": None, **({"data": None} if "data" in location else {})}


def push(event: Row) -> None:
    """A conference is ready by the time somebody looks at its event again."""
    location: dict[str, Any] = event["location"] or {}
    if location.get("status") == "processing":
        kinds = {TYPES.get(kind, kind): kind for kind in CONFERENCES}
        event["location"] = conference_row(kinds[location["type"]])


SEEDED_LOCATIONS = (
    location_row("physical", "12 Main Street", "Third floor"),
    location_row("zoom_conference"),
    location_row("google_conference"),
    location_row("outbound_call", "+1 555 0100"),
    location_row("custom", "We will tell you"),
    location_row("inbound_call", "+1 555 0199", ""),
    location_row("microsoft_teams_conference"),
    location_row("ask_invitee", "At the harbour"),
    location_row("gotomeeting_conference"),
    location_row("webex_conference"),
)
"""Every kind once."""
