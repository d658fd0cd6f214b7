"""A connected account: a Calendly user's authorization under a name the operator chose."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
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

VERSION = 2
"""Of the secret's document. 1 is what 0.1 wrote, without saying so: it has neither ``version`` nor ``client_id``."""


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
        client_id: the OAuth application that the grant was made to; None where 0.1 stored the account, and for
            personal access tokens.
        owner_name, owner_email: the user's, as Calendly told them at connect; None where it did not.
        more: members of the secret that this version does not know. They are kept.
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
    client_id: str | None = None
    owner_name: str | None = None
    owner_email: str | None = field(default=None, repr=False)
    more: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def seconds_left(self, now: float) -> float:
        """How long the access token still lives; infinite for one that never expires."""
        return float("inf") if self.expires_at is None else self.expires_at - now

    def renewed(self, tokens: Tokens, now: float, client_id: str | None = None) -> Account:
        """This account with the tokens that an exchange brought, and with all that their answer tells of it.

        Args:
            tokens: what Calendly answered; its owner is this account's.
            now: seconds since the epoch.
            client_id: the application that exchanged them.
        """
        organization = tokens.organization or self.organization
        return replace(
            self,
            access_token=tokens.access_token,
            # RFC 6749, 6: without a new one, the old one may go on being good.
            refresh_token=tokens.refresh_token or self.refresh_token,
            expires_at=tokens.expires_at,
            scopes=tokens.scopes or self.scopes,
            organization=organization,
            # Roles are an organization's: what the user is in another one has to be asked.
            role=self.role if organization == self.organization else None,
            generation=self.generation + 1,
            refreshed_at=now,
            client_id=client_id or self.client_id,
        )

    def grant(self) -> dict[str, Any]:
        """What the account may do, and where. A change of it is told to the world."""
        return {"organization": self.organization, "role": self.role, "scopes": self.scopes}

    def summary(self) -> dict[str, Any]:
        """Everything that this version knows of the account, but for the tokens."""
        return {name: getattr(self, name) for name in _MEMBERS if name not in ("access_token", "refresh_token")}

    def to_secret(self) -> str:
        """The secret's string: version 2, with every member that 0.1 reads."""
        known = {name: getattr(self, name) for name in _MEMBERS}
        return json.dumps({"version": VERSION, **self.more, **known}, separators=(",", ":"))

    @classmethod
    def from_secret(cls, text: str) -> Account:
        """The account in a secret's string, of any version.

        Raises:
            ValueError: it is not one. The text itself is never part of the message.
        """
        try:
            document = json.loads(text)
            members = {name: document[name] for name in _MEMBERS if name in document or name not in _NEW}
            more = {name: value for name, value in document.items() if name not in _MEMBERS}
            account = cls(**members, more=more)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            raise ValueError("the secret does not hold a connected account") from None
        if not account._is_sound():
            raise ValueError("the secret does not hold a connected account")
        return account

    def _is_sound(self) -> bool:
        """Whether the members are of the types that everything else relies on. Booleans are no numbers here."""
        texts = (self.name, self.access_token, self.owner, self.organization)
        optional = (self.refresh_token, self.role, self.client_id, self.owner_name, self.owner_email)
        numbers = (self.connected_at, self.refreshed_at, *(() if self.expires_at is None else (self.expires_at,)))
        return (
            self.kind in ("oauth", "personal_access_token")
            and all(isinstance(text, str) and text for text in texts)
            and all(text is None or isinstance(text, str) for text in optional)
            and all(type(number) in (int, float) for number in numbers)
            and type(self.generation) is int
            and (
                self.scopes is None or (isinstance(self.scopes, list) and all(isinstance(s, str) for s in self.scopes))
            )
        )


_MEMBERS = tuple(each.name for each in fields(Account) if each.name != "more")
_NEW = {"client_id", "owner_name", "owner_email"}
"""Members that 0.1 did not write."""
