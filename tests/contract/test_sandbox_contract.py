"""The sandbox and the client keep Calendly's contract: the ``sandbox`` fixture checks every exchange."""

from __future__ import annotations

from openapi_spec_validator import validate

from tests.conftest import Sandbox
from tests.contract.checking import document


def test_the_contract_is_a_valid_document() -> None:
    validate(document())


def test_every_operation_of_the_actions_agrees_with_the_contract(sandbox: Sandbox) -> None:
    data, calendly = sandbox.world.data, sandbox.client()
    me, organization = data.users[0]["uri"], data.organization
    calendly.users.retrieve("me")
    calendly.users.retrieve(data.users[1]["uri"])
    calendly.event_types.retrieve(data.event_types[0]["uri"])
    calendly.event_types.list(user=me, active=True, sort="name:desc", count=1)
    calendly.event_types.list(organization=organization)
    calendly.scheduled_events.retrieve(data.scheduled_events[7]["uri"])
    calendly.scheduled_events.list(organization=organization, status="canceled", count=3)
    calendly.scheduling_links.create(data.event_types[0]["uri"])
    calendly.groups.retrieve(data.groups[0]["uri"])
    calendly.groups.list(organization=organization)
    calendly.group_relationships.retrieve(data.group_relationships[0]["uri"])
    calendly.group_relationships.list(organization=organization)
    calendly.user_availability_schedules.retrieve(data.user_availability_schedules[0]["uri"])
    calendly.user_availability_schedules.list(user=me)
    calendly.user_busy_times.week(user=me, start_time="2030-01-01T00:00:00Z", end_time="2030-01-20T00:00:00Z")
    calendly.organization_memberships.list(user=me, organization=organization)
    event = data.scheduled_events[5]["uri"]
    calendly.invitees.list(event, status="active", sort="created_at:desc", count=2)
    calendly.invitees.retrieve(data.invitees[event][1]["uri"])
    whose = {"scope": "user", "organization": organization, "user": me}
    webhooks = calendly.webhook_subscriptions
    webhooks.create(url="https://example.com/a", events=["invitee.created"], signing_key="x" * 32, **whose)
    webhooks.list(scope="group", organization=organization, group=data.groups[0]["uri"], sort="created_at:desc")
    webhooks.list(**whose)
    webhooks.retrieve(data.webhook_subscriptions[0]["uri"])
    webhooks.delete(data.webhook_subscriptions[0]["uri"])
    webhooks.sample(event="invitee.created", **whose)
    assert len(sandbox.checked.checked) == 22


def test_every_operation_of_booking_agrees_with_the_contract(sandbox: Sandbox) -> None:
    data, calendly = sandbox.world.data, sandbox.client()
    me, event_type = data.users[0]["uri"], data.event_types[0]["uri"]
    january = {"start_time": "2030-01-07T00:00:00Z", "end_time": "2030-02-20T00:00:00Z"}
    rules = [
        {"type": "wday", "wday": day, "intervals": [{"from": "09:00", "to": "17:00"}]}
        for day in ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
    ]
    times = calendly.event_type_available_times.piece(event_type=event_type, **january)
    booked = calendly.invitees.create(
        event_type=event_type,
        start_time=times.rows[0]["start_time"],
        invitee={"first_name": "Eve", "email": "eve@example.com", "timezone": "UTC"},
        location={"kind": "zoom_conference"},
        questions_and_answers=[{"question": "What should we prepare?", "answer": "Tea"}],
        tracking={"utm_source": "newsletter"},
        event_guests=["guest@example.com"],
    ).resource
    mark = calendly.invitee_no_shows.create(booked.uri).resource
    calendly.invitee_no_shows.retrieve(mark.uri)
    calendly.invitee_no_shows.delete(mark.uri)
    calendly.scheduled_events.cancel(booked.event, reason="Rain")
    made = calendly.event_types.create(owner=me, name="Demo", fields={"locations": [{"kind": "outbound_call"}]})
    calendly.event_types.update(made.resource.uri, {"active": True})
    spots = {"type": "spots", "spots": [january]}
    calendly.one_off_event_types.create(name="Once", host=me, duration=30, date_setting=spots, co_hosts=[])
    calendly.event_type_memberships.list(event_type=event_type, count=1)
    calendly.event_type_availability_schedules.list(event_type=event_type)
    calendly.event_type_availability_schedules.update(
        event_type, availability_rule={"timezone": "UTC", "rules": rules, "user": me}, availability_setting="host"
    )
    schedule = calendly.user_availability_schedules.create(name="Summer", timezone="UTC", rules=rules).resource
    calendly.user_availability_schedules.update(schedule.uri, name="Winter", default=True)
    calendly.user_meeting_limits.list(user=me)
    calendly.user_meeting_limits.update(user=me, limits={"daily_limit": 9, "weekly_limit": None})
    calendly.locations.list(user=me)
    place = {"kind": "physical", "location": "12 Main Street", "position": 0}
    calendly.shares.create(event_type, {"duration": 60, "location_configurations": [place]})
    assert len(sandbox.checked.checked) == 18


def test_every_operation_on_people_agrees_with_the_contract(sandbox: Sandbox) -> None:
    data, calendly = sandbox.world.data, sandbox.client()
    me, organization = data.users[0]["uri"], data.organization
    calendly.organizations.retrieve(organization)
    membership = data.organization_memberships[-1]["uri"]
    calendly.organization_memberships.retrieve(membership)
    calendly.organization_memberships.delete(membership)
    invitations = calendly.organization_invitations
    invitations.list(organization, status="pending", sort="created_at:desc", count=1)
    made = invitations.create(organization, email="new@example.com").resource.uri
    invitations.retrieve(made)
    invitations.retrieve(made.rsplit("/", 1)[1], organization)
    invitations.revoke(made)
    calendly.teams.list(user=me)
    calendly.teams.retrieve(data.teams[0]["uri"])
    calendly.routing_forms.list(organization=organization, sort="created_at:desc")
    form = data.routing_forms[0]["uri"]
    calendly.routing_forms.retrieve(form)
    calendly.routing_form_submissions.list(form=form, count=3)
    calendly.routing_form_submissions.retrieve(data.routing_form_submissions[0]["uri"])
    assert len(sandbox.checked.checked) == 13


def test_every_operation_on_records_agrees_with_the_contract(sandbox: Sandbox) -> None:
    data, calendly = sandbox.world.data, sandbox.client()
    me, organization = data.users[0]["uri"], data.organization
    calendly.activity_log_entries.list(
        organization=organization, actor=[me], namespace=["User", "API"], sort=["namespace:asc", "occurred_at:desc"]
    )
    calendly.activity_log_entries.list(organization=organization, search_term="token", count=1000)
    calendly.outgoing_communications.list(organization=organization, min_created_at="2020-01-01T00:00:00Z", count=2)
    recaps = calendly.meeting_recaps
    recaps.list(status="available", start_time="2020-01-01T00:00:00Z")
    recap = next(row["uri"] for row in data.meeting_recaps if data.behind.owners[row["uri"]] == me)
    recaps.retrieve(recap)
    recaps.transcript(recap)
    recaps.update(recap, summary_md="Short.", discussion_md="")
    recaps.delete(recap)
    calendly.data_compliance.delete_invitees(["gone@example.com"])
    calendly.data_compliance.delete_events(start_time="2023-01-01T00:00:00Z", end_time="2023-02-01T00:00:00Z")
    assert len(sandbox.checked.checked) == 9


def test_every_operation_on_contacts_agrees_with_the_contract(sandbox: Sandbox) -> None:
    data, calendly = sandbox.world.data, sandbox.client()
    one, other = (row["uri"] for row in data.contacts[:2])
    contacts, lists, definitions = calendly.contacts, calendly.contact_lists, calendly.contact_custom_field_definitions
    contacts.list(email=["contact-0-0@example.com", "contact-0-1@example.com"], exclude="custom_fields")
    contacts.create({"name": "Eve Adams", "emails": [{"email": "eve@example.com", "is_primary": True}]})
    contacts.retrieve(one, exclude="custom_fields")
    field = data.custom_field_definitions[0]["uri"]
    value = {"uuid": field.rsplit("/", 1)[1], "value": None}
    contacts.update(one, {"company": "Initech", "custom_fields": [value], "phone_numbers": []})
    definitions.list()
    definitions.create(label="Origin", field_type="single_select", options=["Fair", "Web"])
    definitions.create(label="Value", field_type="currency", currency="eur")
    definitions.retrieve(field)
    lists.list(type="static_list")
    made = lists.create(name="Fair", contacts=[one]).resource.uri
    lists.retrieve(made)
    lists.update(made, name="Visitors of the fair")
    lists.add(made, [other])
    contacts.list(contact_list=made)
    lists.remove(made, [one, other])
    calendly.notes.list(contacts=[one, other], count=1)
    note = calendly.notes.create(contact=one, title="Call", remind_at="2030-01-01T09:00:00Z").resource.uri
    calendly.notes.retrieve(note)
    contacts.delete(one)
    assert len(sandbox.checked.checked) == 17


def test_the_witness_notices_an_answer_that_disagrees(sandbox: Sandbox) -> None:
    del sandbox.world.data.users[0]["email"]
    sandbox.client().users.retrieve("me")
    assert ['"email" is a required property' in violation for violation in sandbox.checked.violations] == [True]
    sandbox.checked.violations.clear()
