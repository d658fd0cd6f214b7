"""Models keep everything that Calendly sent, and refuse nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendly.availability import AvailabilitySchedule, BusyTime
from calendly.documents import Document, Page, Resource
from calendly.event_types import EventType
from calendly.groups import Group, GroupRelationship
from calendly.organizations import OrganizationMembership
from calendly.scheduled_events import ScheduledEvent
from calendly.scheduling_links import SchedulingLink
from calendly.users import User

MODELS = [
    AvailabilitySchedule,
    BusyTime,
    EventType,
    Group,
    GroupRelationship,
    OrganizationMembership,
    ScheduledEvent,
    SchedulingLink,
    User,
]

EVENT: dict[str, Any] = {
    "uri": "https://api.calendly.com/scheduled_events/AAAAAAAAAAAAAAAA",
    "name": None,
    "status": "rescheduled-in-a-way-we-do-not-know",
    "start_time": "2026-01-02T03:04:05.000000Z",
    "end_time": "2026-01-02T03:34:05Z",
    "event_type": "https://api.calendly.com/event_types/AAAAAAAAAAAAAAAA",
    "location": {"type": "hologram", "room": {"number": 7.0}, "data": None},
    "invitees_counter": {"total": 1, "active": "one", "limit": None},
    "event_memberships": [{"user": "https://api.calendly.com/users/A", "user_email": None, "new": []}],
    "event_guests": None,
    "a_field_of_tomorrow": {"x": [1, 2.5, "3", True, None]},
}


def test_an_event_with_surprises_comes_back_as_it_was() -> None:
    event = ScheduledEvent.model_validate(EVENT)
    assert json.dumps(event.to_json(), sort_keys=True) == json.dumps(EVENT, sort_keys=True)
    assert event.location is not None
    assert event.location.type == "hologram"
    assert event.event_memberships[0].user == "https://api.calendly.com/users/A"


def test_names_that_python_reserves_are_kept_under_calendlys_name() -> None:
    rule = {"type": "wday", "wday": "monday", "intervals": [{"from": "09:00", "to": "17:00"}]}
    schedule = AvailabilitySchedule.model_validate({"uri": "x", "rules": [rule]})
    assert schedule.rules[0].intervals[0].start == "09:00"
    assert schedule.to_json() == {"uri": "x", "rules": [rule]}


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_json_object_goes_through_a_model_unchanged(model: type[Resource], data: st.DataObject) -> None:
    names = [field.alias or name for name, field in model.model_fields.items()]
    body = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys([*names, "unheard_of"], json_values)))
    parsed = model.model_validate(body)
    assert json.dumps(parsed.to_json(), sort_keys=True) == json.dumps(body, sort_keys=True)


def test_a_document_is_a_view_of_its_body() -> None:
    body = {"resource": {"uri": "x", "name": "Ada"}, "beside": 1}
    document = Document(body, User)
    assert document.resource.name == "Ada"
    assert document.body is body


def test_a_page_finds_its_token_in_older_answers_too() -> None:
    link = "https://api.calendly.com/groups?count=1&page_token=abc%2Bd&x=1"
    page = Page({"collection": [{"uri": "x"}], "pagination": {"count": 1, "next_page": link}}, Group)
    assert page.next_page_token == "abc+d"
    assert [group.uri for group in page] == ["x"]
    assert Page({"collection": [], "pagination": {"next_page": None}}, Group).next_page_token is None
    assert Page({"collection": []}, Group).next_page_token is None
