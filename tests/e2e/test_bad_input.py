"""Bad input, for every action on both doors: a clear error that names the field, and nothing sent to Calendly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from local.examples import Example, examples
from tests.e2e.conftest import Running

ALL = pytest.mark.parametrize("example", examples(), ids=lambda example: example.action)

PAGED = {
    "retrieve_events",
    "retrieve_users_event_types",
    "retrieve_groups",
    "retrieve_group_relationships",
    "retrieve_invitees",
    "retrieve_organization_memberships",
    "retrieve_webhook_subscriptions",
}
REFERENCES = {
    "create_single_use_scheduling_link": "event_type",
    "retrieve_event": "event",
    "retrieve_events": "user",
    "retrieve_event_type": "event_type",
    "retrieve_users_event_types": "user",
    "retrieve_group": "group",
    "retrieve_groups": "organization",
    "retrieve_group_relationship": "group_relationship",
    "retrieve_group_relationships": "group",
    "retrieve_user": "user",
    "retrieve_user_availability_schedule": "user_availability_schedule",
    "retrieve_user_availability_schedules": "user",
    "retrieve_user_busy_times": "user",
    "retrieve_invitee": "invitee",
    "retrieve_invitees": "event",
    "retrieve_organization_memberships": "user",
    "create_webhook_subscription": "user",
    "retrieve_webhook_subscriptions": "user",
    "retrieve_webhook_subscription": "webhook_subscription",
    "delete_webhook_subscription": "webhook_subscription",
    "retrieve_sample_webhook_data": "user",
}
REQUIRED = {
    "create_single_use_scheduling_link": "event_type",
    "retrieve_event": "event",
    "retrieve_event_type": "event_type",
    "retrieve_group": "group",
    "retrieve_group_relationship": "group_relationship",
    "retrieve_user_availability_schedule": "user_availability_schedule",
    "retrieve_user_busy_times": "start_time",
    "retrieve_invitee": "invitee",
    "retrieve_invitees": "event",
    "create_webhook_subscription": "events",
    "retrieve_webhook_subscription": "webhook_subscription",
    "delete_webhook_subscription": "webhook_subscription",
    "retrieve_sample_webhook_data": "event",
}
SECRETIVE = "do-not-log-this-" + "x" * 40


def bad_inputs(example: Example) -> dict[str, tuple[dict[str, Any], str]]:
    """Inputs that are wrong in one way each, and the field that has to be named."""
    good, reference = example.direct, REFERENCES[example.action]
    found: dict[str, tuple[dict[str, Any], str]] = {
        "unknown field": ({**good, "acount": "default"}, "acount"),
        "wrong type": ({**good, reference: 42}, reference),
        "list for text": ({**good, reference: ["x"]}, reference),
        "no uuid": ({**good, reference: "not-a-uuid"}, reference),
        "another resource": ({**good, reference: "https://api.calendly.com/routing_forms/AAAAAAAAAAAAAAAA"}, reference),
        "another site": ({**good, reference: "https://example.com/users/AAAAAAAAAAAAAAAA"}, reference),
        "account name": ({**good, "account": "../secrets"}, "account"),
        "1 MB": ({**good, reference: "x" * 1_000_000}, reference),
    }
    if example.action in PAGED:
        found["count 0"] = ({**good, "count": 0}, "count")
        found["count 101"] = ({**good, "count": 101}, "count")
        found["count of text"] = ({**good, "count": "many"}, "count")
        found["count true"] = ({**good, "count": True}, "count")
        found["max_items alone"] = ({**good, "all_pages": False, "max_items": 5}, "max_items")
        found["damaged cursor"] = ({**good, "page_token": "cursor.e30"}, "page_token")
    if example.action in REQUIRED:
        field = REQUIRED[example.action]
        found["missing"] = ({name: value for name, value in good.items() if name != field}, field)
        found["null"] = ({**good, field: None}, field)
    return found


CASES = [
    pytest.param(example, input, field, id=f"{example.action}-{case.replace(' ', '_')}")
    for example in examples()
    for case, (input, field) in bad_inputs(example).items()
]


@pytest.mark.parametrize(("example", "input", "field"), CASES)
def test_direct(running: Running, example: Example, input: dict[str, Any], field: str) -> None:
    before = running.calendly_requests()
    answer = running.direct(example.function, **input)
    assert answer["errorType"] == "InvalidRequestError"
    assert f"{field}:" in answer["errorMessage"]
    assert "\n" not in answer["errorMessage"]
    assert len(answer["errorMessage"]) < 1000
    assert running.calendly_requests() == before


def has_types_where_it_stands(example: Example, input: dict[str, Any], field: str) -> bool:
    """Whether the fault survives HTTP: a path is all text."""
    return not (field in example.http["pathParameters"] and isinstance(input.get(field), (int, list)))


@pytest.mark.parametrize(
    ("example", "input", "field"), [case for case in CASES if has_types_where_it_stands(*case.values)]
)
def test_http(running: Running, example: Example, input: dict[str, Any], field: str) -> None:
    """The flat input as a JSON body, whatever the method; what the path has to say, it says in the event."""
    before = running.calendly_requests()
    path = example.http["pathParameters"]
    event = {
        **example.http,
        "body": json.dumps({name: value for name, value in input.items() if name not in path}),
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {name: str(input[name]) for name in path if input.get(name) is not None},
    }
    answer = running.direct(example.function, **event)
    problem = answer["body"]
    assert answer["statusCode"] == 400, problem
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert f'"field":"{field}"' in problem
    assert '"title":"InvalidRequestError"' in problem
    assert running.calendly_requests() == before


@ALL
@pytest.mark.parametrize("body", ["{", "[1]", '"text"', "nul", '{"a": NaN', "x" * 1_000_000], ids=lambda b: b[:8])
def test_a_body_that_is_no_json_object(running: Running, example: Example, body: str) -> None:
    before = running.calendly_requests()
    answer = running.direct(example.function, **{**example.http, "body": body})
    assert answer["statusCode"] == 400
    assert '"field":"body"' in answer["body"]
    assert running.calendly_requests() == before


@pytest.mark.parametrize("payload", ["text", 5, None, ["account"], True])
def test_a_direct_input_that_is_no_object(running: Running, payload: Any) -> None:
    answer = running.stack.invoke("RetrieveUser", payload)["Payload"]
    assert answer["errorType"] == "InvalidRequestError"


def test_the_nearest_known_name_is_told(running: Running) -> None:
    answer = running.direct("RetrieveEvents", min_starttime="2030-01-01T00:00:00Z")
    assert "did you mean min_start_time?" in answer["errorMessage"]
    answer = running.http("GET", "/accounts/default/scheduled_events?pagetoken=x")
    assert answer.json()["errors"] == [{"field": "pagetoken", "message": "is not known; did you mean page_token?"}]


def test_a_name_given_twice_with_different_values_is_an_error(running: Running) -> None:
    answer = running.http("GET", "/accounts/default/scheduled_events?count=1&count=2")
    assert answer.status_code == 400
    assert "given twice" in answer.json()["detail"]
    body = '{"event_type": "AAAAAAAAAAAAAAAA", "event_type": "BBBBBBBBBBBBBBBB"}'
    assert running.http("POST", "/accounts/default/scheduling_links", data=body).status_code == 400
    answer = running.http("GET", "/accounts/default/scheduled_events?count=1&count=1")
    assert answer.status_code == 200


def test_what_callers_send_wrongly_is_not_logged(running: Running) -> None:
    running.direct("RetrieveEvent", event=SECRETIVE)
    running.direct("RetrieveEvent", token=SECRETIVE)
    running.http("POST", "/accounts/default/scheduling_links", data=SECRETIVE)
    running.http("POST", "/accounts/default/connect", json={"personal_access_token": SECRETIVE, "replace": "no way"})
    assert SECRETIVE not in running.log()
