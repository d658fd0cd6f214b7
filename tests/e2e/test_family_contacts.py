"""What is particular to the actions on contacts, Lists, notes and meeting recaps."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.conftest import Running


def contacts(running: Running) -> list[str]:
    data = running.world.data
    return [row["uri"] for row in data.contacts if data.behind.owners[row["uri"]] == data.users[0]["uri"]]


def test_a_single_address_is_the_primary_one(running: Running) -> None:
    answer = running.direct("CreateContact", name="Eve Adams", emails=[{"email": "eve@example.com"}])
    assert answer["resource"]["emails"] == [{"email": "eve@example.com", "is_primary": True}]


@pytest.mark.parametrize("primary", [[True, True], [False, False]])
def test_of_several_addresses_exactly_one_is_primary(running: Running, primary: list[bool]) -> None:
    emails = [{"email": f"eve-{n}@example.com", "is_primary": each} for n, each in enumerate(primary)]
    answer = running.direct("CreateContact", name="Eve Adams", emails=emails)
    assert "emails: must have exactly one address with is_primary: true" in answer["errorMessage"]


def test_a_custom_field_is_named_by_uuid_or_uri(running: Running) -> None:
    contact, fields = contacts(running)[0], running.world.data.custom_field_definitions
    text, _, budget, tags, _, stage = (field["uri"] for field in fields)
    values = [
        {"uuid": text, "value": "A-1"},
        {"uuid": budget.rsplit("/", 1)[1], "value": 1250.5},
        {"uuid": tags, "value": ["a", "b"]},
        {"uuid": stage, "value": "Lead"},
    ]
    answer = running.direct("UpdateContact", contact=contact, custom_fields=values)
    found = {field["uri"]: field["value"] for field in answer["resource"]["custom_fields"]}
    assert (found[text], found[budget], found[tags]) == ("A-1", 1250.5, ["a", "b"])
    assert found[stage] == fields[5]["options"][0]["uuid"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, "something to change"),
        (
            {"emails": [{"email": "x@example.com", "primary": True}]},
            "emails.0.primary: is not known; did you mean is_primary?",
        ),
        ({"emails": [{"email": "nobody"}]}, "emails.0.email: must be an e-mail address"),
        ({"custom_fields": [{"uuid": "A" * 16, "value": {"a": 1}}]}, "custom_fields.0.value: must be text"),
        ({"custom_fields": [{"uuid": "A" * 16, "value": True}]}, "custom_fields.0.value: must be text"),
    ],
)
def test_changes_that_cannot_be(running: Running, change: dict[str, Any], told: str) -> None:
    answer = running.direct("UpdateContact", contact=contacts(running)[0], **change)
    assert told in answer["errorMessage"]


def test_contacts_are_found_by_one_of_several_addresses(running: Running) -> None:
    path = "/accounts/default/contacts?email=contact-0-0@example.com,contact-0-2@example.com&exclude=custom_fields"
    found = running.http("GET", path).json()["collection"]
    assert {row["name"] for row in found} == {"Contact 0-0", "Contact 0-2"}
    assert "custom_fields" not in found[0]


def test_a_list_of_contacts_from_beginning_to_end(running: Running) -> None:
    one, other, third = contacts(running)[:3]
    made = running.direct("CreateContactList", name="  Visitors ", contacts=[one])["resource"]
    assert (made["name"], made["contact_count"]) == ("Visitors", 1)
    running.direct("AddContactsToList", contact_list=made["uri"], contacts=[other, third.rsplit("/", 1)[1]])
    on_it = running.direct("RetrieveContacts", contact_list=made["uri"])["collection"]
    assert {row["uri"] for row in on_it} == {one, other, third}
    running.direct("RemoveContactsFromList", contact_list=made["uri"], contacts=[one, other])
    assert len(running.direct("RetrieveContacts", contact_list=made["uri"])["collection"]) == 1
    taken = running.direct("CreateContactList", name="VISITORS")
    assert taken["errorType"] == "AlreadyExistsError"
    assert "whatever its case" in taken["errorMessage"]


def test_nobody_is_put_on_a_view(running: Running) -> None:
    view = running.direct("RetrieveContactLists", type="dynamic_view")["collection"][0]["uri"]
    for action in ("AddContactsToList", "RemoveContactsFromList"):
        answer = running.direct(action, contact_list=view, contacts=contacts(running)[:1])
        assert answer["errorType"] == "InvalidRequestError"
        assert "contact_list: is a View" in answer["errorMessage"]


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ({"field_type": "single_select"}, "options: is required"),
        ({"field_type": "currency"}, "currency: is required"),
        ({"field_type": "text", "currency": "EUR"}, "currency: can be given with field_type currency only"),
        (
            {"field_type": "date", "options": [{"label": "a"}]},
            "options: can be given with field_type single_select",
        ),
        ({"field_type": "single_select", "options": [{"label": " "}]}, "options.0.label: must have at least 1"),
    ],
)
def test_custom_fields_that_cannot_be(running: Running, field: dict[str, Any], told: str) -> None:
    answer = running.direct("CreateContactCustomFieldDefinition", label="Origin", **field)
    assert told in answer["errorMessage"]


def test_the_path_of_the_definitions_is_no_contact(running: Running) -> None:
    uri = "https://api.calendly.com/contacts/custom_field_definitions"
    answer = running.direct("DeleteContact", contact=uri, confirm=True)
    assert answer["errorMessage"].startswith("Invalid request. contact: ")


def test_a_note_says_something(running: Running) -> None:
    contact = contacts(running)[0]
    blank = running.direct("CreateNote", contact=contact, title="  ", body="\n")
    assert "must hold a title, a body or both" in blank["errorMessage"]
    long = running.direct("CreateNote", contact=contact, title="\U0001f600" * 128)
    assert "title: must have at most 255 characters" in long["errorMessage"]
    note = running.direct("CreateNote", contact=contact, title=" Call ", remind_at="2030-01-01T10:00:00+01:00")
    assert note["resource"]["title"] == "Call"
    assert note["resource"]["remind_at"] == "2030-01-01T09:00:00.000000Z"
    notes = running.http("GET", f"/accounts/default/notes?contact={contact.rsplit('/', 1)[1]}").json()["collection"]
    assert note["resource"] in notes


def test_a_note_that_may_be_there_is_not_written_again(running: Running) -> None:
    running.sandbox("faults", method="POST", path="/notes", times=1, status=503)
    answer = running.direct("CreateNote", contact=contacts(running)[0], title="Call")
    assert answer["errorType"] == "OutcomeUnknownError"
    assert running.calendly_requests()["POST /notes"] == 1


def test_a_recaps_text_is_replaced_or_taken_away(running: Running) -> None:
    recap = running.direct("RetrieveMeetingRecaps", status="available", count=1)["collection"][0]["uri"]
    answer = running.direct("UpdateMeetingRecap", meeting_recap=recap, summary_md="Short.", discussion_md="")
    assert (answer["resource"]["summary_md"], answer["resource"]["discussion_md"]) == ("Short.", None)
    assert answer["resource"]["action_items_md"]
    nothing = running.direct("UpdateMeetingRecap", meeting_recap=recap)
    assert "must hold summary_md" in nothing["errorMessage"]


def test_a_recap_is_deleted_only_when_confirmed(running: Running) -> None:
    recap = running.direct("RetrieveMeetingRecaps", count=1)["collection"][0]["uri"]
    assert "would be gone for good" in running.direct("DeleteMeetingRecap", meeting_recap=recap)["errorMessage"]
    assert running.direct("DeleteMeetingRecap", meeting_recap=recap, confirm=True)["deleted"] is True
    assert running.direct("RetrieveTranscript", meeting_recap=recap)["errorType"] == "NotFoundError"
