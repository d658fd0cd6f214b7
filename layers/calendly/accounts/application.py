"""The OAuth application that people authorize, as an operator stored it: checked where it enters."""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

OK = "ok"
MISSING = "missing"
"""Nothing is stored yet: a stack as it is deployed."""
MALFORMED = "malformed"
INCOMPLETE = "incomplete"
UNREADABLE = "unreadable"
"""AWS does not give the secret out."""

_NEEDED = ("client_id", "client_secret")
_KEY = "webhook_signing_key"
_PREVIOUS = "previous_webhook_signing_keys"


class Application(NamedTuple):
    """What the application's secret holds, and what is wrong with it.

    Attributes:
        state: ``ok``, ``missing``, ``malformed``, ``incomplete`` or ``unreadable``.
        problem: what is wrong and what to do, in words; None where nothing is. It holds nothing of the secret.
        client_id, client_secret: the credentials; None unless both are good.
        webhook_signing_key: what deliveries are signed with; None where none is stored.
        previous_webhook_signing_keys: what deliveries may still be signed with while the key is being changed.
    """

    state: str
    problem: str | None
    client_id: str | None = None
    client_secret: str | None = None
    webhook_signing_key: str | None = None
    previous_webhook_signing_keys: tuple[str, ...] = ()

    @property
    def signing_keys(self) -> tuple[str, ...]:
        """Every key that a delivery may be signed with, the current one first."""
        current = (self.webhook_signing_key,) if self.webhook_signing_key else ()
        return tuple(dict.fromkeys((*current, *self.previous_webhook_signing_keys)))

    def __repr__(self) -> str:
        return f"Application(state={self.state!r}, client_id={self.client_id!r})"

    @property
    def digest(self) -> str | None:
        """Tells one pair of credentials from another without giving either away."""
        if self.client_id is None or self.client_secret is None:
            return None
        return digest_of(self.client_id, self.client_secret)


def digest_of(client_id: str, client_secret: str) -> str:
    """Tells one pair of credentials from another without giving either away."""
    return hashlib.sha256(f"{client_id}\0{client_secret}".encode()).hexdigest()[:32]


def parse(text: str | None, secret: str) -> Application:
    """The application in its secret's string. White space around what is stored is left out.

    Args:
        text: the secret's string; None where there is no such secret, or no value.
        secret: the secret's name, for the command that stores another.
    """
    if text is None or not text.strip():
        return Application(MISSING, f"The secret {secret} holds no OAuth application. {_how_to_store(secret)}")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return Application(MALFORMED, f"The secret {secret} is not JSON. {_how_to_store(secret)}")
    if not isinstance(document, dict):
        return Application(MALFORMED, f"The secret {secret} is not a JSON object. {_how_to_store(secret)}")
    keys, wrong_keys = _keys(document)
    found = [_member(document, name) for name in _NEEDED]
    values = [value for value, _ in found]
    problems = [problem for _, problem in found if problem]
    if not any(values) and not any(name in document for name in _NEEDED):
        problem = f"The secret {secret} holds no OAuth application. {_how_to_store(secret)}"
        return Application(MISSING, problem, None, None, *keys)
    if problems:
        problem = f"In the secret {secret}, {', and '.join(problems)}. {_how_to_store(secret)}"
        return Application(INCOMPLETE, problem, None, None, *keys)
    if wrong_keys:
        # Nothing but the webhooks needs them: accounts go on.
        problem = (
            f"In the secret {secret}, {', and '.join(wrong_keys)}: deliveries that are signed with it cannot be "
            f"checked. {_how_to_store(secret)}"
        )
        return Application(INCOMPLETE, problem, values[0], values[1], *keys)
    return Application(OK, None, values[0], values[1], *keys)


def _keys(document: dict[str, Any]) -> tuple[tuple[str | None, tuple[str, ...]], list[str]]:
    """The signing key and the ones before it, and what is wrong with any of them."""
    key, wrong = _member(document, _KEY)
    problems = [wrong] if wrong and _KEY in document else []
    listed = document.get(_PREVIOUS)
    if listed is None:
        return (key, ()), problems
    if not isinstance(listed, list):
        return (key, ()), [*problems, f"{_PREVIOUS} is not a list of texts"]
    found = [_member({f"{_PREVIOUS}[{n}]": value}, f"{_PREVIOUS}[{n}]") for n, value in enumerate(listed)]
    problems += [problem for _, problem in found if problem]
    return (key, tuple(value for value, _ in found if value)), problems


def _member(document: dict[str, Any], name: str) -> tuple[str | None, str | None]:
    """A member's value without the white space around it, or what is wrong with it."""
    value = document.get(name)
    if value is None:
        return None, f"{name} is missing"
    if not isinstance(value, str):
        return None, f"{name} is not text"
    value = value.strip()
    if not value:
        return None, f"{name} is empty"
    if not (value.isprintable() and value.isascii()) or " " in value:
        return None, f"{name} has characters within it that no such value has, such as spaces or line breaks"
    return value, None


def _how_to_store(secret: str) -> str:
    return (
        f"Store it with: aws secretsmanager put-secret-value --secret-id {secret} "
        '--secret-string \'{"client_id": "...", "client_secret": "...", "webhook_signing_key": "..."}\''
    )
