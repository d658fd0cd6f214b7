"""A connected account: a Calendly user's authorization under a name the operator chose."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from calendly.oauth import Tokens

DEFAULT = "default"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
"""Account names: they are path segments, parts of secret names and of IAM resource patterns."""


def how_to_connect(name: str) -> str:
    """What to do about an account that is missing or no longer works; the end of many an error message."""
    return f"Connect '{name}' with POST /accounts/{name}/connect."


Kind = Literal["oauth", "personal_access_token"]


@dataclass(frozen=True)
class Account:
    """What the account's secret holds.

    Attributes:
        kind: ``oauth`` tokens expire and are refreshed; a ``personal_access_token`` does neither.
        expires_at: when the access token expires, in seconds since the epoch; None for never.
        scopes: what was granted; None when Calendly did not say, as for personal access tokens.
        owner: URI of the Calendly user.
        organization: URI of the user's organization.
        role: owner, admin or user; None when the grant does not let us ask.
        generation: counts the tokens this account has had; a higher one always replaces a lower one.
    """

    name: str
    kind: Kind
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: float | None
    scopes: list[str] | None
    owner: str
    organization: str
    role: str | None
    generation: int
    connected_at: float
    refreshed_at: float

    def seconds_left(self, now: float) -> float:
        """How long the access token still lives; infinite for one that never expires."""
        return float("inf") if self.expires_at is None else self.expires_at - now

    def renewed(self, tokens: Tokens, now: float) -> Account:
        """This account with the tokens that an exchange brought."""
        return replace(
            self,
            access_token=tokens.access_token,
            # RFC 6749, 6: without a new one, the old one may go on being good.
            refresh_token=tokens.refresh_token or self.refresh_token,
            expires_at=tokens.expires_at,
            scopes=tokens.scopes or self.scopes,
            generation=self.generation + 1,
            refreshed_at=now,
        )

    def summary(self) -> dict[str, Any]:
        """Everything but the tokens."""
        return {name: value for name, value in asdict(self).items() if name not in ("access_token", "refresh_token")}

    def to_secret(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_secret(cls, text: str) -> Account:
        """The account in a secret's string.

        Raises:
            ValueError: it is not one. The text itself is never part of the message.
        """
        try:
            document = json.loads(text)
            return cls(**{f.name: document[f.name] for f in fields(cls)})
        except (ValueError, KeyError, TypeError):
            raise ValueError("the secret does not hold a connected account") from None
