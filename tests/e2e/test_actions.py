"""Every action, over both doors, on the whole stack."""

from __future__ import annotations

import json

import pytest

from generate.catalog import Action, actions
from local.examples import Example, examples
from tests.e2e.conftest import Running

EXAMPLES = {example.action: example for example in examples()}


@pytest.mark.parametrize("action", actions(), ids=lambda action: action.name)
def test_an_action_on_the_whole_stack(running: Running, action: Action) -> None:
    """One test an action, because the local stack keeps few processes: each function then starts once."""
    example = EXAMPLES[action.name]
    both_doors_give_the_same_document(running, example)
    example.refresh(running.stack)
    the_proxy_event_itself_is_a_good_input(running, example)
    example.refresh(running.stack)
    me_is_the_accounts_own(running, action)
    example.refresh(running.stack)
    a_reference_is_a_uuid_or_a_uri(running, action)
    bad_input_is_refused_before_anything_is_sent(running, action, example)
    # What call_calendly plans depends on its input; tests/e2e/test_family_call_calendly.py tries it.
    if action.writes and action.name != "call_calendly":
        a_dry_run_sends_no_write(running, action)


def a_dry_run_sends_no_write(running: Running, action: Action) -> None:
    before = written(running)
    key = {"idempotency_key": f"dry {action.name}"} if action.creates else {}
    answer = running.direct(action.logical_id, **(action.declaration.example or {}), **key, dry_run=True)
    assert answer["dry_run"] is True, answer
    for request in answer["requests"]:
        assert request["method"] in ("POST", "PATCH", "PUT", "DELETE")
        assert request["path"].startswith("/")
    assert answer["requests"]
    assert written(running) == before


def written(running: Running) -> dict[str, int]:
    return {each: count for each, count in running.calendly_requests().items() if not each.startswith("GET ")}


def both_doors_give_the_same_document(running: Running, example: Example) -> None:
    http = example.call_http(running.stack)
    example.refresh(running.stack)
    direct = example.call_direct(running.stack)
    assert "FunctionError" not in direct, direct["Payload"]
    assert http.status_code in ((200, 201, 202) if example.http["httpMethod"] == "POST" else (200,)), http.text
    assert http.headers["Content-Type"] == "application/json"
    assert http.headers["X-Correlation-Id"] == example.http["headers"]["X-Correlation-Id"]
    assert http.json().keys() == direct["Payload"].keys()
    assert is_calendlys_or_says_what_happened(http.json())


def is_calendlys_or_says_what_happened(answer: dict[str, object]) -> bool:
    """Calendly's envelope; of what it answers with nothing, what was done; the sample of a delivery as it is."""
    return bool(
        "resource" in answer
        or "collection" in answer
        or any(answer.get(happened) is True for happened in ("deleted", "revoked", "deletion_requested"))
        or answer.keys() == {"event", "created_at", "created_by", "payload"}
    )


def the_proxy_event_itself_is_a_good_input(running: Running, example: Example) -> None:
    """What ``sam remote invoke --event-file events/<action>/http.json`` sends."""
    answer = running.direct(example.function, **example.http)
    assert answer["statusCode"] in (200, 201, 202), answer["body"]
    assert answer["headers"]["X-Correlation-Id"] == f"example-{example.action}"


def me_is_the_accounts_own(running: Running, action: Action) -> None:
    for field in (name for name, refers in action.references.items() if refers.me):
        answer = running.direct(action.logical_id, **{**(action.declaration.example or {}), field: "me"})
        assert "errorType" not in answer, (field, answer)


def a_reference_is_a_uuid_or_a_uri(running: Running, action: Action) -> None:
    """Of a single resource, whose UUID alone says which it is."""
    if (
        not action.references
        or action.declaration.method != "GET"
        or action.paged
        or action.required != [*action.references][:1]
    ):
        return
    field, refers = next(iter(action.references.items()))
    kind = refers.kinds[0]
    if "*" in kind:
        return
    example = dict(action.declaration.example or {})
    uuid = str(example[field]).rsplit("/", 1)[-1]
    answers = [
        running.direct(action.logical_id, **{**example, field: reference})
        for reference in (
            uuid,
            f"{running.stack.calendly_url}/{kind}/{uuid}",
            f"https://api.calendly.com/{kind}/{uuid}",
        )
    ]
    assert "errorType" not in answers[0], answers[0]
    assert answers[0] == answers[1] == answers[2]


def bad_input_is_refused_before_anything_is_sent(running: Running, action: Action, example: Example) -> None:
    """Some cases on the whole stack; ``tests/unit/test_bad_input.py`` has all of them."""
    before = running.calendly_requests()
    answer = running.direct(action.logical_id, **example.direct, acount="default")
    assert answer["errorType"] == "InvalidRequestError"
    event = {**example.http, "multiValueQueryStringParameters": {"acount": ["default"]}}
    assert '"field":"acount"' in running.direct(action.logical_id, **event)["body"]
    if action.paged:
        answer = running.direct(action.logical_id, **{**example.direct, "page_token": "cursor.e30"})
        assert answer["errorType"] == "InvalidRequestError"
        assert "page_token:" in answer["errorMessage"]
    assert running.calendly_requests() == before


def test_events_of_another_user_need_no_organization(running: Running) -> None:
    """Calendly wants it named; the account's own is filled in."""
    other = running.world.data.users[2]["uri"]
    answer = running.direct("RetrieveEvents", user=other)
    assert {event["event_memberships"][0]["user"] for event in answer["collection"]} == {other}


def test_events_of_a_group_need_no_organization(running: Running) -> None:
    answer = running.direct("RetrieveEvents", group=running.world.data.groups[0]["uri"], count=5)
    assert len(answer["collection"]) == 5


def test_nothing_given_means_me(running: Running) -> None:
    me = running.world.data.users[0]["uri"]
    events = running.direct("RetrieveEvents")["collection"]
    assert {event["event_memberships"][0]["user"] for event in events} == {me}
    types = running.direct("RetrieveUsersEventTypes")["collection"]
    assert {event_type["profile"]["owner"] for event_type in types} == {me}
    assert running.direct("RetrieveUser")["resource"]["uri"] == me


def test_all_pages_are_collected_and_resumed(running: Running) -> None:
    running.sandbox("reset", events=180)
    running.sandbox("limits", per_minute=1_000_000)
    organization = running.world.data.organization
    whole = running.direct("RetrieveEvents", organization=organization, all_pages=True)
    assert len({event["uri"] for event in whole["collection"]}) == 180
    assert whole["pagination"]["next_page_token"] is None
    assert running.calendly_requests()["GET /scheduled_events"] == 2
    first = running.direct("RetrieveEvents", organization=organization, all_pages=True, max_items=110)
    token = first["pagination"]["next_page_token"]
    rest = running.direct("RetrieveEvents", organization=organization, all_pages=True, page_token=token)
    assert first["collection"] + rest["collection"] == whole["collection"]


def test_an_answer_too_large_for_a_step_functions_state_comes_in_parts(running: Running) -> None:
    running.sandbox("reset", events=600)
    running.sandbox("limits", per_minute=1_000_000)
    organization, token, seen = running.world.data.organization, None, []
    for _ in range(10):
        answer = running.direct("RetrieveEvents", organization=organization, all_pages=True, page_token=token)
        assert len(json.dumps(answer)) < 256 * 1024
        seen += [event["uri"] for event in answer["collection"]]
        token = answer["pagination"]["next_page_token"]
        if token is None:
            break
    assert len(seen) == len(set(seen)) == 600


def test_busy_times_of_three_weeks_are_asked_for_week_by_week(running: Running) -> None:
    answer = running.direct(
        "RetrieveUserBusyTimes", start_time="2030-01-07T00:00:00Z", end_time="2030-01-27T00:00:00+00:00"
    )
    assert running.calendly_requests()["GET /user_busy_times"] == 3
    starts = [row["start_time"] for row in answer["collection"]]
    assert starts == sorted(set(starts))
    assert len(starts) == 20


def test_a_field_calendly_added_yesterday_reaches_the_caller(running: Running) -> None:
    running.contract.paused = True  # the contract has not heard of it, either
    row = running.world.data.users[0]
    row["brand_new"] = {"nested": [1, None]}
    row["locale"] = "a-language-we-never-heard-of"
    resource = running.direct("RetrieveUser")["resource"]
    assert resource["brand_new"] == {"nested": [1, None]}
    assert resource["locale"] == "a-language-we-never-heard-of"
    running.contract.paused = False


@pytest.mark.parametrize("sort", [None, "start_time:asc", "start_time:desc"])
def test_a_cursor_outlives_calendlys_page_tokens(running: Running, sort: str | None) -> None:
    """Three events share each start time, and the parts end in between."""
    running.sandbox("reset", events=200)
    running.sandbox("limits", per_minute=1_000_000)
    wanted = {"organization": running.world.data.organization, "all_pages": True, "sort": sort}
    whole = running.direct("RetrieveEvents", **wanted)["collection"]
    parts: list[object] = []
    token = None
    while True:
        answer = running.direct("RetrieveEvents", **wanted, max_items=70, page_token=token)
        parts += answer["collection"]
        token = answer["pagination"]["next_page_token"]
        if token is None:
            break
        running.sandbox("expire_page_tokens")
    assert parts == whole
    assert len(whole) == 200


@pytest.mark.parametrize("sort", [None, "start_time:desc"])
def test_a_list_that_changes_meanwhile_loses_and_repeats_nothing(running: Running, sort: str | None) -> None:
    """The part before ended within a page, and what stood before its end has gone, or come."""
    running.sandbox("reset", events=90)
    wanted = {"organization": running.world.data.organization, "status": "active", "all_pages": True, "sort": sort}
    before = [event["uri"] for event in running.direct("RetrieveEvents", **wanted)["collection"]]
    first = running.direct("RetrieveEvents", **wanted, max_items=40)
    for position in (3, 20):
        running.world.data.index[before[position].removeprefix(running.world.origin + "/")]["status"] = "canceled"
    token = first["pagination"]["next_page_token"]
    rest = running.direct("RetrieveEvents", **wanted, page_token=token)
    handed_out = [event["uri"] for event in (*first["collection"], *rest["collection"])]
    assert handed_out == before


def test_a_bulk_takes_no_call_more_than_its_pages(running: Running) -> None:
    running.sandbox("reset", events=1_000)
    running.sandbox("limits", per_minute=1_000_000)
    wanted = {"organization": running.world.data.organization, "all_pages": True}
    token, seen = None, 0
    while True:
        answer = running.direct("RetrieveEvents", **wanted, page_token=token)
        seen += len(answer["collection"])
        token = answer["pagination"]["next_page_token"]
        if token is None:
            break
    assert seen == 1_000
    assert running.calendly_requests()["GET /scheduled_events"] == 10


def test_many_events_at_one_time_do_not_break_the_cursor(running: Running) -> None:
    """There are more than a cursor can name: it falls back on Calendly's own place in the list."""
    running.sandbox("reset", events=1_500)
    running.sandbox("limits", per_minute=1_000_000)
    for event in running.world.data.scheduled_events:
        event["start_time"] = "2030-01-07T09:00:00.000000Z"
    wanted = {"organization": running.world.data.organization, "all_pages": True}
    token, seen = None, []
    while True:
        answer = running.direct("RetrieveEvents", **wanted, page_token=token)
        assert len(json.dumps(answer)) < 256 * 1024
        seen += [event["uri"] for event in answer["collection"]]
        token = answer["pagination"]["next_page_token"]
        if token is None:
            break
    assert len(seen) == len(set(seen)) == 1_500


def test_other_lists_say_that_they_have_to_begin_again(running: Running) -> None:
    running.sandbox("reset", groups=30)
    first = running.direct("RetrieveGroups", all_pages=True, count=10, max_items=15)
    running.sandbox("expire_page_tokens")
    answer = running.direct("RetrieveGroups", all_pages=True, page_token=first["pagination"]["next_page_token"])
    assert answer["errorType"] == "InvalidRequestError"
    assert "begin the list again" in answer["errorMessage"]
