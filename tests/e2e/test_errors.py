"""Every error arrives as its class, on both doors."""

from __future__ import annotations

import pytest

from local import operator
from tests.e2e.conftest import Running

STATUSES = {
    400: ("InvalidRequestError", 400),
    404: ("NotFoundError", 404),
    409: ("AlreadyExistsError", 409),
    422: ("InvalidRequestError", 400),
    424: ("ExternalCalendarError", 424),
    429: ("RateLimitedError", 429),
    500: ("CalendlyUnavailableError", 502),
    502: ("CalendlyUnavailableError", 502),
    503: ("CalendlyUnavailableError", 502),
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_read(running: Running, status: int) -> None:
    name, http_status = STATUSES[status]
    headers = {"X-RateLimit-Reset": "120"} if status == 429 else {}
    running.sandbox("faults", path="/users/me", status=status, times=100, headers=headers)
    answer = running.direct("RetrieveUser")
    assert answer["errorType"] == name
    assert "\n" not in answer["errorMessage"]
    problem = running.http("GET", "/accounts/default/users/me")
    assert problem.status_code == http_status
    assert problem.headers["Content-Type"] == "application/problem+json"
    document = problem.json()
    assert (document["title"], document["status"]) == (name, http_status)
    assert document["type"].endswith(name)
    assert document["retryable"] is (name in ("RateLimitedError", "CalendlyUnavailableError"))
    if status == 429:
        assert document["retry_after"] == 120
        assert problem.headers["Retry-After"] == "120"


def test_a_write_whose_answer_is_lost(running: Running) -> None:
    running.sandbox("faults", method="POST", path="/scheduling_links", drop=True, after=True)
    event_type = running.world.data.event_types[0]["uri"]
    answer = running.direct("CreateSingleUseSchedulingLink", event_type=event_type)
    assert answer["errorType"] == "OutcomeUnknownError"
    assert len(running.world.data.scheduling_links) == 1


def test_a_reset_link(running: Running) -> None:
    """Reads survive a cut connection; nothing of it is seen."""
    running.sandbox("faults", path="/users/me", drop=True, times=2)
    assert "resource" in running.direct("RetrieveUser")


def test_scope_role_and_plan_are_told_apart(running: Running) -> None:
    group = running.world.data.groups[0]["uri"]
    running.connect("member", user=3)
    role = running.direct("RetrieveGroup", account="member", group=group)
    assert role["errorType"] == "PermissionDeniedError"
    assert "admin" in role["errorMessage"]

    body = {"title": "Permission Denied", "message": "Please upgrade your Calendly account to Standard"}
    running.sandbox("faults", path="/groups/{uuid}", status=403, body=body)
    assert running.direct("RetrieveGroup", group=group)["errorType"] == "PlanUpgradeRequiredError"


def test_a_missing_scope_is_told_before_calendly_is_asked(running: Running) -> None:
    running.connect("narrow", user=1)
    secrets = running.stack.aws.client("secretsmanager")
    import json

    narrow = {**running.secret("narrow"), "scopes": ["users:read"]}
    secrets.put_secret_value(SecretId="local/accounts/narrow", SecretString=json.dumps(narrow))
    before = running.calendly_requests()
    answer = running.direct("RetrieveGroups", account="narrow")
    assert answer["errorType"] == "InsufficientScopeError"
    assert "groups:read" in answer["errorMessage"]
    assert "POST /accounts/narrow/connect" in answer["errorMessage"]
    problem = running.http("GET", "/accounts/narrow/groups").json()
    assert problem["missing_scopes"] == ["groups:read"]
    assert running.calendly_requests() == before
    assert "resource" in running.direct("RetrieveUser", account="narrow")


def test_a_scope_that_calendly_misses(running: Running) -> None:
    """The granted scopes of a personal access token are not known before Calendly says so."""
    token = running.sandbox("personal_access_tokens", scopes=["users:read"])["token"]
    running.http("POST", "/accounts/pat/connect", json={"personal_access_token": token})
    answer = running.direct("RetrieveGroups", account="pat")
    assert answer["errorType"] == "InsufficientScopeError"
    assert "groups:read" in answer["errorMessage"]


def test_a_damaged_answer_is_not_a_success(running: Running) -> None:
    running.sandbox("faults", path="/users/me", status=200, body="<html>", times=1)
    assert running.direct("RetrieveUser")["errorType"] == "CalendlyUnavailableError"


class TestCallback:
    """A person only ever sees a page."""

    def test_declined(self, running: Running) -> None:
        import requests

        url = operator.authorize_url(running.stack, "declining")
        page = requests.post(url, data={"decision": "deny"}, timeout=30)
        assert page.status_code == 400
        assert "Access was not granted" in page.text
        assert running.direct("RetrieveUser", account="declining")["errorType"] == "AccountNotFoundError"

    @pytest.mark.parametrize(
        "query", ["", "?state=forged&code=x", "?code=x", "?error=access_denied", "?state=a&state=b"]
    )
    def test_wrong(self, running: Running, query: str) -> None:
        page = running.http("GET", f"/oauth/callback{query}")
        assert page.status_code == 400
        assert page.headers["Content-Type"].startswith(("text/html", "application/problem+json"))

    def test_pages_are_strict_and_hold_no_token(self, running: Running) -> None:
        page = operator.consent(operator.authorize_url(running.stack, "page"))
        assert page.status_code == 200
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Cache-Control"] == "no-store"
        secret = running.secret("page")
        assert secret["access_token"] not in page.text
        assert secret["refresh_token"] not in page.text

    def test_another_user_does_not_take_over_a_name(self, running: Running) -> None:
        import requests

        url = operator.authorize_url(running.stack)
        person = running.world.data.users[1]["uri"]
        page = requests.post(url, data={"user": person, "decision": "allow"}, timeout=30)
        assert page.status_code == 409
        assert running.secret()["owner"] == running.world.data.users[0]["uri"]
        answer = running.http("POST", "/accounts/default/connect", json={"replace": True}).json()
        page = requests.post(answer["authorize_url"], data={"user": person, "decision": "allow"}, timeout=30)
        assert page.status_code == 200
        assert running.secret()["owner"] == person
        running.http("DELETE", "/accounts/default")
