"""What is particular to the actions on an organization, its people, and what is kept of them."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Running


def test_without_an_organization_it_is_the_accounts_own(running: Running) -> None:
    own = running.world.data.organization
    assert running.http("GET", "/accounts/default/organizations/me").json()["resource"]["uri"] == own
    assert running.direct("RetrieveOrganization")["resource"]["uri"] == own
    assert {row["organization"] for row in running.direct("RetrieveOrganizationInvitations")["collection"]} == {own}
    assert {row["organization"] for row in running.direct("RetrieveRoutingForms")["collection"]} == {own}


def test_an_invitation_is_known_by_its_uri_alone(running: Running) -> None:
    made = running.direct("InviteToOrganization", email="eve@example.com")["resource"]["uri"]
    found = running.direct("RetrieveOrganizationInvitation", invitation=made)["resource"]
    assert (found["email"], found["status"]) == ("eve@example.com", "pending")
    assert running.direct("RevokeOrganizationInvitation", invitation=made) == {"invitation": made, "revoked": True}
    assert running.direct("RetrieveOrganizationInvitation", invitation=made)["errorType"] == "NotFoundError"


def test_an_invitation_to_another_organization_is_a_mistake(running: Running) -> None:
    invitation = running.world.data.organization_invitations[0]["uri"]
    answer = running.direct("RetrieveOrganizationInvitation", organization="A" * 16, invitation=invitation)
    assert "invitation: is an invitation to another organization" in answer["errorMessage"]


def test_a_member_is_removed_only_when_confirmed(running: Running) -> None:
    member = running.world.data.organization_memberships[-1]["uri"]
    refused = running.direct("DeleteOrganizationMembership", organization_membership=member)
    assert "would lose their place" in refused["errorMessage"]
    planned = running.direct("DeleteOrganizationMembership", organization_membership=member, dry_run=True)
    assert planned["requests"][0]["method"] == "DELETE"
    assert "DELETE /organization_memberships/{uuid}" not in running.calendly_requests()
    gone = running.direct("DeleteOrganizationMembership", organization_membership=member, confirm=True)
    assert gone == {"organization_membership": member, "deleted": True}


def test_the_owner_cannot_be_removed(running: Running) -> None:
    owner = running.world.data.organization_memberships[0]["uri"]
    answer = running.direct("DeleteOrganizationMembership", organization_membership=owner, confirm=True)
    assert answer["errorType"] == "PermissionDeniedError"


def test_a_list_in_a_query_string_has_commas(running: Running) -> None:
    path = (
        "/accounts/default/activity_log_entries?namespace=User,EventType&actor=me&sort=namespace:asc,occurred_at:desc"
    )
    answer = running.http("GET", path).json()
    assert [row["namespace"] for row in answer["collection"]][:1] == ["EventType"]
    assert {row["namespace"] for row in answer["collection"]} == {"EventType", "User"}
    wanted = {"namespace": ["User", "EventType"], "actor": ["me"], "sort": ["namespace:asc", "occurred_at:desc"]}
    assert running.direct("RetrieveActivityLogEntries", **wanted) == answer


def test_the_activity_log_has_larger_pages_and_says_how_much_there_is(running: Running) -> None:
    running.sandbox("reset", records=250)
    answer = running.direct("RetrieveActivityLogEntries", all_pages=True)
    assert len(answer["collection"]) == answer["total_count"] >= 250
    assert running.calendly_requests()["GET /activity_log_entries"] == 1
    first = running.direct("RetrieveActivityLogEntries", all_pages=True, max_items=100)
    token = first["pagination"]["next_page_token"]
    rest = running.direct("RetrieveActivityLogEntries", all_pages=True, page_token=token)
    assert first["collection"] + rest["collection"] == answer["collection"]
    assert len(running.direct("RetrieveActivityLogEntries", count=200)["collection"]) == 200


def test_a_field_that_the_log_is_not_sorted_by_is_told(running: Running) -> None:
    answer = running.direct("RetrieveActivityLogEntries", sort=["when:asc"])
    assert "sort.0: must be action, actor.display_name" in answer["errorMessage"]


@pytest.mark.parametrize(
    ("start_time", "end_time", "rule"),
    [
        ("2023-02-01T00:00:00Z", "2023-01-01T00:00:00Z", "must be after start_time"),
        ("2020-01-01T00:00:00Z", "2023-01-01T00:00:00Z", "at most 24 months"),
        ("2023-01-01T00:00:00Z", "2999-01-01T00:00:00Z", "must be in the past"),
    ],
)
def test_what_events_can_be_deleted(running: Running, start_time: str, end_time: str, rule: str) -> None:
    answer = running.direct("DeleteEventData", start_time=start_time, end_time=end_time, confirm=True)
    assert f"end_time: {rule}" in answer["errorMessage"] or rule in answer["errorMessage"]
    assert "POST /data_compliance/deletion/events" not in running.calendly_requests()


def test_a_persons_data_is_deleted_only_when_confirmed(running: Running) -> None:
    event = running.world.data.scheduled_events[0]["uri"]
    email = running.world.data.invitees[event][0]["email"]
    assert "would be deleted for good" in running.direct("DeleteInviteeData", emails=[email])["errorMessage"]
    answer = running.direct("DeleteInviteeData", emails=[email], confirm=True)
    assert answer == {"emails": [email], "deletion_requested": True}
    assert running.direct("RetrieveEvents", invitee_email=email)["collection"] == []


def test_other_plans_are_told_what_it_takes(running: Running) -> None:
    running.world.data.organizations[0].update(plan="teams")
    answer = running.direct("RetrieveOutgoingCommunications")
    assert answer["errorType"] == "PlanUpgradeRequiredError"
    assert "This requires the Enterprise plan." in answer["errorMessage"]
