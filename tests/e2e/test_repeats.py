"""Idempotency keys: a repeated create gets the first answer, and without a key nothing is kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.e2e.conftest import Running

LINK = "CreateSingleUseSchedulingLink"
MADE = "POST /scheduling_links"


def event_type(running: Running, position: int = 0) -> str:
    return str(running.world.data.event_types[position]["uri"])


def made(running: Running) -> int:
    return running.calendly_requests().get(MADE, 0)


def test_a_repeat_gets_the_first_answer_over_both_doors(running: Running) -> None:
    wanted = {"event_type": event_type(running), "idempotency_key": "order 1"}
    first = running.direct(LINK, **wanted)
    assert running.direct(LINK, **wanted, correlation_id="another") == first
    body = {"event_type": event_type(running)}
    answer = running.http(
        "POST", "/accounts/default/scheduling_links", json=body, headers={"idempotency-key": "order 1"}
    )
    assert (answer.status_code, answer.json()) == (201, first)
    assert made(running) == 1


def test_another_key_another_account_and_no_key_make_another(running: Running) -> None:
    running.connect("sales")
    wanted = {"event_type": event_type(running)}
    answers = [
        running.direct(LINK, **wanted, idempotency_key="a"),
        running.direct(LINK, **wanted, idempotency_key="b"),
        running.direct(LINK, **wanted, idempotency_key="a", account="sales"),
        running.direct(LINK, **wanted),
        running.direct(LINK, **wanted),
    ]
    assert len({answer["resource"]["booking_url"] for answer in answers}) == 5


def test_the_same_key_with_another_input_is_refused(running: Running) -> None:
    running.direct(LINK, event_type=event_type(running), idempotency_key="two inputs")
    answer = running.direct(LINK, event_type=event_type(running, 1), idempotency_key="two inputs")
    assert answer["errorType"] == "InvalidRequestError"
    assert "idempotency_key" in answer["errorMessage"]
    assert made(running) == 1


def test_two_at_once_make_one(running: Running) -> None:
    running.sandbox("faults", method="POST", path="/scheduling_links", delay=1.0)
    wanted = {"event_type": event_type(running), "idempotency_key": "at once"}
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: running.direct(LINK, **wanted), range(4)))
    assert {answer["resource"]["booking_url"] for answer in answers} == {answers[0]["resource"]["booking_url"]}
    assert made(running) == 1


def test_what_failed_is_tried_anew(running: Running) -> None:
    running.sandbox("faults", method="POST", path="/scheduling_links", status=503, times=4)
    wanted = {"event_type": event_type(running), "idempotency_key": "second try"}
    assert running.direct(LINK, **wanted)["errorType"] == "CalendlyUnavailableError"
    assert "resource" in running.direct(LINK, **wanted)


def test_what_may_have_happened_is_not_tried_again(running: Running) -> None:
    running.sandbox("faults", method="POST", path="/scheduling_links", drop=True, after=True)
    wanted = {"event_type": event_type(running), "idempotency_key": "lost"}
    answers = [running.direct(LINK, **wanted) for _ in range(3)]
    assert {answer["errorType"] for answer in answers} == {"OutcomeUnknownError"}
    assert "another idempotency key" in answers[-1]["errorMessage"]
    assert len(running.world.data.scheduling_links) == 1


def test_a_process_that_dies_at_it_leaves_an_unknown_outcome(running: Running) -> None:
    wanted = {"event_type": event_type(running), "idempotency_key": "killed"}
    running.sandbox("faults", method="POST", path="/scheduling_links", delay=3.0)
    with ThreadPoolExecutor(1) as thread:
        first = thread.submit(running.direct, LINK, **wanted)
        while not made(running):
            pass
        for process in running.stack.pool.processes("local-" + LINK) or running.stack.pool.processes(LINK):
            process.process.kill()
        assert first.result()["errorType"] == "Runtime.ExitError"
    answer = running.http("POST", "/accounts/default/scheduling_links", json=wanted)
    assert (answer.status_code, answer.json()["title"]) == (504, "OutcomeUnknownError")
    assert made(running) == 1


@pytest.mark.parametrize("key", ["", "x" * 256, "café", "a\nb", 7])
def test_a_key_is_text_of_a_decent_length(running: Running, key: Any) -> None:
    answer = running.direct(LINK, event_type=event_type(running), idempotency_key=key)
    assert answer["errorType"] == "InvalidRequestError"
    assert "idempotency_key" in answer["errorMessage"]


def test_without_a_key_it_costs_nothing(running: Running) -> None:
    running.direct(LINK, event_type=event_type(running))
    running.aws.reset()
    running.direct(LINK, event_type=event_type(running))
    assert running.aws.calls == {}


def test_a_header_on_what_creates_nothing_is_no_mistake(running: Running) -> None:
    answer = running.http("GET", "/accounts/default/users/me", headers={"Idempotency-Key": "x"})
    assert answer.status_code == 200


def test_a_table_that_refuses_fails_before_anything_is_made(running: Running) -> None:
    running.aws.before = lambda target, _: target == "PutItem"
    answer = running.direct(LINK, event_type=event_type(running), idempotency_key="no table")
    running.aws.reset()
    assert answer["errorType"] == "AccountUnavailableError"
    assert made(running) == 0


def test_an_answer_that_could_not_be_kept_is_given_all_the_same(running: Running) -> None:
    wanted = {"event_type": event_type(running), "idempotency_key": "not kept"}
    running.aws.before = lambda target, _: target == "UpdateItem"
    answer = running.direct(LINK, **wanted)
    running.aws.reset()
    assert "booking_url" in answer["resource"]
    assert made(running) == 1


def test_a_refusal_is_told_even_if_the_table_cannot_forget_it(running: Running) -> None:
    running.sandbox("faults", method="POST", path="/scheduling_links", status=503, times=4)
    running.aws.before = lambda target, _: target == "DeleteItem"
    answer = running.direct(LINK, event_type=event_type(running), idempotency_key="not forgotten")
    running.aws.reset()
    assert answer["errorType"] == "CalendlyUnavailableError"


def test_an_unknown_outcome_is_told_even_if_the_table_cannot_keep_it(running: Running) -> None:
    running.sandbox("faults", method="POST", path="/scheduling_links", drop=True, after=True)
    running.aws.before = lambda target, _: target == "UpdateItem"
    answer = running.direct(LINK, event_type=event_type(running), idempotency_key="unknown and not kept")
    running.aws.reset()
    assert answer["errorType"] == "OutcomeUnknownError"


def subscribe(running: Running, **more: Any) -> Any:
    return running.http("POST", "/accounts/default/webhook_subscriptions", json={"events": ["invitee.created"], **more})


def test_subscribing_again_finds_the_subscription(running: Running) -> None:
    first = subscribe(running)
    assert first.status_code == 201
    assert first.json()["resource"]["callback_url"] == f"{running.stack.api_url}/webhooks/default"
    again = subscribe(running)
    assert (again.status_code, again.json()) == (200, first.json())


def test_subscribing_one_address_to_other_events_says_what_is_there(running: Running) -> None:
    subscribe(running)
    answer = subscribe(running, events=["invitee.created", "invitee.canceled"])
    assert (answer.status_code, answer.json()["title"]) == (409, "AlreadyExistsError")
    assert "invitee.created" in answer.json()["detail"]


def test_two_subscribing_at_once_get_the_same(running: Running) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: subscribe(running), range(4)))
    assert len({answer.json()["resource"]["uri"] for answer in answers}) == 1


def test_a_subscription_whose_answer_was_lost_is_found(running: Running) -> None:
    running.sandbox("faults", method="POST", path="/webhook_subscriptions", drop=True, after=True)
    answer = subscribe(running)
    assert answer.status_code == 200
    assert answer.json()["resource"]["state"] == "active"


def test_a_disabled_subscription_is_replaced(running: Running) -> None:
    first = subscribe(running).json()["resource"]
    running.world.data.index[first["uri"].removeprefix(running.world.origin + "/")]["state"] = "disabled"
    answer = subscribe(running)
    assert answer.status_code == 201
    assert answer.json()["resource"]["uri"] != first["uri"]


def test_a_disabled_subscription_to_other_events_is_in_nobodys_way(running: Running) -> None:
    first = subscribe(running).json()["resource"]
    running.world.data.index[first["uri"].removeprefix(running.world.origin + "/")]["state"] = "disabled"
    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(lambda _: subscribe(running, events=["invitee.canceled"]), range(2)))
    assert {answer.status_code for answer in answers} <= {200, 201}
    assert {tuple(answer.json()["resource"]["events"]) for answer in answers} == {("invitee.canceled",)}


def test_a_personal_access_token_subscribes_with_the_applications_key(running: Running) -> None:
    token = running.sandbox("personal_access_tokens")["token"]
    body = {"personal_access_token": token}
    assert running.http("POST", "/accounts/personal/connect", json=body).status_code == 201
    answer = running.http("POST", "/accounts/personal/webhook_subscriptions", json={"events": ["invitee.created"]})
    assert answer.status_code == 201
    keys = running.world.signing_keys
    assert keys[answer.json()["resource"]["uri"]] == running.application()["webhook_signing_key"]
    running.http("DELETE", "/accounts/personal")


MISTAKES = {
    "events": [[], ["invitee.cancelled"], ["Invitee Created"], "invitee.created", [7]],
    "url": ["http://example.com/x", "https://localhost", "ftp://example.com", "https://user@example.com/"],
    "user": [{"scope": "organization", "user": "me"}],
    "group": [{"scope": "group"}, {"group": "c381e88f-38c0-48fd-8712-b8bc076f3787"}],
}


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in MISTAKES.items() for value in values], ids=str
)
def test_a_mistaken_subscription_is_not_sent(running: Running, field: str, value: Any) -> None:
    before = running.calendly_requests()
    answer = subscribe(running, **(value if isinstance(value, dict) else {field: value}))
    assert answer.status_code == 400, answer.text
    assert any(error["field"].startswith(field) for error in answer.json()["errors"]), answer.text
    assert running.calendly_requests() == before
