"""In-memory ports of the refresh protocol: a vault with compare and swap, a sealer, and a Calendly that counts."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from accounts.account import Account
from accounts.sealing import Pad
from accounts.store import STAGED, Stored, SupersededError
from calendly.deadline import Deadline
from calendly.errors import AccountNotFoundError, CalendlyUnavailableError
from calendly.oauth import InvalidGrantError, OAuthApp, Tokens
from calendly.transport import SAFETY_MARGIN


@dataclass
class MemoryVault:
    """Secrets Manager's versions and labels, for one account."""

    versions: dict[str, Account] = field(default_factory=dict)
    current_version: str | None = None
    staged_version: str | None = None
    generations: list[int] = field(default_factory=list)

    def current(self, name: str) -> Stored:
        if self.current_version is None:
            raise AccountNotFoundError(name)
        return Stored(self.versions[self.current_version], self.current_version)

    def staged(self, name: str) -> Stored | None:
        return None if self.staged_version is None else Stored(self.versions[self.staged_version], self.staged_version)

    def stage(self, account: Account, version: str, label: str = STAGED) -> None:
        self.versions[version] = account
        if label == STAGED:
            self.staged_version = version

    def promote(self, name: str, version: str, replacing: str) -> None:
        if self.current_version == version:
            return
        if self.current_version != replacing:
            raise SupersededError(name)
        self.current_version = version
        self.generations.append(self.versions[version].generation)


class MemorySealer:
    """Pads that are kept here instead of by KMS."""

    def __init__(self) -> None:
        self._pads: dict[bytes, bytes] = {}

    def new_pad(self, for_bytes: int) -> Pad:
        wrapped, clear = secrets.token_bytes(16), secrets.token_bytes(for_bytes + 32)
        self._pads[wrapped] = clear
        return Pad(clear, (wrapped,))

    def open_pad(self, wrapped: tuple[bytes, ...]) -> Pad:
        return Pad(self._pads[wrapped[0]], wrapped)


@dataclass
class MemoryCalendly:
    """Single-use refresh tokens.

    Attributes:
        live: the token of each grant that can be exchanged now.
        presented: how often each token was presented after it was used.
        lost: tokens whose successor reached nobody for certain.
    """

    live: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    presented: dict[str, int] = field(default_factory=dict)
    exchanges: int = 0
    app: OAuthApp = field(default_factory=lambda: OAuthApp("app", "secret"))

    def grant(self) -> str:
        token = secrets.token_hex(8)
        self.live.add(token)
        return token

    def refresh(self, token: str, *, deadline: Deadline) -> Tokens:
        if deadline.remaining() <= SAFETY_MARGIN:
            # As the transport does, right before it sends: a process that was frozen on the way finds out here.
            raise CalendlyUnavailableError("No time was left to send it.")
        if token not in self.live:
            if token in self.used:
                self.presented[token] = self.presented.get(token, 0) + 1
            raise InvalidGrantError("refused")
        self.live.remove(token)
        self.used.add(token)
        self.exchanges += 1
        return Tokens(secrets.token_hex(8), self.grant(), 0.0, ["users:read"], None, None)
