"""Subscriptions that fail, are disabled and heal; and what is read back of the time in which nothing came."""

from __future__ import annotations

import time
from typing import Any

from local.workflows import executions, finish
from tests.e2e.conftest import Bus, Running
from tests.e2e.test_webhooks import body_of, deliver, document
from tests.e2e.test_webhooks_ownership import subscribe, subscriptions, until_settled

ALL = ["invitee.created", "invitee.canceled", "invitee_no_show.created", "invitee_no_show.deleted"]


def backfilled(running: Running, before: list[str], seconds: float = 240) -> Any:
    """The execution that a healed subscription started, once it ended."""
    end = time.monotonic() + seconds
    while not (new := [arn for arn in executions(running.stack.aws, "backfill") if arn not in before]):
        assert time.monotonic() < end, "no backfill was started"
        time.sleep(0.1)
    execution = finish(running.stack.aws, new[0], seconds)
    assert execution.status == "SUCCEEDED", execution.cause
    return execution


def test_a_day_of_outage_is_healed_and_read_back(running: Running, bus: Bus) -> None:
    """The receiver refuses, Calendly disables the subscription; then each fact of that time is told once."""
    running.stack.aws.client("events").disable_rule(Name="OnBookingBooked", EventBusName="local")
    subscribe(running, events=ALL)
    before = executions(running.stack.aws, "backfill")
    told_before = running.sandbox("bookings", count=2)["invitees"]
    until_settled(running)
    running.sandbox("webhooks", retry_seconds=0.3, give_up_seconds=0.5)
    running.aws.before = lambda target, _: target == "PutEvents"
    try:
        booked = running.sandbox("bookings", count=3)["invitees"]
        booked += running.sandbox("bookings", count=2, start_time="2027-09-01T09:00:00Z")["invitees"]
        running.sandbox("cancel", invitee=told_before[0])
        running.sandbox("no_show", invitee=told_before[1])
        moved = running.sandbox("reschedule", invitee=booked[0])["invitee"]
        until_settled(running)
        (row,) = [row for row in running.world.data.webhook_subscriptions if row["uri"] in subscriptions(running)]
        assert row["state"] == "disabled"
        # Nobody delivers to it any more.
        booked += running.sandbox("bookings", count=2)["invitees"]
    finally:
        running.aws.reset()
    assert running.direct("HealSubscriptions")["accounts"][0]["healed"] == subscriptions(running)
    execution = backfilled(running, before)
    running.stack.aws.client("events").enable_rule(Name="OnBookingBooked", EventBusName="local")
    told = bus.read()
    facts = sorted((event["detail-type"], event["detail"]["payload"]["uri"]) for event in told)
    assert facts == sorted(
        [("invitee.created", uri) for uri in [*told_before, *booked, moved]]
        + [("invitee.canceled", told_before[0]), ("invitee.canceled", booked[0])]
        + [("invitee_no_show.created", told_before[1])]
    )
    assert len({event["detail"]["id"] for event in told}) == len(told)
    back = [event for event in told if event["detail"].get("backfilled")]
    assert len(back) == execution.output["told"] == len(told) - 2
    halves = {str(event["detail"]["reschedule"]) for event in back if "reschedule" in event["detail"]}
    assert len(halves) == 1
    # What is delivered after all is known.
    payload = next(event["detail"]["payload"] for event in back if event["detail-type"] == "invitee.created")
    late = {**document(running), "event": "invitee.created", "payload": payload}
    assert deliver(running, body_of(late)).json()["duplicate"] is True
    again = running.run("backfill", {"since": "2026-01-01T00:00:00Z", "until": "2099-01-01T00:00:00Z"}, seconds=240)
    assert again.status == "SUCCEEDED", again.cause
    assert again.output["told"] == 0


def test_a_healed_subscription_names_what_cannot_be_read_back(running: Running, bus: Bus) -> None:
    uri = subscribe(running, events=[*ALL, "event_type.created"])["uri"]
    running.world.data.known(uri).update(state="disabled", updated_at="2026-11-25T06:00:00.000000Z")
    running.direct("HealSubscriptions")
    (event,) = bus.read("calendly-actions")
    assert event["detail"]["cannot_be_read_back"] == ["invitee_no_show.deleted", "event_type.created"]
    assert event["detail"]["since"] == "2026-11-24T04:45:00.000000Z"


def test_a_subscription_that_somebody_else_made_is_counted_and_left_alone(running: Running, bus: Bus) -> None:
    uri = subscribe(running)["uri"]
    row = running.world.data.known(uri)
    table = running.stack.aws.client("dynamodb")
    for item in table.scan(TableName="Table")["Items"]:
        if item["pk"]["S"] == "webhooks" and "subscription" in item:
            table.delete_item(TableName="Table", Key={"pk": item["pk"], "sk": item["sk"]})
    row["state"] = "disabled"
    before = running.metrics()["SubscriptionsDisabled"]
    assert running.direct("HealSubscriptions", account="default")["accounts"][0]["healed"] == []
    assert running.metrics()["SubscriptionsDisabled"] == before + 1
    assert subscriptions(running) == [uri]


def test_accounts_show_their_subscriptions_and_how_they_are(running: Running) -> None:
    def shown() -> Any:
        (webhook,) = running.account()["webhooks"]
        return webhook

    running.direct("HealSubscriptions", account="default")  # forgets those of other tests
    uri = subscribe(running)["uri"]
    assert (shown()["uri"], shown()["scope"], shown()["state"]) == (uri, "user", "active")
    assert shown()["retry_started_at"] is None
    running.stack.pool.recycle()
    assert deliver(running, body_of(document(running))).ok
    assert shown()["last_delivery"] is not None
    running.world.data.known(uri)["retry_started_at"] = "2026-11-25T06:00:00.000000Z"
    running.direct("HealSubscriptions", account="default")
    assert shown()["retry_started_at"] == "2026-11-25T06:00:00.000000Z"
    assert running.metrics()["SubscriptionsFailing"] >= 1
    running.http("DELETE", f"/accounts/default/webhook_subscriptions/{uri.rsplit('/', 1)[1]}")
    running.direct("HealSubscriptions", account="default")
    assert running.account()["webhooks"] == []
