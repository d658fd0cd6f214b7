"""The sandbox's state: the data set, the grants, what was asked, and what is to go wrong."""

from __future__ import annotations

import base64
import json
import secrets
import threading
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from sandbox.dataset.make import make
from sandbox.dataset.store import Dataset
from sandbox.deliveries import Deliveries
from sandbox.faults import Fault

ACCESS_TOKEN_SECONDS = 7200
CODE_SECONDS = 600

_FAMILIES = {
    "read write": "availability contacts event_types meeting_recaps organizations scheduled_events webhooks",
    "read": "activity_log groups locations outgoing_communications routing_forms users",
    "write": "data_compliance scheduling_links shares",
}
SCOPES = frozenset(
    f"{family}:{verb}" for verbs, families in _FAMILIES.items() for verb in verbs.split() for family in families.split()
)

LEGACY = "default"
"""The scope of applications from before there were scopes: everything."""


@dataclass
class Grant:
    """What a user allowed an application: the tokens that come and go belong to it."""

    user: str
    scopes: list[str]
    client_id: str | None
    revoked: bool = False


@dataclass
class AccessToken:
    grant: Grant
    expires_at: float


@dataclass
class Code:
    """An authorization code: used once, within ten minutes, with the verifier of its challenge."""

    grant: Grant
    redirect_uri: str
    challenge: str | None
    expires_at: float


@dataclass(frozen=True)
class App:
    """An OAuth application. Web clients have a secret; native ones do not. Both sign what is delivered to them."""

    client_id: str
    client_secret: str | None
    redirect_uris: tuple[str, ...]
    webhook_signing_key: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)


@dataclass
class Limits:
    """Requests and token exchanges a minute and user."""

    per_minute: int = 500
    tokens_per_minute: int = 8


@dataclass
class World:
    """Everything that changes. One lock guards it: the sandbox is for correctness, not for speed.

    ``issued`` keeps every token ever given out, so that a search of logs for them can be complete.
    """

    origin: str
    apps: dict[str, App]
    data: Dataset = field(default_factory=Dataset)
    limits: Limits = field(default_factory=Limits)
    lock: threading.RLock = field(default_factory=threading.RLock)
    access_tokens: dict[str, AccessToken] = field(default_factory=dict)
    refresh_tokens: dict[str, Grant] = field(default_factory=dict)
    used_refresh_tokens: dict[str, Grant] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    page_tokens: dict[str, tuple[str, int]] = field(default_factory=dict)
    windows: dict[tuple[str, int], int] = field(default_factory=dict)
    exchanges_of: dict[str, deque[float]] = field(default_factory=dict)
    deliveries: Deliveries = field(init=False)
    signing_keys: dict[str, str] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    issued: list[str] = field(default_factory=list)
    token_exchanges: int = 0
    refresh_tokens_reused: int = 0
    faults: list[Fault] = field(default_factory=list)
    bounds: str = "inclusive"

    def __post_init__(self) -> None:
        self.deliveries = Deliveries(self._forget)

    def _forget(self, subscription: dict[str, Any]) -> None:
        """A subscription whose address is gone for good."""
        with self.lock:
            if subscription in self.data.webhook_subscriptions:
                self.data.remove("webhook_subscriptions", subscription)
                self.signing_keys.pop(subscription["uri"], None)

    def reset(self, **size: int) -> None:
        """A fresh data set of a size; what was asked so far, and what was to go wrong, is forgotten.

        Grants stay, for users that the new data set has, too: the same seed makes the same users.
        """
        with self.lock:
            self.data = make(self.origin, **size)
            self.limits = Limits()
            self.page_tokens.clear()
            self.windows.clear()
            self.exchanges_of.clear()
            self.requests.clear()
            self.faults.clear()
            self.bounds = "inclusive"
            self.signing_keys.clear()
            self.deliveries.reset()
            self.token_exchanges = self.refresh_tokens_reused = 0

    def issue(self, grant: Grant) -> dict[str, Any]:
        """New tokens for a grant, as the token endpoint answers them."""
        now = time.time()
        access, refresh = new_token(), secrets.token_urlsafe(32)
        self.issued += [access, refresh]
        self.access_tokens[access] = AccessToken(grant, now + ACCESS_TOKEN_SECONDS)
        self.refresh_tokens[refresh] = grant
        self.token_exchanges += 1
        user = self.data.find(grant.user.removeprefix(self.origin + "/")) or {}
        return {
            "token_type": "Bearer",
            "access_token": access,
            "refresh_token": refresh,
            "scope": " ".join(grant.scopes),
            "created_at": int(now),
            "expires_in": ACCESS_TOKEN_SECONDS,
            "owner": grant.user,
            "organization": user.get("current_organization"),
        }

    def issue_personal_access_token(self, user: str, scopes: list[str]) -> str:
        """A token that does not expire, as a user makes it in Calendly's settings."""
        token = new_token()
        self.issued.append(token)
        self.access_tokens[token] = AccessToken(Grant(user, scopes, None), float("inf"))
        return token

    def grants(self) -> list[Grant]:
        """Every grant there is, each once."""
        tokens = [token.grant for token in self.access_tokens.values()]
        return list({id(grant): grant for grant in [*tokens, *self.refresh_tokens.values()]}.values())

    def revoke(self, grant: Grant) -> None:
        grant.revoked = True
        for tokens in (self.refresh_tokens, self.used_refresh_tokens):
            for text in [text for text, owner in tokens.items() if owner is grant]:
                del tokens[text]
        for text in [text for text, token in self.access_tokens.items() if token.grant is grant]:
            del self.access_tokens[text]


def new_token() -> str:
    """An access token as Calendly's look: a header, what it says, and a signature, with dots between them."""
    header = {"kid": secrets.token_hex(32), "typ": "PAT", "alg": "ES256"}
    said = {"iss": "https://auth.calendly.com", "iat": int(time.time()), "jti": secrets.token_urlsafe(96)}
    parts = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (header, said))
    return ".".join((*parts, secrets.token_urlsafe(64)))
