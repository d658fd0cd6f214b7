"""One good call of every operation, by plain HTTP: (operation, path parameters, query, body, status)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.rows.event_types import weekly_rules

Call = tuple[str, tuple[str, ...], dict[str, Any], Any, int]


def calls(seeded: dict[str, list[str]], slot: str, upcoming: str) -> list[Call]:
    """``seeded`` as in /_sandbox/state; ``slot`` is a free time of the first event type, ``upcoming`` an event."""

    def ids(*kinds: str) -> tuple[str, ...]:
        return tuple(seeded[kind][0].rsplit("/", 1)[1] for kind in kinds)

    me, organization, group = seeded["users"][0], seeded["organizations"][0], seeded["groups"][0]
    event_type, contact, event = seeded["event_types"][0], seeded["contacts"][0], seeded["scheduled_events"][0]
    (own,), static = ids("organizations"), seeded["contact_lists"][2].rsplit("/", 1)[1]
    invitee = next(uri for uri in seeded["invitees"] if uri.startswith(event))
    later = [(datetime.now(UTC) + timedelta(days=days)).isoformat() for days in (1, 7)]
    earlier = [(datetime.now(UTC) - timedelta(days=days)).isoformat() for days in (400, 390)]
    rules = weekly_rules("10:00", "16:00")
    hook = {"organization": organization, "scope": "user", "user": me}
    person = {"email": "eve@example.com", "name": "Eve Adams", "timezone": "Europe/Berlin"}
    address = [{"email": "new@example.com", "is_primary": True}]
    single = {"max_event_count": 1, "owner": event_type, "owner_type": "EventType"}
    one_off = {"name": "Once", "host": me, "duration": 30, "location": {"kind": "zoom_conference"}}
    days = {"type": "days_in_future", "days": 7, "only_weekdays": True}
    definition = {"label": "Origin", "field_type": "single_select", "options": [{"label": "Fair"}]}
    return [
        ("GET /users/me", (), {}, None, 200),
        ("GET /users/{uuid}", ids("users"), {}, None, 200),
        ("GET /event_types", (), {"user": me}, None, 200),
        ("POST /event_types", (), {}, {"owner": me, "name": "Demo", "duration": 45}, 201),
        ("GET /event_types/{uuid}", ids("event_types"), {}, None, 200),
        ("PATCH /event_types/{uuid}", ids("event_types"), {}, {"description": "Nice"}, 200),
        ("POST /one_off_event_types", (), {}, {**one_off, "date_setting": days}, 201),
        (
            "GET /event_type_available_times",
            (),
            {"event_type": event_type, "start_time": later[0], "end_time": later[1]},
            None,
            200,
        ),
        ("GET /event_type_memberships", (), {"event_type": event_type}, None, 200),
        ("GET /event_type_availability_schedules", (), {"event_type": event_type}, None, 200),
        ("GET /user_availability_schedules", (), {"user": me}, None, 200),
        ("POST /user_availability_schedules", (), {}, {"name": "Summer", "timezone": "UTC", "rules": rules}, 201),
        ("GET /user_availability_schedules/{uuid}", ids("user_availability_schedules"), {}, None, 200),
        ("PATCH /user_availability_schedules/{uuid}", ids("user_availability_schedules"), {}, {"name": "Hours"}, 200),
        ("GET /user_busy_times", (), {"user": me, "start_time": later[0], "end_time": later[1]}, None, 200),
        ("GET /user_meeting_limits", (), {"user": me}, None, 200),
        ("PATCH /user_meeting_limits", (), {"user": me}, {"daily_limit": 9, "weekly_limit": None}, 200),
        ("GET /scheduled_events", (), {"organization": organization}, None, 200),
        ("GET /scheduled_events/{uuid}", ids("scheduled_events"), {}, None, 200),
        ("GET /scheduled_events/{uuid}/invitees", ids("scheduled_events"), {}, None, 200),
        (
            "GET /scheduled_events/{event_uuid}/invitees/{invitee_uuid}",
            (event.rsplit("/", 1)[1], invitee.rsplit("/", 1)[1]),
            {},
            None,
            200,
        ),
        ("POST /invitees", (), {}, {"event_type": event_type, "start_time": slot, "invitee": person}, 201),
        ("POST /scheduled_events/{uuid}/cancellation", (upcoming.rsplit("/", 1)[1],), {}, {"reason": "Rain"}, 201),
        (
            "PATCH /event_type_availability_schedules",
            (),
            {"event_type": event_type},
            {"availability_rule": {"timezone": "UTC", "rules": rules}},
            200,
        ),
        ("POST /invitee_no_shows", (), {}, {"invitee": invitee}, 201),
        ("GET /invitee_no_shows/{uuid}", ids("invitee_no_shows"), {}, None, 200),
        ("DELETE /invitee_no_shows/{uuid}", ids("invitee_no_shows"), {}, None, 204),
        ("POST /scheduling_links", (), {}, single, 201),
        ("POST /shares", (), {}, {"event_type": event_type, "name": "For you", "duration": 30}, 201),
        ("GET /organizations/{uuid}", ids("organizations"), {}, None, 200),
        ("GET /organization_memberships", (), {"organization": organization}, None, 200),
        ("GET /organization_memberships/{uuid}", ids("organization_memberships"), {}, None, 200),
        ("GET /organizations/{uuid}/invitations", ids("organizations"), {}, None, 200),
        ("POST /organizations/{uuid}/invitations", ids("organizations"), {}, {"email": "new@example.com"}, 201),
        (
            "GET /organizations/{org_uuid}/invitations/{uuid}",
            (own, *ids("organization_invitations")),
            {},
            None,
            200,
        ),
        (
            "DELETE /organizations/{org_uuid}/invitations/{uuid}",
            (own, *ids("organization_invitations")),
            {},
            None,
            204,
        ),
        ("GET /teams", (), {"user": me}, None, 200),
        ("GET /teams/{team_uuid}", ids("teams"), {}, None, 200),
        ("GET /groups", (), {"organization": organization}, None, 200),
        ("GET /groups/{uuid}", ids("groups"), {}, None, 200),
        ("GET /group_relationships", (), {"group": group}, None, 200),
        ("GET /group_relationships/{uuid}", ids("group_relationships"), {}, None, 200),
        ("GET /locations", (), {"user": me}, None, 200),
        ("GET /routing_forms", (), {"organization": organization}, None, 200),
        ("GET /routing_forms/{uuid}", ids("routing_forms"), {}, None, 200),
        ("GET /routing_form_submissions", (), {"form": seeded["routing_forms"][0]}, None, 200),
        ("GET /routing_form_submissions/{uuid}", ids("routing_form_submissions"), {}, None, 200),
        (
            "POST /webhook_subscriptions",
            (),
            {},
            {**hook, "url": "https://example.com/hook", "events": ["invitee.created", "meeting_recap.created"]},
            201,
        ),
        ("GET /webhook_subscriptions", (), hook, None, 200),
        ("GET /webhook_subscriptions/{webhook_uuid}", ids("webhook_subscriptions"), {}, None, 200),
        ("DELETE /webhook_subscriptions/{webhook_uuid}", ids("webhook_subscriptions"), {}, None, 204),
        ("GET /sample_webhook_data", (), {**hook, "event": "contact.created"}, None, 200),
        ("GET /activity_log_entries", (), {"organization": organization}, None, 200),
        ("GET /outgoing_communications", (), {"organization": organization}, None, 200),
        ("GET /meeting_recaps", (), {}, None, 200),
        ("GET /meeting_recaps/{uuid}", ids("meeting_recaps"), {}, None, 200),
        ("GET /meeting_recaps/{uuid}/transcript", ids("meeting_recaps"), {}, None, 200),
        ("PATCH /meeting_recaps/{uuid}", ids("meeting_recaps"), {}, {"summary_md": "Short."}, 200),
        ("DELETE /meeting_recaps/{uuid}", ids("meeting_recaps"), {}, None, 204),
        ("GET /contacts", (), {"sort": "created_at:desc"}, None, 200),
        ("POST /contacts", (), {}, {"name": "New", "emails": address}, 201),
        ("GET /contacts/{uuid}", ids("contacts"), {}, None, 200),
        ("PATCH /contacts/{uuid}", ids("contacts"), {}, {"company": "Initech"}, 200),
        ("GET /contacts/custom_field_definitions", (), {}, None, 200),
        ("POST /contacts/custom_field_definitions", (), {}, definition, 201),
        (
            "GET /contacts/custom_field_definitions/{uuid}",
            ids("custom_field_definitions"),
            {},
            None,
            200,
        ),
        ("GET /contact_lists", (), {}, None, 200),
        ("POST /contact_lists", (), {}, {"name": "Fair", "contacts": [contact]}, 201),
        ("GET /contact_lists/{uuid}", ids("contact_lists"), {}, None, 200),
        ("PATCH /contact_lists/{uuid}", (static,), {}, {"name": "Friends"}, 200),
        ("POST /contact_lists/{uuid}/memberships", (static,), {}, {"contacts": [contact]}, 200),
        ("POST /contact_lists/{uuid}/memberships/removal", (static,), {}, {"contacts": [contact]}, 200),
        ("GET /notes", (), {"contact": contact}, None, 200),
        ("POST /notes", (), {}, {"contact": contact, "title": "Call"}, 201),
        ("GET /notes/{uuid}", ids("notes"), {}, None, 200),
        ("DELETE /contacts/{uuid}", ids("contacts"), {}, None, 204),
        ("POST /data_compliance/deletion/invitees", (), {}, {"emails": ["gone@example.com"]}, 202),
        (
            "POST /data_compliance/deletion/events",
            (),
            {},
            {"start_time": earlier[0], "end_time": earlier[1]},
            202,
        ),
        (
            "DELETE /organization_memberships/{uuid}",
            (seeded["organization_memberships"][-1].rsplit("/", 1)[1],),
            {},
            None,
            204,
        ),
    ]
