"""Calendly's OAuth: authorize URL with PKCE, exchange, refresh, revoke, introspect.

A refresh token is dead once an exchange with it succeeds. Nothing here repeats an exchange: the caller decides what a
failure means for the token (``accounts.refresh``).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from calendly import responses, scopes
from calendly.deadline import Deadline
from calendly.errors import CalendlyError, OutcomeUnknownError, RateLimitedError
from calendly.references import PUBLIC_AUTH
from calendly.transport import Operation, Response, Transport


class InvalidGrantError(CalendlyError):
    """Calendly refused the code or refresh token: it is used, expired or revoked."""

    http_status = 400


class InvalidClientError(CalendlyError):
    """Calendly refused the client id or secret."""

    http_status = 401


@dataclass(frozen=True)
class OAuthApp:
    """The OAuth application that people authorize."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class Tokens:
    """A token response. ``expires_at`` is in seconds since the epoch, by our clock; ``scopes`` is None if not sent."""

    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: float
    scopes: list[str] | None
    owner: str | None
    organization: str | None


@dataclass(frozen=True)
class Pkce:
    """A proof key (RFC 7636, S256). The verifier stays here, and the challenge is sent."""

    verifier: str = field(repr=False)
    challenge: str

    @classmethod
    def new(cls) -> Pkce:
        verifier = secrets.token_urlsafe(64)
        digest = hashlib.sha256(verifier.encode()).digest()
        return cls(verifier, base64.urlsafe_b64encode(digest).rstrip(b"=").decode())


class OAuth:
    """Calendly's authorization server.

    Args:
        transport: shared by all calls of the process.
        app: the application's credentials, sent as HTTP Basic.
        auth: the server's base address.
        now: returns seconds since the epoch.
    """

    EXCHANGE = Operation("POST", "/oauth/token", write=True)
    REVOKE = Operation("POST", "/oauth/revoke")
    INTROSPECT = Operation("POST", "/oauth/introspect")

    def __init__(
        self, transport: Transport, app: OAuthApp, *, auth: str = PUBLIC_AUTH, now: Callable[[], float] = time.time
    ) -> None:
        self._transport = transport
        self._app = app
        self._auth = auth
        self._now = now

    @property
    def app(self) -> OAuthApp:
        """The application whose credentials are sent."""
        return self._app

    def authorize_url(self, *, redirect_uri: str, state: str, challenge: str, scope: Iterable[str]) -> str:
        """The URL at which a person grants access, in a browser."""
        query = {
            "client_id": self._app.client_id,
            "response_type": "code",
            "redirect_uri": redirect_uri,
            "scope": " ".join(scope),
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self._auth}/oauth/authorize?{urlencode(query)}"

    def exchange_code(self, code: str, *, redirect_uri: str, verifier: str, deadline: Deadline) -> Tokens:
        """Turn an authorization code into tokens.

        Raises:
            InvalidGrantError: the code is wrong, used or expired, or the verifier does not match.
            InvalidClientError: the application's credentials are wrong.
            OutcomeUnknownError: the answer was lost.
            CalendlyUnavailableError, RateLimitedError: nothing was exchanged.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        return self._tokens(form, deadline)

    def refresh(self, refresh_token: str, *, deadline: Deadline) -> Tokens:
        """Exchange a single-use refresh token, once. Raises the same errors as ``exchange_code``."""
        return self._tokens({"grant_type": "refresh_token", "refresh_token": refresh_token}, deadline)

    def revoke(self, token: str, *, deadline: Deadline) -> None:
        """Revoke an access or refresh token."""
        response = self._send(self.REVOKE, self._with_credentials(token), deadline)
        if not response.ok:
            _refused(response)
            responses.raise_for(response, self.REVOKE)

    def introspect(self, token: str, *, deadline: Deadline) -> dict[str, Any]:
        """What Calendly knows about a token: ``{"active": bool, ...}``."""
        response = self._send(self.INTROSPECT, self._with_credentials(token), deadline)
        if not response.ok:
            _refused(response)
            responses.raise_for(response, self.INTROSPECT)
        if not isinstance(response.body, dict):
            raise responses.unreadable(self.INTROSPECT)
        return response.body

    def _with_credentials(self, token: str) -> dict[str, str]:
        return {"client_id": self._app.client_id, "client_secret": self._app.client_secret, "token": token}

    def _send(self, operation: Operation, form: dict[str, str], deadline: Deadline, **how: Any) -> Response:
        return self._transport.send(operation, self._auth + operation.path, deadline=deadline, form=form, **how)

    def _tokens(self, form: dict[str, str], deadline: Deadline) -> Tokens:
        basic = (self._app.client_id, self._app.client_secret)
        response = self._send(self.EXCHANGE, form, deadline, auth=basic, repeat=False)
        if not response.ok:
            _refused(response)
            if response.status >= 500:
                # The token may have been used before the error.
                raise OutcomeUnknownError(f"Calendly answered {response.status} to {self.EXCHANGE}.")
            if response.status == 429:
                raise RateLimitedError(
                    "Calendly allows eight token exchanges per minute and user.", retry_after=response.reset
                )
            responses.raise_for(response, self.EXCHANGE)
        return self._parse(response)

    def _parse(self, response: Response) -> Tokens:
        body = response.body if isinstance(response.body, dict) else {}
        access_token = body.get("access_token")
        if not (isinstance(access_token, str) and access_token):
            raise responses.unreadable(self.EXCHANGE)
        refresh_token = body.get("refresh_token")
        lifetime = body.get("expires_in")
        return Tokens(
            access_token=access_token,
            refresh_token=refresh_token if isinstance(refresh_token, str) and refresh_token else None,
            expires_at=self._now() + (lifetime if isinstance(lifetime, (int, float)) and lifetime > 0 else 7200),
            scopes=scopes.parse(body.get("scope")),
            owner=_uri(body.get("owner")),
            organization=_uri(body.get("organization")),
        )


def _uri(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _refused(response: Response) -> None:
    """Raise for the OAuth errors (RFC 6749, 5.2) that are definite about the grant or the client."""
    code = response.body.get("error") if isinstance(response.body, dict) else None
    if code == "invalid_grant":
        raise InvalidGrantError("Calendly refused the grant: it is used, expired, revoked, or another application's.")
    if code in ("invalid_client", "unauthorized_client") or (response.status == 401 and response.own):
        raise InvalidClientError(
            "Calendly refused the OAuth application's credentials. Check client_id and client_secret in its secret."
        )
