"""Tokens on the whole stack: how often they are read, how they heal, and what becomes of an account without them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.conftest import Running


@pytest.fixture
def cold(running: Running) -> Running:
    """The stack with no function's process running."""
    pool = running.stack.pool
    pool.recycle()
    running.world.requests.clear()
    running.aws.calls.clear()
    return running


def test_cold_one_secret_and_one_request_warm_one_request(cold: Running) -> None:
    event = cold.world.data.scheduled_events[0]["uri"]
    cold.direct("RetrieveEvent", event=event)
    assert dict(cold.aws.calls) == {"GetSecretValue": 1}
    assert cold.calendly_requests() == {"GET /scheduled_events/{uuid}": 1}
    for calls in (2, 3, 4):
        cold.direct("RetrieveEvent", event=event)
        assert dict(cold.aws.calls) == {"GetSecretValue": 1}
        assert cold.calendly_requests() == {"GET /scheduled_events/{uuid}": calls}


def test_a_token_rotated_elsewhere_heals_in_one_retry(running: Running) -> None:
    running.direct("RetrieveUser")
    generation = running.secret()["generation"]
    running.direct("RotateTokens", account="default", refused_generation=generation)
    running.sandbox("expire_access_tokens")
    running.direct("RotateTokens", account="default", refused_generation=generation + 1)
    exchanges = running.world.token_exchanges
    running.world.requests.clear()
    assert "resource" in running.direct("RetrieveUser")
    assert running.calendly_requests() == {"GET /users/me": 2}
    assert running.world.token_exchanges == exchanges


def test_an_expired_token_is_renewed_by_rotate_tokens(running: Running) -> None:
    running.direct("RetrieveUser")
    generation = running.secret()["generation"]
    running.sandbox("expire_access_tokens")
    assert "resource" in running.direct("RetrieveUser")
    assert running.secret()["generation"] == generation + 1
    assert running.world.refresh_tokens_reused == 0


def test_many_callers_cause_one_exchange(running: Running) -> None:
    """Fifty calls and eight rotations at once, on tokens that just expired."""
    generation, exchanges = running.secret()["generation"], running.world.token_exchanges
    running.direct("RetrieveUser")
    running.sandbox("expire_access_tokens")

    def rotate(_: int) -> object:
        return running.direct("RotateTokens", account="default", refused_generation=generation)

    with ThreadPoolExecutor(24) as pool:
        calls = [pool.submit(running.direct, "RetrieveUser") for _ in range(50)]
        rotations = list(pool.map(rotate, range(8)))
    assert all("resource" in call.result() for call in calls)
    assert all(result["accounts"][0]["outcome"] != "failed" for result in rotations)
    assert running.world.token_exchanges == exchanges + 1
    assert running.world.refresh_tokens_reused == 0
    assert running.secret()["generation"] == generation + 1


def test_a_revoked_account_ends_in_reauthentication_required_and_is_not_tried_again(running: Running) -> None:
    running.direct("RetrieveUser")
    running.sandbox("revoke", account="default")
    answer = running.direct("RetrieveUser")
    assert answer["errorType"] == "ReauthenticationRequiredError"
    assert "POST /accounts/default/connect" in answer["errorMessage"]
    problem = running.http("GET", "/accounts/default/users/me")
    assert (problem.status_code, problem.json()["title"]) == (401, "ReauthenticationRequiredError")
    running.world.requests.clear()
    running.direct("RotateTokens")
    assert running.calendly_requests() == {}
    assert running.account()["state"] == "needs_reauthentication"
    running.connect()
    assert "resource" in running.direct("RetrieveUser")


def test_a_secret_in_its_recovery_window_is_told_over_both_doors_and_comes_back(running: Running) -> None:
    running.connect("window", user=1)
    client = running.stack.aws.client("secretsmanager")
    client.delete_secret(SecretId="local/accounts/window", RecoveryWindowInDays=7)
    answer = running.direct("RetrieveUser", account="window")
    assert answer["errorType"] == "AccountNotFoundError"
    assert "restore-secret" in answer["errorMessage"]
    problem = running.http("GET", "/accounts/window/users/me")
    assert (problem.status_code, problem.json()["title"]) == (404, "AccountNotFoundError")
    running.connect("window", user=1)
    assert "resource" in running.direct("RetrieveUser", account="window")
    client.delete_secret(SecretId="local/accounts/window", RecoveryWindowInDays=7)
    assert running.http("DELETE", "/accounts/window").json() == {"account": "window", "disconnected": True}
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.describe_secret(SecretId="local/accounts/window")


def test_another_applications_credentials_are_told_and_heal(running: Running) -> None:
    client = running.stack.aws.client("secretsmanager")
    good = client.get_secret_value(SecretId="local/oauth-app")["SecretString"]
    app = running.sandbox("apps", client_id="staging", client_secret="staging-secret", redirect_uris=[])["client_id"]
    running.direct("RetrieveUser")
    client.put_secret_value(
        SecretId="local/oauth-app", SecretString=f'{{"client_id": "{app}", "client_secret": "staging-secret"}}'
    )
    try:
        running.direct("RotateTokens")
        shown = running.account()
        assert shown["state"] == "wrong_application"
        assert "staging" in shown["reason"]
        assert "resource" in running.direct("RetrieveUser"), "the live access token goes on being used"
        running.sandbox("expire_access_tokens")
        answer = running.direct("RetrieveUser")
        assert answer["errorType"] == "AccountUnavailableError"
        assert "staging" in answer["errorMessage"]
        problem = running.http("GET", "/accounts/default/users/me")
        assert (problem.status_code, problem.json()["retryable"]) == (503, True)
    finally:
        client.put_secret_value(SecretId="local/oauth-app", SecretString=good)
    assert "resource" in running.direct("RetrieveUser")
    running.direct("RotateTokens")
    assert running.account()["state"] == "healthy"


def test_an_operator_asks_about_a_refused_token(running: Running) -> None:
    running.direct("RetrieveUser")
    running.sandbox("faults", method="POST", path="/oauth/token", status=400, body={"error": "invalid_grant"}, times=2)
    running.sandbox("expire_access_tokens")
    assert running.direct("RetrieveUser")["errorType"] == "ReauthenticationRequiredError"
    assert running.direct("RotateTokens", force=True)["errorType"] == "InvalidRequestError"
    answer = running.direct("RotateTokens", account="default", force=True)
    assert answer["accounts"][0]["outcome"] == "refreshed"
    assert running.account()["state"] == "healthy"
    assert "resource" in running.direct("RetrieveUser")


def test_an_account_that_is_not_connected(running: Running) -> None:
    answer = running.direct("RetrieveUser", account="nobody")
    assert answer["errorType"] == "AccountNotFoundError"
    assert "POST /accounts/nobody/connect" in answer["errorMessage"]
    problem = running.http("GET", "/accounts/nobody/users/me")
    assert (problem.status_code, problem.json()["title"]) == (404, "AccountNotFoundError")


def test_a_disconnected_account_is_gone_here_and_at_calendly(running: Running) -> None:
    running.connect("leaving", user=1)
    refresh_token = running.secret("leaving")["refresh_token"]
    assert running.http("DELETE", "/accounts/leaving").json() == {"account": "leaving", "disconnected": True}
    assert refresh_token not in running.world.refresh_tokens
    assert running.direct("RetrieveUser", account="leaving")["errorType"] == "AccountNotFoundError"
    assert running.http("DELETE", "/accounts/leaving").status_code == 404
    assert "leaving" not in [entry["account"] for entry in running.http("GET", "/accounts").json()["accounts"]]


def test_a_personal_access_token_is_the_second_kind_of_account(running: Running) -> None:
    token = running.sandbox("personal_access_tokens", user=running.world.data.users[1]["uri"])["token"]
    answer = running.http("POST", "/accounts/script/connect", json={"personal_access_token": token})
    assert answer.status_code == 201
    assert token not in answer.text
    assert running.direct("RetrieveUser", account="script")["resource"]["uri"] == running.world.data.users[1]["uri"]
    running.world.revoke(running.world.access_tokens[token].grant)
    refused = running.direct("RetrieveUser", account="script")
    assert refused["errorType"] == "ReauthenticationRequiredError"
    assert "personal access token" in refused["errorMessage"]
    assert running.http("DELETE", "/accounts/script").status_code == 200


def test_a_wrong_personal_access_token_is_not_stored(running: Running) -> None:
    answer = running.http("POST", "/accounts/wrong/connect", json={"personal_access_token": "eyJ" + "x" * 40})
    assert answer.status_code == 401
    assert running.direct("RetrieveUser", account="wrong")["errorType"] == "AccountNotFoundError"
