"""What the sandbox's operations change, and what later reads and deliveries tell of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import Sandbox
from tests.integration.sandbox_calls import Receiver, caller, free_times, in_days, receiver

PERSON = {"email": "eve@example.com", "first_name": "Eve", "last_name": "Adams", "timezone": "Europe/Berlin"}
FAMILIES = {
    "invitee": ("created", "canceled"),
    "invitee_no_show": ("created", "deleted"),
    "event_type": ("created", "updated", "deleted"),
    "contact": ("created", "updated", "deleted"),
    "meeting_recap": ("created", "updated", "deleted"),
    "routing_form_submission": ("created",),
}
EVENTS = [f"{family}.{verb}" for family, verbs in FAMILIES.items() for verb in verbs]


@pytest.fixture
def hook(sandbox: Sandbox) -> Iterator[Receiver]:
    """Takes everything that a subscription of the first user, or of the organization, is told."""
    found, server = receiver()
    call = caller(sandbox)
    data = sandbox.world.data
    whose = {"organization": data.organization, "scope": "user", "user": data.users[0]["uri"]}
    wanted = [name for name in EVENTS if not name.startswith("routing")]
    call("POST", "/webhook_subscriptions", 201, json={**whose, "url": found.url, "events": wanted})
    forms = {"organization": sandbox.world.data.organization, "scope": "organization", "url": found.url}
    call("POST", "/webhook_subscriptions", 201, json={**forms, "events": ["routing_form_submission.created"]})
    yield found
    server.shutdown()
    server.server_close()


def booked(sandbox: Sandbox, **more: Any) -> Any:
    call, event_type = caller(sandbox), sandbox.world.data.event_types[0]["uri"]
    start = free_times(call, event_type)[0]["start_time"]
    body = {"event_type": event_type, "start_time": start, "invitee": PERSON, **more}
    return call("POST", "/invitees", 201, json=body)["resource"]


def test_a_booking_takes_its_time_and_a_cancellation_gives_it_back(sandbox: Sandbox, hook: Receiver) -> None:
    call, event_type = caller(sandbox), sandbox.world.data.event_types[0]["uri"]
    before = free_times(call, event_type)
    invitee = booked(sandbox)
    taken = before[0]["start_time"]
    assert taken not in [each["start_time"] for each in free_times(call, event_type)]
    body = {"event_type": event_type, "start_time": taken, "invitee": PERSON}
    assert call.details("POST", "/invitees", json=body) == [("start_time", "That start time has been filled")]
    event = invitee["event"]
    call("POST", f"{event}/cancellation", 201, json={"reason": ""})
    assert free_times(call, event_type) == before
    again = call("GET", event)["resource"]
    assert (again["status"], again["invitees_counter"]["active"]) == ("canceled", 0)
    assert call("GET", invitee["uri"])["resource"]["cancellation"]["canceler_type"] == "host"
    assert call("POST", f"{event}/cancellation", 403)["message"] == "Event is already canceled"
    past = next(row for row in sandbox.world.data.scheduled_events if row["status"] == "active")
    assert call("POST", f"{past['uri']}/cancellation", 403)["message"] == "Event in the past"
    assert hook.names(2) == ["invitee.canceled", "invitee.created"]


def test_a_conference_is_ready_by_the_next_read(sandbox: Sandbox) -> None:
    call = caller(sandbox)
    event = booked(sandbox)["event"]
    assert sandbox.world.data.known(event)["location"]["status"] == "processing"
    location = call("GET", event)["resource"]["location"]
    assert (location["type"], location["status"], bool(location["join_url"])) == ("zoom", "pushed", True)


def test_a_no_show_is_marked_and_unmarked(sandbox: Sandbox, hook: Receiver) -> None:
    call = caller(sandbox)
    event = next(row for row in sandbox.world.data.scheduled_events if row["status"] == "active")
    invitee = sandbox.world.data.invitees[event["uri"]][0]["uri"]
    mark = call("POST", "/invitee_no_shows", 201, json={"invitee": invitee})["resource"]
    assert call("GET", invitee)["resource"]["no_show"] == {name: mark[name] for name in ("uri", "created_at")}
    call("DELETE", mark["uri"], 204)
    assert call("GET", invitee)["resource"]["no_show"] is None
    call("GET", mark["uri"], 404)
    assert hook.names(2) == ["invitee_no_show.created", "invitee_no_show.deleted"]


def test_several_join_one_event_until_it_is_full(sandbox: Sandbox) -> None:
    call = caller(sandbox)
    webinar = next(row["uri"] for row in sandbox.world.data.event_types if row["kind"] == "group")
    first = free_times(call, webinar)[0]
    assert first["invitees_remaining"] == 10
    body = {"event_type": webinar, "start_time": first["start_time"], "invitee": PERSON}
    body["event_guests"] = ["guest@example.com"]
    made = [call("POST", "/invitees", 201, json=body)["resource"] for _ in range(10)]
    (event,) = {each["event"] for each in made}
    assert call("GET", event)["resource"]["invitees_counter"] == {"total": 10, "active": 10, "limit": 10}
    assert len(call("GET", event)["resource"]["event_guests"]) == 10
    assert call.details("POST", "/invitees", json=body)[0][0] == "start_time"


def test_a_round_robin_goes_to_somebody_else_and_a_panel_needs_all(sandbox: Sandbox) -> None:
    call, data = caller(sandbox), sandbox.world.data
    pooled = {row["pooling_type"]: row for row in data.event_types}
    robin, panel = pooled["round_robin"], pooled["collective"]
    start = free_times(call, robin["uri"])[0]["start_time"]
    hosts = set()
    for _ in range(3):
        body = {"event_type": robin["uri"], "start_time": start, "invitee": PERSON}
        event = call("POST", "/invitees", 201, json=body)["resource"]["event"]
        hosts |= {row["user"] for row in call("GET", event)["resource"]["event_memberships"]}
    assert len(hosts) == 3
    body["location"] = {"kind": "zoom_conference"}
    assert call.details("POST", "/invitees", json=body)[0][0] == "location"
    start = free_times(call, panel["uri"])[0]["start_time"]
    body = {"event_type": panel["uri"], "start_time": start, "invitee": PERSON}
    event = call("POST", "/invitees", 201, json=body)["resource"]["event"]
    assert len(call("GET", event)["resource"]["event_memberships"]) == 2


@pytest.mark.parametrize(
    ("wrong", "parameter", "message"),
    [
        ({"invitee": {**PERSON, "email": "eve"}}, "invitee.email", "is in invalid format"),
        ({"invitee": {"email": "eve@example.com", "timezone": "UTC"}}, "invitee.name", "is missing"),
        ({"tracking": {"utm_campaign": "a"}}, "tracking.utm_source", "is missing"),
        ({"questions_and_answers": [{"answer": "a"}]}, "questions_and_answers[0].question", "is missing"),
        ({"event_guests": ["g@example.com"] * 11}, "event_guests", "size cannot be greater than 10"),
        ({"location": {"kind": "physical"}}, "location.kind", "must be one of: zoom_conference"),
        ({"start_time": "2020-01-01T00:00:00Z"}, "start_time", "That start time has been filled"),
    ],
)
def test_a_booking_is_refused(sandbox: Sandbox, wrong: dict[str, Any], parameter: str, message: str) -> None:
    call, event_type = caller(sandbox), sandbox.world.data.event_types[0]["uri"]
    start = free_times(call, event_type)[0]["start_time"]
    body = {"event_type": event_type, "start_time": start, "invitee": PERSON, **wrong}
    assert call.details("POST", "/invitees", json=body) == [(parameter, message)]


def test_a_required_question_has_to_be_answered(sandbox: Sandbox) -> None:
    call = caller(sandbox)
    paid = next(row["uri"] for row in sandbox.world.data.event_types if row["is_paid"])
    body = {"event_type": paid, "start_time": free_times(call, paid)[0]["start_time"], "invitee": PERSON}
    assert call.details("POST", "/invitees", json=body) == [("location", "is missing")]
    body["location"] = {"kind": "outbound_call", "location": "+1 555 0107"}
    assert call.details("POST", "/invitees", json=body)[0][1] == "Required Questions and Answers cannot be blank."
    body["questions_and_answers"] = [{"question": "Company", "answer": "Acme", "position": 0}]
    invitee = call("POST", "/invitees", 201, json=body)["resource"]
    assert call("GET", invitee["event"])["resource"]["location"] == {"type": "outbound_call", "location": "+1 555 0107"}


def test_a_plan_allows_so_many_bookings(sandbox: Sandbox) -> None:
    call, event_type = caller(sandbox), sandbox.world.data.event_types[0]["uri"]
    times = [each["start_time"] for each in free_times(call, event_type)]
    sandbox.control("plan", plan="standard")
    bodies = [{"event_type": event_type, "start_time": start, "invitee": PERSON} for start in times[::4][:11]]
    statuses = [call.answer("POST", "/invitees", json=body).status_code for body in bodies]
    assert statuses == [201] * 10 + [429]


def test_a_plan_opens_and_closes_what_belongs_to_it(sandbox: Sandbox) -> None:
    call, organization = caller(sandbox), sandbox.world.data.organization
    sandbox.control("plan", plan="free")
    asked = {"organization": organization}
    upgrade = "Please upgrade your Calendly account to Enterprise."
    assert call("GET", "/activity_log_entries", 403, params=asked)["message"] == upgrade
    paid = "Please upgrade to a paid Calendly account."
    assert call("GET", "/meeting_recaps", 403)["message"] == paid
    hook: dict[str, Any] = {**asked, "scope": "organization", "url": "https://example.com"}
    forms = {**hook, "events": ["routing_form_submission.created"]}
    assert call("POST", "/webhook_subscriptions", 403, json=forms)["message"] == paid
    call("POST", "/webhook_subscriptions", 201, json={**hook, "events": ["invitee.created"]})
    assert call.answer("GET", "/users/me").headers["X-RateLimit-Limit"] == "50"
    sandbox.control("plan", plan="enterprise")
    assert call("GET", "/activity_log_entries", params=asked)["total_count"] >= 25


def test_an_invitation_is_made_accepted_and_ends_with_the_membership(sandbox: Sandbox) -> None:
    call, organization = caller(sandbox), sandbox.world.data.organization
    made = call("POST", f"{organization}/invitations", 201, json={"email": "zoe@example.com"})["resource"]
    again = call("POST", f"{organization}/invitations", 400, json={"email": "zoe@example.com"})
    assert again == {"title": "Already Invited", "message": "zoe@example.com has already been invited"}
    accepted = sandbox.control("accept_invitation", invitation="zoe@example.com")
    assert call("GET", made["uri"])["resource"]["user"] == accepted["user"]
    token = sandbox.control("personal_access_tokens", user=accepted["user"])["token"]
    zoe = caller(sandbox)
    zoe.token = token
    assert zoe("GET", "/users/me")["resource"]["email"] == "zoe@example.com"
    assert zoe("DELETE", accepted["membership"], 403)["message"] == "You do not have permission"
    call("DELETE", accepted["membership"], 204)
    zoe("GET", "/users/me", 401)
    call("GET", accepted["membership"], 404)
    owner = sandbox.world.data.organization_memberships[0]["uri"]
    call("DELETE", owner, 403)


def test_groups_follow_their_members(sandbox: Sandbox) -> None:
    call, group = caller(sandbox), sandbox.world.data.groups[0]
    before = call("GET", group["uri"])["resource"]["member_count"]
    sandbox.control("accept_invitation")
    assert call("GET", group["uri"])["resource"]["member_count"] == before + 1
    member = sandbox.world.data.organization_memberships[2]
    call("DELETE", member["uri"], 204)
    assert call("GET", group["uri"])["resource"]["member_count"] == before
    owners = call("GET", "/group_relationships", params={"group": group["uri"]})["collection"]
    assert member["uri"] not in [row["owner"]["uri"] for row in owners]


def test_contacts_are_kept_listed_noted_and_deleted(sandbox: Sandbox, hook: Receiver) -> None:
    call, data = caller(sandbox), sandbox.world.data
    fields = {row["label"]: row for row in data.custom_field_definitions}
    stage = {"uuid": fields["Stage"]["uri"].rsplit("/", 1)[1], "value": "Lead"}
    emails = [{"email": "zoe@example.com", "is_primary": True}]
    body = {"name": "Zoe", "emails": emails, "custom_fields": [stage]}
    contact = call("POST", "/contacts", 201, json=body)["resource"]
    values = {each["label"]: each["value"] for each in contact["custom_fields"]}
    assert values["Stage"] == fields["Stage"]["options"][0]["uuid"]
    assert (values["Topics"], values["Seats"]) == ([], None)
    call("POST", "/contacts", 409, json=body)
    assert call.details("PATCH", contact["uri"], json={"slug": "zoe"}) == [("slug", "is not allowed")]
    call("PATCH", contact["uri"], 400, json={})
    wrong = {"custom_fields": [{**stage, "value": "lead"}]}
    assert call.details("PATCH", contact["uri"], json=wrong)[0][1] == "must be one of: Lead, Customer"
    listed = call(
        "POST", "/contact_lists", 201, json={"name": "Fair", "contacts": [contact["uri"], f"{sandbox.url}/contacts/x"]}
    )["resource"]
    assert (listed["contact_count"], listed["membership_result"]) == (1, {"invalid": 1})
    call("POST", "/contact_lists", 409, json={"name": " FÁIR "})
    for _ in range(2):
        call("POST", f"{listed['uri']}/memberships", json={"contacts": [contact["uri"], data.contacts[0]["uri"]]})
    assert call("GET", listed["uri"])["resource"]["contact_count"] == 2
    found = call("GET", "/contacts", params={"contact_list": listed["uri"], "exclude": "custom_fields"})["collection"]
    assert {row["uri"] for row in found} == {contact["uri"], data.contacts[0]["uri"]}
    assert "custom_fields" not in found[0]
    call("POST", f"{listed['uri']}/memberships/removal", json={"contacts": [data.contacts[0]["uri"]]})
    note = call("POST", "/notes", 201, json={"contact": contact["uri"], "title": " Call "})["resource"]
    assert (note["title"], note["body"]) == ("Call", None)
    caller(sandbox, 1)("GET", note["uri"], 404)
    assert call.details("GET", "/notes", params={"contact": contact["uri"], "sort": "a"})[0][0] == "sort"
    call("DELETE", contact["uri"], 204)
    assert call("GET", listed["uri"])["resource"]["contact_count"] == 0
    call("GET", note["uri"], 404)
    view = data.contact_lists[0]["uri"]
    call("POST", f"{view}/memberships", 409, json={"contacts": [data.contacts[0]["uri"]]})
    assert hook.names(2) == ["contact.created", "contact.deleted"]


def test_recaps_are_patched_and_deleted(sandbox: Sandbox, hook: Receiver) -> None:
    call = caller(sandbox)
    recap = call("GET", "/meeting_recaps")["collection"][0]
    assert "summary_md" not in recap
    patched = call("PATCH", recap["uri"], json={"summary_md": "Short.", "discussion_md": None})["resource"]
    assert (patched["summary_md"], patched["discussion_md"]) == ("Short.", None)
    assert call.details("PATCH", recap["uri"], json={"name": "x"}) == [("name", "is not allowed")]
    call("DELETE", recap["uri"], 204)
    call("GET", recap["transcript"], 404)
    assert hook.names(2) == ["meeting_recap.deleted", "meeting_recap.updated"]


def test_what_compliance_deletes_is_gone(sandbox: Sandbox) -> None:
    call, data = caller(sandbox), sandbox.world.data
    event = data.scheduled_events[5]
    first, second, _ = [row["email"] for row in data.invitees[event["uri"]]]
    call("POST", "/data_compliance/deletion/invitees", 202, json={"emails": [first]})
    emails = [row["email"] for row in call("GET", f"{event['uri']}/invitees")["collection"]]
    assert first not in emails
    assert second in emails
    body = {"start_time": in_days(-70), "end_time": in_days(-1)}
    call("POST", "/data_compliance/deletion/events", 202, json=body)
    call("GET", event["uri"], 404)
    log = call("GET", "/activity_log_entries", params={"organization": data.organization, "namespace": "Compliance"})
    assert "Data_Deletion_Requested" in [entry["action"] for entry in log["collection"]]
    assert (
        call.details("POST", "/data_compliance/deletion/events", json={**body, "end_time": in_days(1)})[0][0]
        == "end_time"
    )


def test_the_log_is_searched(sandbox: Sandbox) -> None:
    call, organization = caller(sandbox), sandbox.world.data.organization

    def count(**query: Any) -> int:
        return int(call("GET", "/activity_log_entries", params={"organization": organization, **query})["total_count"])

    added, tokens = count(search_term="User.Added"), count(search_term='"test token"')
    assert added
    assert tokens
    assert count(search_term='Added | "test token"') == added + tokens
    assert count(search_term="toke* -added") == tokens
    assert count(action=["Added", "Token_Created"]) == added + tokens


def test_an_event_type_is_made_changed_and_told(sandbox: Sandbox, hook: Receiver) -> None:
    call, me = caller(sandbox), sandbox.world.data.users[0]["uri"]
    body = {"owner": me, "name": "Demo", "duration": 45, "slug": "ignored", "active": True, "before_buffer": 15}
    made = call("POST", "/event_types", 201, json=body)["resource"]
    assert (made["slug"], made["duration"], made["before_buffer"]) == ("demo", 45, 15)
    assert call.details("PATCH", made["uri"], json={"before_buffer": 7})[0][0] == "before_buffer"
    assert call("PATCH", made["uri"], json={"active": False})["resource"]["active"] is False
    assert free_times(call, made["uri"]) == []
    call("DELETE", made["uri"], 404)
    sandbox.checked.violations.clear()  # there is no such operation
    assert hook.names(2) == ["event_type.created", "event_type.updated"]


def test_sample_data_there_is_for_all_fourteen_events(sandbox: Sandbox) -> None:
    call, data = caller(sandbox), sandbox.world.data
    assert len(EVENTS) == 14
    for name in EVENTS:
        scope = "organization" if name.startswith("routing") else "user"
        whose = {"organization": data.organization, "scope": scope, "user": data.users[0]["uri"], "event": name}
        sample = call("GET", "/sample_webhook_data", params=whose)
        assert sample["event"] == name
        assert sample["payload"]


def test_a_filled_in_form_is_listed_and_told(sandbox: Sandbox, hook: Receiver) -> None:
    call = caller(sandbox)
    made = sandbox.control("submit_routing_form", answers=["Zoe", "Support"])["submission"]
    assert call("GET", made)["resource"]["questions_and_answers"][1]["answer"] == "Support"
    assert hook.names(1) == ["routing_form_submission.created"]


def test_an_address_that_is_gone_ends_its_subscription(sandbox: Sandbox, hook: Receiver) -> None:
    call, data = caller(sandbox), sandbox.world.data
    hook.status = 410
    booked(sandbox)
    hook.wait(1)
    whose = {"organization": data.organization, "scope": "user", "user": data.users[0]["uri"]}
    end = time.monotonic() + 5
    while any(
        row["callback_url"] == hook.url for row in call("GET", "/webhook_subscriptions", params=whose)["collection"]
    ):
        assert time.monotonic() < end
    assert sandbox.state()["webhooks_pending"] == 0


def test_organizations_are_apart(sandbox: Sandbox) -> None:
    data, call = sandbox.world.data, caller(sandbox)
    token = sandbox.control("personal_access_tokens", user=data.foreign_users[0]["uri"])["token"]
    call.token = token
    foreign = data.foreign_organization
    for path in ("/scheduled_events", "/groups", "/outgoing_communications", "/routing_forms"):
        assert call("GET", path, params={"organization": foreign})["collection"] == [], path
    for path in ("/contacts", "/contacts/custom_field_definitions", "/contact_lists", "/teams", "/meeting_recaps"):
        assert call("GET", path)["collection"] == [], path
    kinds = ("event_types", "scheduled_events", "groups", "contacts", "meeting_recaps", "routing_forms", "teams")
    for kind in (*kinds, "organization_memberships", "custom_field_definitions", "user_availability_schedules"):
        call("GET", getattr(data, kind)[0]["uri"], 403)
    assert len(call("GET", "/organization_memberships", params={"organization": foreign})["collection"]) == 1
    call("GET", "/organization_memberships", 403, params={"organization": data.organization})


def test_deliveries_look_as_recorded(sandbox: Sandbox) -> None:
    call = caller(sandbox)
    taken, server = receiver()
    owner = {
        "scope": "user",
        "organization": sandbox.world.data.organization,
        "user": sandbox.world.data.users[0]["uri"],
    }
    body = {"url": taken.url, "events": ["invitee.created", "invitee_no_show.deleted"], **owner}
    call("POST", "/webhook_subscriptions", 201, json=body)
    (invitee,) = sandbox.control("bookings")["invitees"]
    for _ in range(4):
        sandbox.control("no_show", invitee=invitee)
    told = taken.wait(3)
    server.shutdown()
    payload = next(each["payload"] for each in told if each["event"] == "invitee.created")
    assert (payload["first_name"], payload["last_name"]) == (None, None)
    assert payload["scheduled_event"]["meeting_notes_html"] is None
    assert all(
        not name.startswith("buffered") for row in payload["scheduled_event"]["event_memberships"] for name in row
    )
    assert all(each["created_at"].endswith(".000000Z") for each in told)
    taken_away = [each["created_at"] for each in told if each["event"] == "invitee_no_show.deleted"]
    assert len(set(taken_away)) == 2


def test_what_fails_for_long_is_disabled_and_what_is_gone_is_delivered_no_more(sandbox: Sandbox) -> None:
    call = caller(sandbox)
    taken, server = receiver()
    taken.status = 500
    sandbox.control("webhooks", retry_seconds=0.05, give_up_seconds=0.1)
    owner = {
        "scope": "user",
        "organization": sandbox.world.data.organization,
        "user": sandbox.world.data.users[0]["uri"],
    }
    body = {"url": taken.url, "events": ["invitee.created"], **owner}
    row = call("POST", "/webhook_subscriptions", 201, json=body)["resource"]
    sandbox.control("bookings", count=2)
    end = time.monotonic() + 10
    while sandbox.world.deliveries.pending:
        assert time.monotonic() < end
        time.sleep(0.01)
    server.shutdown()
    path = row["uri"].removeprefix(sandbox.url)
    found = call("GET", path)["resource"]
    assert (found["state"], bool(found["retry_started_at"])) == ("disabled", True)
    assert found["updated_at"] > row["updated_at"]
