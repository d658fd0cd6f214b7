"""``dry_run`` on the whole stack: what would be sent is answered, nothing is, and no key is taken."""

from __future__ import annotations

from typing import Any

from tests.e2e.conftest import Running


def test_over_http_it_is_200_and_takes_no_key(running: Running) -> None:
    event_type = running.world.data.event_types[0]["uri"]
    body = {"event_type": event_type, "idempotency_key": "dry, then wet"}
    dry = running.http("POST", "/accounts/default/scheduling_links", json={**body, "dry_run": True})
    sent = {"max_event_count": 1, "owner": event_type, "owner_type": "EventType"}
    assert dry.status_code == 200
    assert dry.json() == {
        "dry_run": True,
        "requests": [{"method": "POST", "path": "/scheduling_links", "body": sent}],
    }
    wet = running.http("POST", "/accounts/default/scheduling_links", json=body)
    assert wet.status_code == 201
    again = running.http("POST", "/accounts/default/scheduling_links", json={**body, "dry_run": True})
    assert again.json() == dry.json(), "nor is a key that was taken looked at"
    assert len(running.world.data.scheduling_links) == 1


def test_of_a_subscription_that_is_there_nothing_would_be_sent(running: Running) -> None:
    wanted: dict[str, Any] = {"events": ["invitee.created"], "url": "https://example.com/dry"}
    first = running.direct("CreateWebhookSubscription", **wanted)["resource"]
    there = len(running.world.data.webhook_subscriptions)
    answer = running.direct("CreateWebhookSubscription", **wanted, dry_run=True)
    assert answer == {"dry_run": True, "requests": []}
    running.world.data.index[first["uri"].removeprefix(running.world.origin + "/")]["state"] = "disabled"
    requests = running.direct("CreateWebhookSubscription", **wanted, dry_run=True)["requests"]
    assert [request["method"] for request in requests] == ["DELETE", "POST"]
    assert len(running.world.data.webhook_subscriptions) == there


def test_a_key_of_a_personal_token_is_masked(running: Running) -> None:
    token = running.sandbox("personal_access_tokens")["token"]
    running.http("POST", "/accounts/dry/connect", json={"personal_access_token": token})
    answer = running.direct("CreateWebhookSubscription", account="dry", events=["invitee.created"], dry_run=True)
    assert answer["requests"][0]["body"]["signing_key"] == "***"
    running.http("DELETE", "/accounts/dry")


def test_what_is_wrong_is_refused_in_a_dry_run_as_well(running: Running) -> None:
    answer = running.direct("CreateSingleUseSchedulingLink", event_type="no-uuid", dry_run=True)
    assert answer["errorType"] == "InvalidRequestError"
