"""What makes two deliveries the same, on the shapes that Calendly was recorded to deliver."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from calendly.facts import digest_of, identity

API = "https://api.calendly.com"
INVITEE = f"{API}/scheduled_events/AAAAAAAAAAAAAAAA/invitees/BBBBBBBBBBBBBBBB"


def delivered(event: str, payload: Any, at: str = "2026-11-24T09:00:00.000000Z") -> dict[str, Any]:
    return {"event": event, "created_at": at, "created_by": f"{API}/users/CCCCCCCCCCCCCCCC", "payload": payload}


def invitee(**changed: Any) -> dict[str, Any]:
    """As recorded: one full name, no buffers, a conference that is being made."""
    return {
        "uri": INVITEE,
        "name": "Eve Adams",
        "first_name": None,
        "last_name": None,
        "status": "active",
        "created_at": "2026-11-24T08:59:58.102938Z",
        "updated_at": "2026-11-24T08:59:58.102938Z",
        "no_show": None,
        "scheduled_event": {
            "uri": f"{API}/scheduled_events/AAAAAAAAAAAAAAAA",
            "updated_at": "2026-11-24T08:59:58.092938Z",
            "meeting_notes_html": None,
            "event_memberships": [{"user": f"{API}/users/CCCCCCCCCCCCCCCC"}],
            "location": {"type": "zoom", "status": "initiated", "join_url": None},
        },
        **changed,
    }


def test_a_booking_that_is_rendered_anew_is_the_same_fact() -> None:
    first = delivered("invitee.created", invitee())
    again = copy.deepcopy(first)
    again["created_at"] = "2026-11-24T09:00:02.000000Z"
    again["payload"]["updated_at"] = "2026-11-24T08:59:59.902938Z"
    again["payload"]["scheduled_event"]["location"] = {"type": "zoom", "status": "pushed", "join_url": "https://zoom"}
    assert digest_of(first, "default") == digest_of(again, "default")


def test_a_mark_that_is_set_and_unset_twice_is_four_facts() -> None:
    facts = [
        delivered("invitee_no_show.created", invitee(no_show={"uri": f"{API}/invitee_no_shows/1"})),
        delivered("invitee_no_show.deleted", invitee(), "2026-11-24T09:01:00.000000Z"),
        delivered("invitee_no_show.created", invitee(no_show={"uri": f"{API}/invitee_no_shows/2"})),
        delivered("invitee_no_show.deleted", invitee(), "2026-11-24T09:02:00.000000Z"),
    ]
    assert len({digest_of(fact, "default") for fact in facts}) == 4
    assert len({digest_of(fact, "default") for fact in copy.deepcopy(facts) + facts}) == 4


@pytest.mark.parametrize(
    ("event", "payload"),
    [
        ("event_type.created", {"uri": f"{API}/event_types/1"}),
        ("event_type.deleted", {"uri": f"{API}/event_types/1"}),
        ("contact.created", {"user_uuid": "x", "contact": {"uri": f"{API}/contacts/1"}}),
        ("contact.deleted", {"user_uuid": "x", "contact": {"uri": f"{API}/contacts/1", "deleted_at": "x"}}),
        ("meeting_recap.created", {"event": f"{API}/scheduled_events/1", "recap": {"uri": f"{API}/meeting_recaps/1"}}),
        ("routing_form_submission.created", {"uri": f"{API}/routing_form_submissions/1"}),
    ],
)
def test_what_happens_once_to_a_subject_is_one_fact_whenever_it_is_told(event: str, payload: Any) -> None:
    first = delivered(event, {**payload, "updated_at": "1"})
    later = delivered(event, {**payload, "updated_at": "2"}, "2026-11-25T09:00:00.000000Z")
    assert identity(first, "default") == identity(later, "default")
    assert identity(first, "default") != identity(first, "sales")


@pytest.mark.parametrize("event", ["contact.updated", "event_type.updated", "meeting_recap.updated", "brand.new"])
def test_what_can_happen_again_is_told_apart_by_its_time(event: str) -> None:
    payload = {"uri": f"{API}/things/1", "updated_at": "1"}
    first = delivered(event, payload)
    again = delivered(event, {**payload, "updated_at": "2"})
    later = delivered(event, payload, "2026-11-24T09:00:01.000000Z")
    assert digest_of(first, "default") == digest_of(again, "default")
    assert digest_of(first, "default") != digest_of(later, "default")


@pytest.mark.parametrize("payload", [None, 7, "x", [], {}, {"uri": None}, {"uri": 7}, [{"updated_at": "1"}]])
def test_a_payload_without_a_subject_is_told_by_what_it_says(payload: Any) -> None:
    first, other = delivered("invitee.created", payload), delivered("invitee.created", {"says": payload, "more": 1})
    assert digest_of(first, "default") == digest_of(copy.deepcopy(first), "default")
    assert digest_of(first, "default") != digest_of(other, "default")


def test_a_mark_without_its_uri_is_told_by_its_time() -> None:
    first = delivered("invitee_no_show.created", invitee())
    later = delivered("invitee_no_show.created", invitee(), "2026-11-24T10:00:00.000000Z")
    assert digest_of(first, "default") != digest_of(later, "default")
