"""OAuth against the sandbox: PKCE, single-use tokens, revocation."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from calendly import Deadline, Transport
from calendly.errors import OutcomeUnknownError, RateLimitedError
from calendly.oauth import InvalidClientError, InvalidGrantError, OAuth, OAuthApp, Pkce
from tests.conftest import APP, REDIRECT, Sandbox


def soon() -> Deadline:
    return Deadline(30)


def oauth(sandbox: Sandbox, secret: str | None = None) -> OAuth:
    return OAuth(Transport(), OAuthApp(APP.client_id, secret or str(APP.client_secret)), auth=sandbox.url)


def code(sandbox: Sandbox, pkce: Pkce, scope: tuple[str, ...] = ("users:read",)) -> str:
    """The code that comes back when a person allows it."""
    url = oauth(sandbox).authorize_url(redirect_uri=REDIRECT, state="s", challenge=pkce.challenge, scope=scope)
    answer = requests.post(url, data={"decision": "allow"}, allow_redirects=False, timeout=10)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["state"] == ["s"]
    return query["code"][0]


def test_a_code_becomes_tokens_and_tokens_become_others(sandbox: Sandbox) -> None:
    pkce = Pkce.new()
    first = oauth(sandbox).exchange_code(
        code(sandbox, pkce), redirect_uri=REDIRECT, verifier=pkce.verifier, deadline=soon()
    )
    assert first.scopes == ["users:read"]
    assert first.owner == sandbox.world.data.users[0]["uri"]
    second = oauth(sandbox).refresh(str(first.refresh_token), deadline=soon())
    assert second.refresh_token != first.refresh_token
    with pytest.raises(InvalidGrantError):
        oauth(sandbox).refresh(str(first.refresh_token), deadline=soon())
    assert sandbox.state()["refresh_tokens_reused"] == 1


def test_a_stolen_code_is_worth_nothing_without_its_verifier(sandbox: Sandbox) -> None:
    pkce = Pkce.new()
    stolen = code(sandbox, pkce)
    for verifier in (Pkce.new().verifier, ""):
        with pytest.raises(InvalidGrantError):
            oauth(sandbox).exchange_code(stolen, redirect_uri=REDIRECT, verifier=verifier, deadline=soon())
    with pytest.raises(InvalidGrantError):
        oauth(sandbox).exchange_code(stolen, redirect_uri=REDIRECT, verifier=pkce.verifier, deadline=soon())


def test_revoked_tokens_are_inactive(sandbox: Sandbox) -> None:
    pkce, server = Pkce.new(), oauth(sandbox)
    tokens = server.exchange_code(code(sandbox, pkce), redirect_uri=REDIRECT, verifier=pkce.verifier, deadline=soon())
    seen = server.introspect(tokens.access_token, deadline=soon())
    assert (seen["active"], seen["owner"], seen["scope"]) == (True, tokens.owner, "users:read")
    server.revoke(str(tokens.refresh_token), deadline=soon())
    assert server.introspect(tokens.access_token, deadline=soon()) == {"active": False}
    with pytest.raises(InvalidGrantError):
        server.refresh(str(tokens.refresh_token), deadline=soon())


def test_a_wrong_application_secret_is_told_apart(sandbox: Sandbox) -> None:
    with pytest.raises(InvalidClientError):
        oauth(sandbox, "wrong").refresh("x", deadline=soon())


@pytest.mark.parametrize(
    "fault", [{"drop": True}, {"drop": True, "after": True}, {"status": 500}, {"status": 503}], ids=str
)
def test_an_exchange_goes_out_once_whatever_happens(sandbox: Sandbox, fault: dict[str, object]) -> None:
    sandbox.fault(method="POST", path="/oauth/token", times=9, **fault)
    with pytest.raises(OutcomeUnknownError):
        oauth(sandbox).refresh("x", deadline=soon())
    assert sandbox.sent() == {"POST /oauth/token": 1}


def test_eight_tokens_a_minute_and_user(sandbox: Sandbox) -> None:
    pkce, server = Pkce.new(), oauth(sandbox)
    tokens = server.exchange_code(code(sandbox, pkce), redirect_uri=REDIRECT, verifier=pkce.verifier, deadline=soon())
    for _ in range(7):
        tokens = server.refresh(str(tokens.refresh_token), deadline=soon())
    with pytest.raises(RateLimitedError) as caught:
        server.refresh(str(tokens.refresh_token), deadline=soon())
    assert caught.value.retry_after
    sandbox.control("limits", tokens_per_minute=100)
    assert server.refresh(str(tokens.refresh_token), deadline=soon()).refresh_token


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://evil.example/callback"},
        {"client_id": "unknown"},
        {"response_type": "token"},
        {"scope": "users:read everything:write"},
        {"code_challenge_method": "plain"},
    ],
    ids=str,
)
def test_a_bad_authorization_request_goes_nowhere(sandbox: Sandbox, changed: dict[str, str]) -> None:
    query = {
        "client_id": APP.client_id,
        "redirect_uri": REDIRECT,
        "response_type": "code",
        "scope": "users:read",
        "code_challenge": Pkce.new().challenge,
        "code_challenge_method": "S256",
    }
    for send in (requests.get, requests.post):
        answer = send(f"{sandbox.url}/oauth/authorize", params={**query, **changed}, allow_redirects=False, timeout=10)
        assert answer.status_code == 400


def test_secrets_are_not_in_reprs(sandbox: Sandbox) -> None:
    pkce = Pkce.new()
    app = OAuthApp("id", "very-secret")
    tokens = oauth(sandbox).exchange_code(
        code(sandbox, pkce), redirect_uri=REDIRECT, verifier=pkce.verifier, deadline=soon()
    )
    shown = f"{app!r} {pkce!r} {tokens!r}"
    for secret in ("very-secret", pkce.verifier, tokens.access_token, str(tokens.refresh_token)):
        assert secret not in shown
