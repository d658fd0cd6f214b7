"""Whose a delivery is, and what becomes of subscriptions when an account goes, changes hands, or changes its key."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.e2e.conftest import Bus, Running
from tests.e2e.test_webhooks import body_of, deliver, document, owner

EVENTS = ["invitee.created", "invitee.canceled"]


def subscribe(running: Running, account: str = "default", **how: Any) -> Any:
    answer = running.http("POST", f"/accounts/{account}/webhook_subscriptions", json={"events": EVENTS, **how})
    assert answer.ok, answer.text
    return answer.json()["resource"]


def subscriptions(running: Running) -> list[str]:
    """Those to this stack; the data set has others."""
    rows = running.world.data.webhook_subscriptions
    return [row["uri"] for row in rows if row["callback_url"].startswith(running.stack.api_url)]


@contextmanager
def stored(running: Running, **changed: Any) -> Iterator[dict[str, Any]]:
    """The application's secret with something changed, for functions that have read nothing yet."""
    client = running.stack.aws.client("secretsmanager")
    before = client.get_secret_value(SecretId="local/oauth-app")["SecretString"]
    now = {**json.loads(before), **changed}
    client.put_secret_value(SecretId="local/oauth-app", SecretString=json.dumps(now))
    running.stack.pool.recycle()
    try:
        yield now
    finally:
        client.put_secret_value(SecretId="local/oauth-app", SecretString=before)
        running.stack.pool.recycle()


def test_disconnecting_ends_the_subscriptions_to_this_stack_and_no_others(running: Running) -> None:
    running.connect("leaving", user=1)
    own = subscribe(running, "leaving")["uri"]
    elsewhere = subscribe(running, "leaving", url="https://example.com/theirs")["uri"]
    another = subscribe(running)["uri"]
    answer = running.http("DELETE", "/accounts/leaving").json()
    assert answer == {"account": "leaving", "disconnected": True}
    assert own not in subscriptions(running)
    assert subscriptions(running) == [another]
    assert running.world.data.get(elsewhere) is not None


def test_a_subscription_that_could_not_be_ended_is_told_of_and_ends_at_its_next_delivery(
    running: Running, bus: Bus
) -> None:
    running.connect("leaving", user=1)
    subscribe(running, "leaving")
    running.sandbox("faults", method="GET", path="/webhook_subscriptions", status=403, times=20, body={"title": "No"})
    answer = running.http("DELETE", "/accounts/leaving").json()
    running.world.faults.clear()
    assert answer == {"account": "leaving", "disconnected": True, "subscriptions_left": True}
    running.sandbox("bookings", event_type=type_of(running, 1))
    until_settled(running)
    assert running.world.deliveries.outcomes["genuine 410"] == 1
    assert subscriptions(running) == []
    assert bus.read() == []


def type_of(running: Running, position: int) -> str:
    """An event type of a user's own."""
    person = owner(running, position)
    own = (each for each in running.world.data.event_types if (each["profile"] or {}).get("owner") == person)
    return str(next(own)["uri"])


def until_settled(running: Running, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while running.world.deliveries.pending:
        assert time.monotonic() < end, running.world.deliveries.outcomes
        time.sleep(0.05)


def test_when_a_name_passes_to_another_the_first_one_s_deliveries_end(running: Running, bus: Bus) -> None:
    running.connect("shared", user=1)
    first, person = subscribe(running, "shared")["uri"], owner(running, 1)
    client_url = running.http("POST", "/accounts/shared/connect", json={"replace": True}).json()["authorize_url"]
    allow(running, client_url, user=2)
    assert first not in subscriptions(running)
    late = {**document(running), "created_by": person}
    assert deliver(running, body_of(late), path="/webhooks/shared").status_code == 410
    assert deliver(running, body_of({**late, "created_by": owner(running, 2)}), path="/webhooks/shared").ok
    assert [event["detail"]["created_by"] for event in bus.read()] == [owner(running, 2)]
    # And back again: whose name it is counts before whose it was.
    allow(running, running.http("POST", "/accounts/shared/connect", json={"replace": True}).json()["authorize_url"], 1)
    again = {**document(running), "created_by": person}
    assert deliver(running, body_of(again), path="/webhooks/shared").ok
    running.http("DELETE", "/accounts/shared")


def allow(running: Running, url: str, user: int) -> None:
    import requests

    person = owner(running, user)
    answer = requests.post(url, data={"user": person, "decision": "allow"}, timeout=60)
    assert answer.status_code == 200, answer.text


def test_a_former_owner_is_known_after_a_disconnect(running: Running) -> None:
    running.connect("passed", user=1)
    running.http("DELETE", "/accounts/passed")
    running.connect("passed", user=2)
    late = {**document(running), "created_by": owner(running, 1)}
    assert deliver(running, body_of(late), path="/webhooks/passed").status_code == 410
    running.http("DELETE", "/accounts/passed")


def test_a_name_that_is_nobody_s_is_gone(running: Running) -> None:
    answer = deliver(running, body_of(document(running)), path="/webhooks/nobody")
    assert (answer.status_code, answer.json()["title"]) == (410, "GoneAccountError")


def test_what_cannot_be_proved_gone_is_asked_for_again(running: Running) -> None:
    """A secret without an entry: the stack was made anew. A connect: somebody is at it. A table that refuses."""
    client = running.stack.aws.client("secretsmanager")
    client.create_secret(Name="local/accounts/rebuilt", SecretString="{}")
    body = body_of(document(running))
    try:
        assert deliver(running, body, path="/webhooks/rebuilt").status_code == 503
    finally:
        client.delete_secret(SecretId="local/accounts/rebuilt", ForceDeleteWithoutRecovery=True)
    running.http("POST", "/accounts/coming/connect", json={})
    assert deliver(running, body, path="/webhooks/coming").status_code == 503
    running.aws.before = lambda target, _: target == "GetItem"
    assert deliver(running, body).status_code == 503
    running.aws.before = lambda target, _: target == "DescribeSecret"
    assert deliver(running, body, path="/webhooks/nobody").status_code == 503
    running.aws.reset()


def test_an_account_that_needs_a_person_takes_its_deliveries(running: Running, bus: Bus) -> None:
    running.connect("ill", user=1)
    table = running.stack.aws.client("dynamodb")
    table.update_item(
        TableName="Table",
        Key={"pk": {"S": "account"}, "sk": {"S": "ill"}},
        UpdateExpression="SET account_state = :s",
        ExpressionAttributeValues={":s": {"S": "needs_reauthentication"}},
    )
    body = body_of({**document(running), "created_by": owner(running, 1)})
    assert deliver(running, body, path="/webhooks/ill").ok
    running.http("DELETE", "/accounts/ill")


def test_an_unknown_creator_is_refused_counted_and_told_of_once_a_day(running: Running, bus: Bus) -> None:
    stranger = f"{running.stack.calendly_url}/users/{time.time_ns()}"
    before = running.metrics()["FailedUnknownCreatorError"]
    for _ in range(2):
        answer = deliver(running, body_of({**document(running), "created_by": stranger}))
        assert (answer.status_code, answer.json()["title"]) == (403, "UnknownCreatorError")
    assert running.metrics()["FailedUnknownCreatorError"] == before + 2
    (event,) = bus.read("calendly-actions")
    assert event["detail-type"] == "Calendly delivery of an unknown creator"
    assert (event["detail"]["account"], event["detail"]["created_by"]) == ("default", stranger)
    assert bus.read() == []


def test_an_organization_s_subscription_may_be_a_colleague_s(running: Running, bus: Bus) -> None:
    """Who is known of the organization: the owners of other accounts. Without such a subscription, nobody is."""
    running.connect("colleague", user=1)
    body = body_of({**document(running), "created_by": owner(running, 1)})
    assert deliver(running, body).status_code == 403
    subscribe(running, scope="organization")
    assert deliver(running, body).ok
    stranger = {**document(running), "created_by": f"{running.stack.calendly_url}/users/{time.time_ns()}"}
    assert deliver(running, body_of(stranger)).status_code == 403
    running.http("DELETE", "/accounts/colleague")


def test_the_signature_comes_first(running: Running) -> None:
    assert deliver(running, body_of(document(running)), signed_with="x", path="/webhooks/nobody").status_code == 401


def test_keys_overlap_while_one_is_changed(running: Running) -> None:
    with stored(running, webhook_signing_key="new-key\n", previous_webhook_signing_keys=[" old-key\r\n", "older-key"]):
        for key in ("new-key", "old-key", "older-key"):
            assert deliver(running, body_of(document(running)), signed_with=key).ok
        assert deliver(running, body_of(document(running)), signed_with="another").status_code == 401


def test_a_key_that_cannot_work_is_told_of_in_words(running: Running) -> None:
    with stored(running, previous_webhook_signing_keys=["two\nlines"]):
        running.direct("RotateTokens")
        problem = running.http("GET", "/accounts").json()["application"]["problem"]
    running.direct("RotateTokens")
    assert "previous_webhook_signing_keys[0] has characters within it" in problem
    assert "two" not in problem


@pytest.fixture
def personal(running: Running) -> Iterator[str]:
    """An account by personal access token: its subscriptions are signed with the key they were made with."""
    token = running.sandbox("personal_access_tokens", user=owner(running, 1))["token"]
    answer = running.http("POST", "/accounts/personal/connect", json={"personal_access_token": token})
    assert answer.status_code == 201, answer.text
    yield "personal"
    running.http("DELETE", "/accounts/personal")


def test_after_a_change_of_the_key_subscribing_again_replaces_what_is_dead(
    running: Running, bus: Bus, personal: str
) -> None:
    first = subscribe(running, personal)["uri"]
    assert subscribe(running, personal)["uri"] == first, "what is alive is handed back"
    with stored(running, webhook_signing_key="the-next-one", previous_webhook_signing_keys=[]):
        second = subscribe(running, personal)["uri"]
        assert subscriptions(running).count(first) == 0
        assert subscribe(running, personal)["uri"] == second
        (invitee,) = running.sandbox("bookings", event_type=type_of(running, 1))["invitees"]
        until_settled(running)
        # Once, whether the delivery came first or the backfill of what may have been missed.
        assert [event["detail"]["payload"]["uri"] for event in bus.read()].count(invitee) == 1


def test_what_is_failing_is_replaced_and_its_range_is_told(running: Running, bus: Bus) -> None:
    first = subscribe(running)["uri"]
    row = running.world.data.known(first)
    row["retry_started_at"] = "2026-11-25T06:00:00.000000Z"
    planned = running.http(
        "POST", "/accounts/default/webhook_subscriptions", json={"events": EVENTS, "dry_run": True}
    ).json()
    assert [request["method"] for request in planned["requests"]] == ["DELETE"]
    assert first in subscriptions(running)
    second = subscribe(running)["uri"]
    assert second != first
    assert subscriptions(running) == [second]
    (event,) = bus.read("calendly-actions")
    detail = event["detail"]
    assert event["detail-type"] == "Calendly subscription healed"
    assert (detail["account"], detail["subscription"], detail["replaced"]) == ("default", second, first)
    assert detail["since"] < "2026-11-25T06:00:00" < detail["until"]
    assert detail["events"] == EVENTS


@pytest.mark.parametrize("finisher", ["subscribing again", "the healer"])
@pytest.mark.parametrize("broken", ["before the old one went", "after the old one went"])
def test_a_replacement_that_stopped_half_way_is_finished(
    running: Running, bus: Bus, finisher: str, broken: str
) -> None:
    first = subscribe(running)["uri"]
    running.world.data.known(first)["retry_started_at"] = "2026-11-25T06:00:00.000000Z"
    method, path = (
        ("DELETE", "/webhook_subscriptions/{webhook_uuid}")
        if broken.startswith("before")
        else ("POST", "/webhook_subscriptions")
    )
    running.sandbox("faults", method=method, path=path, status=500, times=4)
    answer = running.http("POST", "/accounts/default/webhook_subscriptions", json={"events": EVENTS})
    assert answer.status_code >= 500
    running.world.faults.clear()
    assert (first in subscriptions(running)) is broken.startswith("before")
    if finisher == "the healer":
        assert "errorType" not in running.direct("HealSubscriptions")
    else:
        subscribe(running)
    (only,) = subscriptions(running)
    assert only != first
    (event,) = bus.read("calendly-actions")
    assert (event["detail"]["replaced"], event["detail"]["since"]) == (first, "2026-11-25T05:45:00.000000Z")
    assert running.direct("HealSubscriptions", account="default")["accounts"][0]["healed"] == []
    assert bus.read("calendly-actions") == []
