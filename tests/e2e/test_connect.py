"""Connecting: who may finish a connect, what people see, and what the world is told."""

from __future__ import annotations

import json
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from local import operator
from tests.e2e.conftest import Running

CHROMIUM = shutil.which("chromium")


def come_back(url: str, decision: str = "allow") -> str:
    """Where Calendly sends the browser, with code and state; not followed."""
    answer = requests.post(url, data={"decision": decision}, allow_redirects=False, timeout=30)
    assert answer.status_code == 302
    return answer.headers["Location"]


def query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


def is_not_connected(running: Running, account: str) -> bool:
    return running.direct("RetrieveUser", account=account).get("errorType") == "AccountNotFoundError"


def test_a_callback_works_once(running: Running) -> None:
    back = come_back(operator.authorize_url(running.stack, "once"))
    assert requests.get(back, timeout=30).status_code == 200
    page = requests.get(back, timeout=30)
    assert page.status_code == 400
    assert "no longer valid" in page.text


def test_a_forged_state_is_refused_and_wastes_nothing(running: Running) -> None:
    back = come_back(operator.authorize_url(running.stack, "forged"))
    forged = back.replace(query(back)["state"], "A" * 43)
    assert requests.get(forged, timeout=30).status_code == 400
    assert is_not_connected(running, "forged")
    assert requests.get(back, timeout=30).status_code == 200


def test_an_expired_state_is_refused(running: Running) -> None:
    back = come_back(operator.authorize_url(running.stack, "late"))
    table = running.stack.aws.client("dynamodb")
    for item in table.scan(TableName="Table")["Items"]:
        if item["pk"]["S"] == "connect":
            table.put_item(TableName="Table", Item={**item, "expires_at": {"N": "1"}})
    page = requests.get(back, timeout=30)
    assert page.status_code == 400
    assert is_not_connected(running, "late")


def test_a_code_for_one_account_does_not_connect_another(running: Running) -> None:
    """An attacker's code with the victim's state: the verifier is not the code's."""
    mine = come_back(operator.authorize_url(running.stack, "mine"))
    theirs = come_back(operator.authorize_url(running.stack, "theirs"))
    mixed = mine.replace(query(mine)["code"], query(theirs)["code"])
    page = requests.get(mixed, timeout=30)
    assert page.status_code == 400
    assert "did not accept the authorization code" in page.text
    assert is_not_connected(running, "mine")
    assert is_not_connected(running, "theirs")


@pytest.mark.parametrize("fault", [{"status": 500}, {"drop": True}, {"status": 429}], ids=str)
def test_calendly_failing_is_a_page_too(running: Running, fault: dict[str, object]) -> None:
    back = come_back(operator.authorize_url(running.stack, "unlucky"))
    running.sandbox("faults", method="POST", path="/oauth/token", times=1, **fault)
    page = requests.get(back, timeout=60)
    assert page.status_code >= 400
    assert page.headers["Content-Type"].startswith("text/html")
    assert "ask for a new link" in page.text
    assert is_not_connected(running, "unlucky")


def test_what_was_not_granted_is_shown(running: Running) -> None:
    url = operator.authorize_url(running.stack, "partly")
    partly = url.replace("groups%3Aread+", "")
    page = requests.get(come_back(partly), timeout=30)
    assert "with less access than asked for" in page.text
    assert running.account("partly")["missing_scopes"] == ["groups:read"]
    answer = running.direct("RetrieveGroups", account="partly")
    assert answer["errorType"] == "InsufficientScopeError"


def test_accounts_tell_how_they_are(running: Running) -> None:
    account = running.account()
    assert account["state"] == "healthy"
    assert account["role"] == "owner"
    assert account["owner"] == running.world.data.users[0]["uri"]
    assert account["organization"] == running.world.data.organization
    assert account["missing_scopes"] == []
    assert account["expires_at"] > account["last_refreshed_at"]
    before = dict(running.aws.calls)
    running.account()
    assert running.aws.calls["GetSecretValue"] == before["GetSecretValue"], "no secret is read"


def test_people_see_who_is_connected(running: Running) -> None:
    """By name and e-mail, on page and list; also with a personal access token, after a refresh."""
    page = requests.get(come_back(operator.authorize_url(running.stack, "who")), timeout=60)
    assert "Ada Lovelace" in page.text
    assert "ada-lovelace@example.com" in page.text
    running.direct("RotateTokens", account="who", refused_generation=running.account("who")["generation"])
    token = running.sandbox("personal_access_tokens")["token"]
    answer = running.http("POST", "/accounts/robot/connect", json={"personal_access_token": token})
    shown = running.account("robot")
    assert answer.json() == {name: shown[name] for name in answer.json()}
    for name in ("who", "robot"):
        shown = running.account(name)
        assert (shown["owner_name"], shown["owner_email"]) == ("Ada Lovelace", "ada-lovelace@example.com")
        assert shown["connected_at"].endswith("Z")
    assert "ada-lovelace@" not in running.log()


def test_a_name_of_another_user_is_told_with_the_call_that_replaces_it(running: Running) -> None:
    running.connect("sales")
    url = operator.authorize_url(running.stack, "sales")
    other = running.world.data.users[1]["uri"]
    page = requests.post(url, data={"user": other, "decision": "allow"}, timeout=60)
    assert page.status_code == 409
    assert "<h1>&#x27;sales&#x27; belongs to another Calendly user</h1>" in page.text
    assert "POST /accounts/sales/connect with {&quot;replace&quot;: true}" in page.text


def test_a_connect_goes_on_without_the_name(running: Running) -> None:
    back = come_back(operator.authorize_url(running.stack, "nameless"))
    running.sandbox("faults", path="/users/me", status=404, times=1)
    assert requests.get(back, timeout=60).status_code == 200
    assert running.account("nameless")["owner_name"] is None


def test_a_change_of_state_is_told_to_eventbridge_once(running: Running) -> None:
    sqs, events = running.stack.aws.client("sqs"), running.stack.aws.client("events")
    queue = sqs.create_queue(QueueName="told")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name="told", EventPattern=json.dumps({"source": ["calendly-actions"]}))
    events.put_targets(Rule="told", Targets=[{"Id": "1", "Arn": arn}])
    running.connect("telling", user=1)
    running.direct("RotateTokens")
    running.sandbox("revoke", account=running.world.data.users[1]["email"])
    running.direct("RetrieveUser", account="telling")
    for _ in range(2):
        running.direct("RotateTokens")
    running.connect("telling", user=1)
    running.direct("RotateTokens")
    told = []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            told.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    mine = [event for event in told if event["detail"]["account"] == "telling"]
    assert {event["detail-type"] for event in mine} == {"Calendly account state changed"}
    assert [(event["detail"]["previous_state"], event["detail"]["state"]) for event in mine] == [
        ("healthy", "needs_reauthentication"),
        ("needs_reauthentication", "healthy"),
    ]
    assert mine[0]["detail"]["connect"] == "POST /accounts/telling/connect"
    log = (running.logs / "RotateTokens.log").read_text()
    for gauge in ("AccountsNeedingReauthentication", "AccountsOverdue", "AccountsParked"):
        assert f'"Name":"{gauge}","Unit":"Count"' in log


@pytest.mark.parametrize(
    "query", ["", "?state=a&state=b", "?state=" + "x" * 70_000, "?code=%00", "?error=access_denied"], ids=len
)
def test_whatever_a_browser_brings_it_sees_a_page(running: Running, query: str) -> None:
    page = requests.get(f"{running.stack.api_url}/oauth/callback{query}", timeout=30)
    assert page.status_code >= 400
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<h1>" in page.text


def test_two_connects_of_a_name_at_once_are_pages_both(running: Running) -> None:
    links = [come_back(operator.authorize_url(running.stack, "contested")) for _ in range(3)]
    with ThreadPoolExecutor(3) as threads:
        pages = list(threads.map(lambda link: requests.get(link, timeout=60), links))
    assert {page.headers["Content-Type"].split(";")[0] for page in pages} == {"text/html"}
    assert {page.status_code for page in pages} <= {200, 409, 503}
    assert "resource" in running.direct("RetrieveUser", account="contested")


@pytest.mark.parametrize(
    ("text", "state", "says"),
    [
        ("not json", "malformed", "is not JSON"),
        ('{"client_id": "x"}', "incomplete", "client_secret is missing"),
        ('{"client_id": "x y", "client_secret": "z"}', "incomplete", "client_id has characters"),
    ],
)
def test_an_application_that_is_stored_badly_is_told_where_people_look(
    running: Running, text: str, state: str, says: str
) -> None:
    client = running.stack.aws.client("secretsmanager")
    good = client.get_secret_value(SecretId="local/oauth-app")["SecretString"]
    client.put_secret_value(SecretId="local/oauth-app", SecretString=text)
    try:
        answer = running.http("POST", "/accounts/default/connect")
        assert (answer.status_code, answer.json()["title"]) == (503, "AccountUnavailableError")
        assert says in answer.json()["detail"]
        shown = running.http("GET", "/accounts").json()["application"]
        assert shown["state"] == state
        assert says in shown["problem"]
    finally:
        client.put_secret_value(SecretId="local/oauth-app", SecretString=good)
    running.direct("RotateTokens")
    assert running.http("GET", "/accounts").json()["application"]["state"] == "ok"


def test_white_space_around_the_applications_credentials_does_no_harm(running: Running) -> None:
    client = running.stack.aws.client("secretsmanager")
    good = client.get_secret_value(SecretId="local/oauth-app")["SecretString"]
    padded = {name: f" {value}\n" for name, value in json.loads(good).items()}
    client.put_secret_value(SecretId="local/oauth-app", SecretString=json.dumps(padded) + "\n")
    try:
        running.connect("padded", user=1)
    finally:
        client.put_secret_value(SecretId="local/oauth-app", SecretString=good)


@pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium")
def test_the_page_in_a_real_browser(running: Running, tmp_path: Path) -> None:
    back = come_back(operator.authorize_url(running.stack, "browser"))
    flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    command = [
        str(CHROMIUM),
        *flags.split(),
        "--disable-component-update",
        "--disable-sync",
        f"--user-data-dir={tmp_path}",
        "--enable-logging=stderr",
        "--dump-dom",
        back,
    ]
    seen = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert "<h1>Connected</h1>" in seen.stdout
    assert "Content Security Policy" not in seen.stderr
    assert "CONSOLE" not in seen.stderr
