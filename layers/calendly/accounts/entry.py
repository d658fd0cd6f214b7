"""One account as the table has it: what is known of it that is not secret.

Members that 0.1 knows keep their names and meanings. What it does not know stands in members of its own, so that a
stack can be rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

HEALTHY = "healthy"
NEEDS_REAUTHENTICATION = "needs_reauthentication"

DAY = 24 * 3600


@dataclass(frozen=True)
class Intent:
    """An exchange that was about to happen: of this generation's refresh token.

    Attributes:
        generation: whose refresh token.
        pad: for sealing its result, wrapped.
    """

    generation: int
    pad: tuple[bytes, ...] = field(repr=False)

    def to_item(self) -> dict[str, Any]:
        return {"generation": self.generation, "pad": list(self.pad)}


@dataclass(frozen=True)
class Parked:
    """A sealed refresh token that could not be stored: of this generation, under this pad."""

    generation: int
    sealed: bytes = field(repr=False)
    pad: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True)
class Refusal:
    """Calendly refused this generation's token.

    Attributes:
        generation: whose token.
        refused_at, asked_at: when it was refused first, and when it was asked about last.
        application: a digest of the application that asked; None for a personal access token.
        certain: what follows is known without a look at other accounts.
    """

    generation: int
    refused_at: float
    asked_at: float
    application: str | None = None
    certain: bool = False

    def to_item(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Exchanged:
    """The last exchange that Calendly granted.

    Attributes:
        at: when.
        client_id: the application that made it.
        named: whether the account was known to be that application's before.
    """

    at: float
    client_id: str
    named: bool

    def to_item(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Connecting:
    """A connect that was about to store this generation, at this time."""

    generation: int
    at: float

    def to_item(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Disconnecting:
    """A disconnect of this generation that began, and was not finished."""

    generation: int
    at: float

    def to_item(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Early:
    """Exchanges of tokens that Calendly refused before their time: how many in a row, and when the last was."""

    count: int
    at: float

    def to_item(self) -> dict[str, Any]:
        return dict(vars(self))


@dataclass(frozen=True)
class Entry:
    """One account as the directory knows it.

    Attributes:
        summary: the account's secret without its tokens; empty where a connect was not finished.
        state: ``healthy`` or ``needs_reauthentication``.
        reason: why it is not healthy, for a person.
        intent: what was about to be exchanged and whose result is not known; None when there is no such thing.
        parked: a token waiting for Secrets Manager.
        announced: the state that was last told to the world.
        exchanges: when refresh tokens of this grant were used in the last minute, in seconds since the epoch.
        versions: when versions of the secret were written in the last day.
        connected_at: when somebody connected the account last, on the same clock; 0 where that is not known.
        refusal: Calendly's last word on the token, where that was no.
        exchanged: the last exchange that was granted.
        early: how often tokens were refused before their time.
        connecting: a connect that may have changed the secret, and not the summary.
        disconnecting: a disconnect that is not finished. One of an older generation does not count: somebody connected
            the account since, perhaps with 0.1, which leaves the mark.
        was: what the grant was when the world was told last, if it changed since.
        role_unknown: the account is another organization's now, and its role there was not asked yet.
    """

    name: str
    summary: dict[str, Any] = field(default_factory=dict)
    state: str = HEALTHY
    reason: str | None = None
    intent: Intent | None = None
    parked: Parked | None = None
    announced: str | None = None
    exchanges: tuple[float, ...] = ()
    versions: tuple[float, ...] = ()
    connected_at: float = 0.0
    refusal: Refusal | None = None
    exchanged: Exchanged | None = None
    early: Early | None = None
    connecting: Connecting | None = None
    disconnecting: Disconnecting | None = None
    was: dict[str, Any] | None = None
    role_unknown: bool = False

    @property
    def generation(self) -> int:
        return int(self.summary.get("generation", 0))

    @property
    def refused(self) -> Refusal | None:
        """The refusal of the tokens that are there now; what was said of older ones does not count."""
        return self.refusal if self.refusal and self.refusal.generation == self.generation else None

    @property
    def client_id(self) -> str | None:
        """The application that the account belongs to, where that is known."""
        client_id = self.summary.get("client_id")
        return client_id if isinstance(client_id, str) else None

    @property
    def unfinished(self) -> bool:
        """Whether something was begun that only a look at the secret can finish."""
        return bool(self.intent or self.parked or self.connecting or self.disconnecting or not self.summary)

    def versions_since(self, moment: float) -> list[float]:
        return [at for at in self.versions if at > moment]

    @classmethod
    def of(cls, item: dict[str, Any]) -> Entry:
        """The account in an item of the table, of this version or of 0.1."""
        intent, parked = item.get("intent"), item.get("parked")
        return cls(
            name=item["sk"],
            summary=item.get("summary", {}),
            state=item.get("account_state", HEALTHY),
            reason=item.get("reason"),
            intent=Intent(intent["generation"], tuple(intent["pad"])) if intent else None,
            parked=Parked(parked["generation"], parked["sealed"], tuple(parked["pad"])) if parked else None,
            announced=item.get("announced"),
            exchanges=tuple(item.get("exchanges", ())),
            versions=tuple(item.get("versions", ())),
            connected_at=item.get("connected_at", 0.0),
            refusal=_record(Refusal, item.get("refusal")),
            exchanged=_record(Exchanged, item.get("exchanged")),
            early=_record(Early, item.get("early")),
            connecting=_record(Connecting, item.get("connecting")),
            disconnecting=_of_now(_record(Disconnecting, item.get("disconnecting")), item),
            was=item.get("was"),
            role_unknown=bool(item.get("role_unknown")),
        )


def _of_now(disconnecting: Disconnecting | None, item: dict[str, Any]) -> Disconnecting | None:
    now = item.get("summary", {}).get("generation", 0)
    return disconnecting if disconnecting and disconnecting.generation == now else None


def _record(kind: Any, member: dict[str, Any] | None) -> Any:
    """A member as the record it is; a later version may have added to it."""
    if not member:
        return None
    return kind(**{name: member[name] for name in kind.__dataclass_fields__ if name in member})
