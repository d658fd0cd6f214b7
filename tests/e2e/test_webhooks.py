"""The receiver, and the way of a delivery from Calendly to the bus."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests

from sandbox.deliveries import signature
from tests.e2e.conftest import Bus, Running
from tests.sizes import size

SIGNATURE = "Calendly-Webhook-Signature"


def key(running: Running) -> str:
    return str(running.application()["webhook_signing_key"])


def owner(running: Running, position: int = 0) -> str:
    return str(running.world.data.users[position]["uri"])


def document(running: Running, number: int = 0, **payload: Any) -> dict[str, Any]:
    return {
        "event": "invitee.canceled",
        "created_at": "2026-11-23T10:00:00.000000Z",
        "created_by": owner(running),
        "payload": {"uri": f"https://api.calendly.com/scheduled_events/E{number}/invitees/{time.time_ns()}", **payload},
    }


def deliver(
    running: Running, body: bytes, *, age: int = 0, signed_with: str | None = None, path: str = "/webhooks/default"
) -> requests.Response:
    signed = signature(body, int(time.time()) - age, signed_with or key(running))
    headers = {SIGNATURE: signed, "Content-Type": "application/json"}
    return running.http("POST", path, data=body, headers=headers)


def body_of(webhook: Any) -> bytes:
    return json.dumps(webhook).encode()


def test_a_delivery_becomes_one_event(running: Running, bus: Bus) -> None:
    webhook = document(running, name="Zoë 🎉")
    answer = deliver(running, json.dumps(webhook, ensure_ascii=False, indent=3).encode())
    assert (answer.status_code, answer.json()) == (200, {"event": "invitee.canceled", "duplicate": False})
    (event,) = bus.read()
    assert (event["source"], event["detail-type"]) == ("calendly", "invitee.canceled")
    assert event["detail"] == {**webhook, "account": "default", "id": event["detail"]["id"]}


def test_the_same_again_is_dropped_however_it_is_written(running: Running, bus: Bus) -> None:
    running.connect("sales")
    webhook = document(running)
    assert deliver(running, body_of(webhook)).json()["duplicate"] is False
    assert deliver(running, body_of(webhook), age=20).json()["duplicate"] is True
    assert deliver(running, json.dumps(dict(reversed(webhook.items())), indent=1).encode()).json()["duplicate"] is True
    stamped_anew = {**webhook, "created_at": "2026-11-24T00:00:00.000000Z"}
    assert deliver(running, body_of(stamped_anew)).json()["duplicate"] is True
    assert deliver(running, body_of(webhook), path="/webhooks/sales").json()["duplicate"] is False
    events = bus.read()
    assert [event["detail"]["account"] for event in events] == ["default", "sales"]
    assert len({event["detail"]["id"] for event in events}) == 2


def taken(running: Running) -> dict[str, int]:
    """How deliveries ended, without what a cold start on a busy machine had repeated."""
    return {outcome: n for outcome, n in running.world.deliveries.outcomes.items() if not outcome.endswith(" 503")}


def test_a_booking_that_is_rendered_anew_is_the_same(running: Running, bus: Bus) -> None:
    """As recorded: times of change have moved 1.8 s later, and the conference is there."""
    running.sandbox("webhooks", rendered_anew_every=1)
    running.http("POST", "/accounts/default/webhook_subscriptions", json={"events": ["invitee.created"]})
    booked = running.sandbox("bookings", count=4)["invitees"]
    _until_delivered(running)
    assert taken(running) == {"genuine 200": 4, "rendered anew 200": 4}
    assert sorted(event["detail"]["payload"]["uri"] for event in bus.read()) == sorted(booked)


def test_a_no_show_that_is_set_and_unset_again_and_again_is_told_each_time(running: Running, bus: Bus) -> None:
    events = ["invitee_no_show.created", "invitee_no_show.deleted"]
    running.http("POST", "/accounts/default/webhook_subscriptions", json={"events": events})
    (invitee,) = running.sandbox("bookings")["invitees"]
    running.sandbox("webhooks", duplicate_every=2)
    for _ in range(4):
        running.sandbox("no_show", invitee=invitee)
        _until_delivered(running)
    told = bus.read()
    assert [event["detail-type"] for event in told] == events * 2
    assert len({event["detail"]["id"] for event in told}) == 4
    assert taken(running) == {"genuine 200": 4, "duplicate 200": 2}


def test_a_name_of_no_latin_letters_does_not_break_the_answer(running: Running, bus: Bus) -> None:
    answer = deliver(running, body_of(document(running)), path="/webhooks/default?correlation_id=%E6%97%A5%E6%9C%AC")
    assert answer.status_code == 200


def test_whatever_calendly_may_call_a_reschedule_one_day_is_not_taken_for_ours(running: Running, bus: Bus) -> None:
    assert deliver(running, body_of({**document(running), "reschedule": {"x": 1}})).ok
    assert "reschedule" not in bus.read()[0]["detail"]


@pytest.mark.parametrize("created_first", [True, False])
def test_both_halves_of_a_reschedule_carry_each_other(running: Running, bus: Bus, created_first: bool) -> None:
    old, new = (f"https://api.calendly.com/scheduled_events/{e}/invitees/{time.time_ns()}" for e in ("OLD", "NEW"))
    canceled = {**document(running), "payload": {"uri": old, "rescheduled": True, "new_invitee": new}}
    created = {**document(running), "event": "invitee.created", "payload": {"uri": new, "old_invitee": old}}
    for webhook in sorted((canceled, created), key=lambda each: each["event"], reverse=created_first):
        assert deliver(running, body_of(webhook)).ok
    first, second = bus.read()
    assert first["detail"]["reschedule"] == second["detail"]["reschedule"]
    assert first["detail"]["reschedule"] == {
        "old_invitee": old,
        "old_event": "https://api.calendly.com/scheduled_events/OLD",
        "new_invitee": new,
        "new_event": "https://api.calendly.com/scheduled_events/NEW",
    }


def test_a_cancellation_is_no_reschedule(running: Running, bus: Bus) -> None:
    assert deliver(running, body_of(document(running, rescheduled=False, new_invitee=None))).ok
    assert "reschedule" not in bus.read()[0]["detail"]


REFUSED = {
    "unsigned": (401, "ForgedDeliveryError"),
    "signed with another key": (401, "ForgedDeliveryError"),
    "changed on the way": (401, "ForgedDeliveryError"),
    "no time": (401, "ForgedDeliveryError"),
    "two times": (401, "ForgedDeliveryError"),
    "three minutes old": (401, "StaleDeliveryError"),
    "three minutes ahead": (401, "StaleDeliveryError"),
    "a bad account": (404, "NotFoundError"),
}


def _refused(running: Running, case: str) -> requests.Response:
    good = body_of(document(running))
    now = int(time.time())
    match case:
        case "unsigned":
            return running.http("POST", "/webhooks/default", data=good)
        case "signed with another key":
            return deliver(running, good, signed_with="another")
        case "changed on the way":
            return running.http(
                "POST", "/webhooks/default", data=good + b" ", headers={SIGNATURE: signature(good, now, key(running))}
            )
        case "no time":
            return running.http("POST", "/webhooks/default", data=good, headers={SIGNATURE: "v1=00"})
        case "two times":
            signed = f"t={now - 3000}," + signature(good, now, key(running))
            return running.http("POST", "/webhooks/default", data=good, headers={SIGNATURE: signed})
        case "three minutes old":
            return deliver(running, good, age=190)
        case "three minutes ahead":
            return deliver(running, good, age=-190)
        case "a bad account":
            return deliver(running, good, path="/webhooks/..%2Fx")
    raise AssertionError(case)


NOT_UNDERSTOOD = {
    "not JSON": b"{",
    "a list": b"[]",
    "no payload": b'{"event": "invitee.created", "created_by": "x"}',
    "no name": b'{"event": "", "created_by": "x", "payload": {}}',
    "nobody's": b'{"event": "x", "payload": {}}',
    "not a number": b'{"event": "x", "created_by": "x", "payload": NaN}',
    "very deep": b'{"event": "x", "created_by": "x", "payload": ' + b"[" * 500 + b"]" * 500 + b"}",
    "large": b"{" * 300_000,
}


@pytest.mark.parametrize("case", NOT_UNDERSTOOD)
def test_what_is_signed_and_no_webhook_is_kept_and_told_of_once(running: Running, bus: Bus, case: str) -> None:
    """Refusing it for a day would make Calendly end the subscription."""
    body = NOT_UNDERSTOOD[case]
    before = running.metrics()["WebhooksNotUnderstood"]
    for _ in range(2):
        answer = deliver(running, body)
        assert (answer.status_code, answer.json()["understood"]) == (200, False)
    assert running.metrics()["WebhooksNotUnderstood"] == before + 2
    if answer.json()["duplicate"]:  # the session's bus has seen it in no other test
        (event,) = bus.read("calendly-actions")
        assert event["detail-type"] == "Calendly delivery not understood"
        assert (event["detail"]["account"], event["detail"]["bytes"]) == ("default", len(body))
        assert kept(running, event["detail"]["where"]) == body
    assert bus.read() == []


def kept(running: Running, where: dict[str, str]) -> bytes:
    content: bytes = running.stack.aws.client("s3").get_object(Bucket=where["bucket"], Key=where["key"])["Body"].read()
    return content


@pytest.mark.parametrize("note", ["x" * 250_000, "é" * 60_000 + "\ud800"], ids=["long", "long once it is escaped"])
def test_what_is_too_large_for_the_bus_is_a_stub_that_says_where_it_is(running: Running, bus: Bus, note: str) -> None:
    webhook = document(running, name="Zoë", note=note)
    body = body_of(webhook)
    assert deliver(running, body).json() == {"event": "invitee.canceled", "duplicate": False}
    assert deliver(running, body).json()["duplicate"] is True
    (event,) = bus.read()
    detail = event["detail"]
    assert (event["detail-type"], detail["oversized"], detail["account"]) == ("invitee.canceled", True, "default")
    assert detail["payload"] == {"uri": webhook["payload"]["uri"], "name": "Zoë"}
    assert kept(running, detail["where"]) == body
    listed = running.stack.aws.client("s3").list_objects_v2(Bucket=detail["where"]["bucket"], Prefix="oversized/")
    assert [each["Key"] for each in listed["Contents"]].count(detail["where"]["key"]) == 1


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_not_a_good_delivery_is_refused_and_counted(running: Running, bus: Bus, case: str) -> None:
    status, error = REFUSED[case]
    before = running.metrics()[f"Failed{error}"]
    answer = _refused(running, case)
    assert (answer.status_code, answer.json()["title"]) == (status, error)
    assert running.metrics()[f"Failed{error}"] == before + 1
    assert bus.read() == []


def test_a_bus_outage_is_answered_so_that_calendly_delivers_again(running: Running, bus: Bus) -> None:
    body = body_of(document(running))
    running.aws.before = lambda target, _: target == "PutEvents"
    answer = deliver(running, body)
    running.aws.reset()
    assert (answer.status_code, answer.json()["title"]) == (503, "BusUnavailableError")
    assert deliver(running, body).json()["duplicate"] is False
    assert len(bus.read()) == 1


def test_a_bus_that_refuses_an_entry_has_not_taken_it(running: Running, bus: Bus) -> None:
    """PutEvents answers 200 and counts what it did not take."""
    refusal = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException", "ErrorMessage": "..."}]}
    body = body_of(document(running))
    running.aws.before = lambda target, _: refusal if target == "PutEvents" else None
    answer = deliver(running, body)
    running.aws.reset()
    assert (answer.status_code, answer.json()["title"]) == (503, "BusUnavailableError")
    assert "ThrottlingException" in answer.json()["detail"]
    assert deliver(running, body).json()["duplicate"] is False
    assert len(bus.read()) == 1


def test_a_new_signing_key_is_found_within_half_a_minute(running: Running) -> None:
    """A signature that does not agree has the secret read again, if it was not read just now."""
    client = running.stack.aws.client("secretsmanager")
    stored = client.get_secret_value(SecretId="local/oauth-app")["SecretString"]
    running.stack.pool.recycle()
    client.put_secret_value(SecretId="local/oauth-app", SecretString='{"webhook_signing_key": "the-next-one"}')
    try:
        assert deliver(running, body_of(document(running)), signed_with="the-next-one").ok
    finally:
        client.put_secret_value(SecretId="local/oauth-app", SecretString=stored)
        running.stack.pool.recycle()


def test_without_a_key_calendly_is_asked_to_deliver_later(running: Running) -> None:
    client = running.stack.aws.client("secretsmanager")
    stored = client.get_secret_value(SecretId="local/oauth-app")["SecretString"]
    running.stack.pool.recycle()
    client.put_secret_value(SecretId="local/oauth-app", SecretString="{}")
    try:
        answer = deliver(running, body_of(document(running)), signed_with="x")
    finally:
        client.put_secret_value(SecretId="local/oauth-app", SecretString=stored)
        running.stack.pool.recycle()
    assert answer.status_code == 503
    assert "webhook_signing_key" in answer.json()["detail"]


def test_many_deliveries(running: Running, bus: Bus) -> None:
    """Doubled, rendered anew, forged, recorded; the bus fails, the key changes, an account goes, one changes hands."""
    events = ["invitee.created", "invitee_no_show.created", "invitee_no_show.deleted"]
    for account, user in (("default", 0), ("leaving", 1), ("passing", 2)):
        if account != "default":
            running.connect(account, user=user)
        running.http("POST", f"/accounts/{account}/webhook_subscriptions", json={"events": events})
    mine = _type_of(running, 0)
    before = running.metrics()
    running.sandbox(
        "webhooks", duplicate_every=8, forged_every=16, stale_every=16, rendered_anew_every=10, retry_seconds=0.2
    )
    count = size(10, 100)
    outage = range(count * 3 // 2, count * 2)
    running.aws.reset()
    running.aws.before = lambda target, number: target == "PutEvents" and number in outage
    # The events here start on_booking, too; what it does is another test's, and hundreds are a minute's work.
    running.stack.aws.client("events").disable_rule(Name="OnBookingBooked", EventBusName="local")
    client = running.stack.aws.client("secretsmanager")
    secret = client.get_secret_value(SecretId="local/oauth-app")["SecretString"]
    expected: list[tuple[str, str]] = []
    try:
        for part in range(7):
            booked = running.sandbox("bookings", count=count, event_type=mine)["invitees"]
            expected += [("invitee.created", uri) for uri in booked]
            for invitee in booked[:3]:
                for name in events[1:] * 2:
                    running.sandbox("no_show", invitee=invitee)
                    expected.append((name, invitee))
            if part == 1:
                changed = {
                    **json.loads(secret),
                    "webhook_signing_key": "the-next-one",
                    "previous_webhook_signing_keys": [json.loads(secret)["webhook_signing_key"]],
                }
                client.put_secret_value(SecretId="local/oauth-app", SecretString=json.dumps(changed))
                running.stack.pool.recycle()
                running.sandbox("signing_key", key="the-next-one")
            if part == 3:
                assert running.http("DELETE", "/accounts/leaving").ok
                url = running.http("POST", "/accounts/passing/connect", json={"replace": True}).json()["authorize_url"]
                requests.post(url, data={"user": owner(running, 3), "decision": "allow"}, timeout=60)
            for user in (1, 2):
                running.sandbox("bookings", count=5, event_type=_type_of(running, user))
        large = document(running, note="x" * 250_000)
        expected.append(("invitee.canceled", large["payload"]["uri"]))
        _until_delivered(running)
        assert deliver(running, body_of(large), signed_with="the-next-one").ok
    finally:
        running.stack.aws.client("events").enable_rule(Name="OnBookingBooked", EventBusName="local")
        running.aws.reset()
        client.put_secret_value(SecretId="local/oauth-app", SecretString=secret)
        running.sandbox("signing_key", key=json.loads(secret)["webhook_signing_key"])
        running.stack.pool.recycle()
        running.http("DELETE", "/accounts/passing")
    state = requests.get(f"{running.stack.calendly_url}/_sandbox/state", timeout=10).json()
    outcomes = state["webhook_outcomes"]
    arrived: dict[str, list[tuple[str, str]]] = {"default": [], "leaving": [], "passing": []}
    for event in bus.read():
        arrived[event["detail"]["account"]].append((event["detail-type"], event["detail"]["payload"]["uri"]))
    assert sorted(arrived["default"]) == sorted(expected)
    # Theirs, until the one went and the other changed hands; and none of them twice.
    for account in ("leaving", "passing"):
        assert len(arrived[account]) == len(set(arrived[account])) <= 20
    assert outcomes["forged 401"] == outcomes["stale 401"]
    assert any(outcome.endswith(" 503") for outcome in outcomes), "the outage was not felt"
    assert [
        row["state"] for row in running.world.data.webhook_subscriptions if row["callback_url"] == _mine(running)
    ] == ["active"]
    counted = running.metrics() - before
    assert counted["WebhooksDelivered"] == sum(len(each) for each in arrived.values())
    # A function that was at work while the key changed takes the new one for forged. On a busy machine, some answers
    # come too late for the sender, which counts those as no answer.
    unsigned = sum(n for kind, n in outcomes.items() if kind.endswith(" 401") and kind != "stale 401")
    unanswered = sum(n for kind, n in outcomes.items() if not kind[-3:].isdigit())
    assert outcomes["forged 401"] <= unsigned <= counted["FailedForgedDeliveryError"] <= unsigned + unanswered, outcomes


def _mine(running: Running) -> str:
    return f"{running.stack.api_url}/webhooks/default"


def _type_of(running: Running, position: int) -> str:
    """An event type of a user's own."""
    person = owner(running, position)
    own = (each for each in running.world.data.event_types if (each["profile"] or {}).get("owner") == person)
    return str(next(own)["uri"])


def _until_delivered(running: Running) -> None:
    end = time.monotonic() + 240
    while running.world.deliveries.pending:
        assert time.monotonic() < end, running.world.deliveries.outcomes
        time.sleep(0.1)
